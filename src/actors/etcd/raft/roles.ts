import { compileChart } from '../../../engine/statechart/compile.ts'
import type { Row } from '../../../engine/statechart/row.ts'
import { NOBODY, type MemberId, type Term } from './entry.ts'
import { Progress } from './progress.ts'
import { roleChart, type Role, type RoleContext, type RoleEmitted, type RoleEvent } from './role.chart.ts'
import type { Raft } from './state.ts'

const chart = compileChart(roleChart)

export const startRole = (preVote: boolean): Row<RoleContext> => chart.start({ preVote }, () => {})

/** Sends an event to the chart and does to the member's state what the change of role asks for. False if nothing changed. */
export const changeRole = (raft: Raft, event: RoleEvent): boolean =>
  chart.step(raft.row, event, (emitted) => {
    // The paths of this chart without nested states are its roles.
    raft.role = raft.row.state as Role
    carryOut(raft, emitted)
  })

const carryOut = (raft: Raft, emitted: RoleEmitted): void => {
  switch (emitted.type) {
    case 'follow':
      return begin(raft, emitted.term, emitted.leader)
    case 'standForPreVote':
      // Term and vote stay: a pre-vote promises nothing and disturbs nobody.
      return begin(raft, raft.term, NOBODY)
    case 'standForVote':
      begin(raft, raft.term + 1, NOBODY)
      raft.vote = raft.id
      return
    case 'lead':
      return lead(raft)
  }
}

const lead = (raft: Raft): void => {
  begin(raft, raft.term, raft.id)
  raft.heartbeatDue = raft.now + raft.options.heartbeatInterval
  raft.quorumCheckDue = raft.now + raft.options.electionTimeout
  // Until the own log is known, any of its entries may be a pending change of the membership.
  raft.membershipChangeAt = raft.log.lastIndex
  for (const member of raft.voters) raft.progress.set(member, newProgress(raft, member))
}

/** Until told otherwise a leader assumes that a follower's log equals its own. */
export const newProgress = (raft: Raft, member: MemberId): Progress => {
  const progress = new Progress(raft.log.lastIndex + 1, raft.options.inflightMax)
  progress.recentlyActive = member === raft.id
  return progress
}

/** What every change of role begins with. */
const begin = (raft: Raft, term: Term, leader: MemberId): void => {
  if (term !== raft.term) {
    raft.term = term
    raft.vote = NOBODY
  }
  raft.leader = leader
  restartElectionClock(raft)
  raft.electionPatience = drawPatience(raft)
  raft.votes.clear()
  raft.progress.clear()
  raft.reads.length = 0
  raft.earlyReads.length = 0
  raft.transferee = NOBODY
  raft.membershipChangeAt = 0
}

export const restartElectionClock = (raft: Raft): void => {
  raft.electionStart = raft.now
}

/** Between one and two election timeouts, so that members seldom stand against each other. */
export const drawPatience = (raft: Raft): number => {
  const { electionTimeout, random } = raft.options
  return electionTimeout + random(electionTimeout)
}

import { invariant } from '../../../engine/invariant.ts'
import type { Index } from './entry.ts'
import { applyMembership } from './membership.ts'
import { majority, type Raft } from './state.ts'

/**
 * The rule that decides: an entry is committed when a majority holds it durably *and* it is of the leader's own term.
 *
 * Entries of earlier terms are committed with the first own one behind them. Counting their copies is not enough: another
 * leader could still replace them. Source: Ongaro 2014, section 3.6.2 and figure 3.7.
 *
 * @returns whether anything new was decided.
 */
export const advanceCommit = (raft: Raft): boolean => {
  let advanced = false
  // A decided change of the membership may make a smaller majority, which decides more.
  while (raft.role === 'leader') {
    const index = replicatedToMajority(raft)
    if (index <= raft.log.committed) break
    const term = raft.log.term(index)
    if (term !== raft.term && raft.options.bug !== 'commits-old-terms') break
    commitTo(raft, index)
    advanced = true
  }
  return advanced
}

/** Decides everything up to `index`: it is handed out to be applied, and changes of the membership take effect. */
export const commitTo = (raft: Raft, index: Index): void => {
  const { log } = raft
  if (index <= log.committed) return
  invariant(index <= log.lastIndex, `entry ${index} is committed, so the log must hold it (last ${log.lastIndex})`)
  const entries = log.between(log.committed + 1, index)
  log.committed = index
  for (const entry of entries) {
    raft.ready.committed.push(entry)
    applyMembership(raft, entry)
  }
}

/** The highest index that a majority of the voters holds. */
const replicatedToMajority = (raft: Raft): Index => {
  const held: Index[] = []
  for (const voter of raft.voters) held.push(raft.progress.get(voter)?.match ?? 0)
  held.sort((a, b) => b - a)
  const needed = raft.options.bug === 'small-majority' ? Math.max(1, majority(raft) - 1) : majority(raft)
  return held[needed - 1] ?? 0
}

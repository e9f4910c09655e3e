import { and, emit, setup } from 'xstate'
import type { MemberId, Term } from './entry.ts'

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader'

export interface RoleContext {
  /** Whether to ask if an election could be won before holding it. */
  readonly preVote: boolean
}

/** Where a member stands when it becomes a follower. */
interface Standing {
  readonly term: Term
  readonly leader: MemberId
}

export type RoleEvent =
  /** It has heard from no leader for its election timeout. `electable`: it votes, and has a state to lead with. */
  | { readonly type: 'ElectionTimeout'; readonly electable: boolean }
  /** Its leader hands over to it. */
  | { readonly type: 'LeadershipOffered'; readonly electable: boolean }
  | { readonly type: 'PreVoteWon' }
  | { readonly type: 'VoteWon' }
  | ({ readonly type: 'VoteLost' } & Standing)
  /** A message of a later term came. */
  | ({ readonly type: 'NewerTermSeen' } & Standing)
  /** The leader of this term spoke. */
  | ({ readonly type: 'LeaderHeard' } & Standing)
  /** A leader heard from no majority for an election timeout. */
  | ({ readonly type: 'QuorumLost' } & Standing)

/** What a change of role does to the member's state: carried out by `changeRole`. */
export type RoleEmitted =
  | ({ readonly type: 'follow' } & Standing)
  | { readonly type: 'standForPreVote' }
  | { readonly type: 'standForVote' }
  | { readonly type: 'lead' }

/**
 * The roles of a Raft member. Only roles change here; the log, the votes and the messages are the business of the step
 * that sends these events.
 *
 * Source: Ongaro 2014, figure 3.3 and section 9.6 (pre-vote); etcd-io/raft, raft.go, becomeFollower and its siblings.
 */
export const roleChart = setup({
  types: {
    context: {} as RoleContext,
    events: {} as RoleEvent,
    emitted: {} as RoleEmitted,
    input: {} as { readonly preVote: boolean },
  },
  guards: {
    isElectable: ({ event }) => 'electable' in event && event.electable,
    asksFirst: ({ context }) => context.preVote,
  },
  actions: {
    follow: emit(({ event }) => ({
      type: 'follow',
      term: 'term' in event ? event.term : 0,
      leader: 'leader' in event ? event.leader : 0,
    })),
    standForPreVote: emit({ type: 'standForPreVote' }),
    standForVote: emit({ type: 'standForVote' }),
    lead: emit({ type: 'lead' }),
  },
}).createMachine({
  id: 'raft-role',
  context: ({ input }) => ({ preVote: input.preVote }),
  initial: 'follower',
  on: {
    NewerTermSeen: { target: '.follower', actions: 'follow' },
  },
  states: {
    follower: {
      on: {
        ElectionTimeout: [
          { guard: and(['isElectable', 'asksFirst']), target: 'preCandidate' },
          { guard: 'isElectable', target: 'candidate' },
        ],
        LeadershipOffered: { guard: 'isElectable', target: 'candidate' },
        LeaderHeard: { actions: 'follow' },
      },
    },
    preCandidate: {
      entry: 'standForPreVote',
      on: {
        PreVoteWon: 'candidate',
        VoteLost: { target: 'follower', actions: 'follow' },
        LeaderHeard: { target: 'follower', actions: 'follow' },
        ElectionTimeout: { guard: 'isElectable', target: 'preCandidate', reenter: true },
      },
    },
    candidate: {
      entry: 'standForVote',
      on: {
        VoteWon: 'leader',
        VoteLost: { target: 'follower', actions: 'follow' },
        LeaderHeard: { target: 'follower', actions: 'follow' },
        ElectionTimeout: [
          { guard: and(['isElectable', 'asksFirst']), target: 'preCandidate' },
          { guard: 'isElectable', target: 'candidate', reenter: true },
        ],
      },
    },
    leader: {
      entry: 'lead',
      on: {
        QuorumLost: { target: 'follower', actions: 'follow' },
      },
    },
  },
})

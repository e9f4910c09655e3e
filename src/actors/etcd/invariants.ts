import { invariant } from '../../engine/invariant.ts'
import type { Entry, Index, MemberId, Snapshot, Term } from './raft/entry.ts'
import type { RaftMessage } from './raft/message.ts'
import type { Ready } from './raft/ready.ts'
import type { Raft } from './raft/state.ts'
import { Recent } from '../../engine/recent.ts'

/** What is remembered of one entry that some log has held. */
interface SeenEntry {
  readonly ref: number
  readonly previousTerm: Term | undefined
}

interface Decided {
  readonly term: Term
  readonly ref: number
  /** Digest of the state after it, by whoever applied it first. */
  digest: number | undefined
}

/** What is remembered of one member. */
interface Watched {
  raft: Raft
  term: Term
  committed: Index
  lastIndex: Index
  /** Up to where it has told a leader that its log is durable, and the term of the entry there. */
  promised: Index
  promisedTerm: Term | undefined
  /** In which term it last replaced entries of its log, and from where on. */
  replacedIn: Term
  replacedFrom: Index
}

const UNKNOWN: Omit<Watched, 'raft'> = {
  term: 0,
  committed: 0,
  lastIndex: 0,
  promised: 0,
  promisedTerm: undefined,
  replacedIn: 0,
  replacedFrom: 0,
}

/** How many entries are remembered: far more than any two living logs differ by. */
const REMEMBERED = 32_768

/** More than there will ever be terms. */
const TERMS_MAX = 2_097_152

/**
 * The promises of Raft, checked after every step of every member at a constant cost per entry.
 *
 * One of these watches a whole cluster from outside: it hears what members do and tells nobody; it only stops the run with
 * an InvariantError. The five named properties are those of Ongaro 2014, figure 3.2; the other checks are the promises to
 * a disk on which their proofs rest.
 */
export class RaftSafety {
  private readonly leaders = new Map<Term, MemberId>()
  /** By member and term. */
  private readonly votes = new Recent<number, MemberId>(REMEMBERED)
  /** By index and term. */
  private readonly entries = new Recent<number, SeenEntry>(REMEMBERED)
  private readonly decided = new Recent<Index, Decided>(REMEMBERED)
  /** By the term in which it was decided: the newest entry decided then. */
  private readonly newest = new Map<Term, { readonly index: Index; readonly term: Term }>()
  private readonly members = new Map<MemberId, Watched>()
  private highest: Index = 0

  /** A member has started, for the first time or again. */
  started(raft: Raft, ready: Ready): void {
    const { lastIndex, committed } = raft.log
    const { term } = raft
    const before = this.members.get(raft.id) ?? UNKNOWN
    const { promised } = before
    invariant(
      lastIndex >= promised,
      `member ${raft.id} still holds entry ${promised}, which it acknowledged, after its restart (has ${lastIndex})`,
    )
    this.members.set(raft.id, { ...before, raft, term, committed, lastIndex })
    for (const entry of ready.committed) this.stateMachineSafety(raft, entry)
  }

  /** A member has taken a step; nothing of its output is carried out yet. */
  stepped(raft: Raft, ready: Ready): void {
    const member = this.members.get(raft.id)
    invariant(member !== undefined, `member ${raft.id} is started before it takes a step`)
    invariant(raft.term >= member.term, `the term of member ${raft.id} never falls`)
    invariant(raft.log.committed >= member.committed, `what member ${raft.id} knows to be committed stays so`)
    if (raft.role === 'leader') this.electionSafety(raft)
    if (ready.snapshot !== undefined) this.installed(raft, member, ready.snapshot)
    if (ready.entries.length > 0) this.appended(raft, member, ready.entries)
    for (const entry of ready.committed) this.stateMachineSafety(raft, entry)
    member.term = raft.term
    member.committed = raft.log.committed
    member.lastIndex = raft.log.lastIndex
  }

  /** A member lets go of a message that it had kept until its disk was synced. */
  promised(from: MemberId, { type, to, data }: RaftMessage): void {
    if (type === 'VoteAnswered') {
      if (data.granted && !data.pre) this.oneVotePerTerm(from, data.term, to)
    } else if ((type === 'AppendAnswered' && !data.rejected) || type === 'SnapshotAnswered') {
      this.promisedLog(from, data.term, data.index)
    }
  }

  /** A member has applied the log up to `index`; its state now has this digest. */
  applied(member: MemberId, index: Index, digest: number): void {
    const decided = this.decided.get(index)
    if (decided === undefined) return
    decided.digest ??= digest
    invariant(
      decided.digest === digest,
      `State Machine Safety: member ${member} has the state of the others after entry ${index}`,
    )
  }

  /** Election Safety: at most one leader per term. */
  private electionSafety(raft: Raft): void {
    const known = this.leaders.get(raft.term)
    invariant(
      known === undefined || known === raft.id,
      `Election Safety: term ${raft.term} has one leader: ${known}, not ${raft.id} too`,
    )
    if (known !== undefined) return
    this.leaders.set(raft.term, raft.id)
    this.leaderCompleteness(raft)
  }

  /** Leader Completeness: what was decided in an earlier term is in every later leader's log. */
  private leaderCompleteness(raft: Raft): void {
    for (const [decidedIn, { index, term }] of this.newest) {
      if (decidedIn >= raft.term) continue
      const held = index < raft.log.firstIndex - 1 || raft.log.holds(index, term)
      invariant(held, `Leader Completeness: leader ${raft.id} of term ${raft.term} holds the decided entry ${index}`)
    }
  }

  private oneVotePerTerm(member: MemberId, term: Term, candidate: MemberId): void {
    const key = member * TERMS_MAX + term
    const known = this.votes.get(key)
    invariant(
      known === undefined || known === candidate,
      `member ${member} votes once in term ${term}: for ${known}, not for ${candidate} too`,
    )
    this.votes.set(key, candidate)
  }

  /** An answer of an earlier term may have waited for the disk while a later leader replaced what it is about. */
  private promisedLog(from: MemberId, term: Term, index: Index): void {
    const member = this.members.get(from)
    if (member === undefined) return
    const held = term < member.replacedIn ? Math.min(index, member.replacedFrom - 1) : index
    if (held <= member.promised) return
    member.promised = held
    member.promisedTerm = member.raft.log.term(held)
  }

  /** A snapshot replaces a log that differs from it, promises included; what fits behind it must stay. */
  private installed(raft: Raft, member: Watched, { index, term }: Snapshot): void {
    member.lastIndex = index
    if (member.promised <= index) return
    const held =
      member.promisedTerm === undefined ? undefined : this.termBelow(member.promised, member.promisedTerm, index)
    invariant(
      held !== term,
      `member ${raft.id} keeps entry ${member.promised}, which it acknowledged, when it installs a snapshot up to ${index}`,
    )
    this.replaced(raft, member, index + 1)
  }

  private replaced(raft: Raft, member: Watched, from: Index): void {
    member.replacedIn = raft.term
    member.replacedFrom = from
    if (member.promised < from) return
    member.promised = from - 1
    member.promisedTerm = raft.log.term(from - 1)
  }

  /** The term at `below` in every log that holds an entry of `term` at `index`; undefined if that is forgotten. */
  private termBelow(index: Index, term: Term, below: Index): Term | undefined {
    let at: Term | undefined = term
    for (let i = index; i > below && at !== undefined; i--) at = this.entries.get(i * TERMS_MAX + at)?.previousTerm
    return at
  }

  private appended(raft: Raft, member: Watched, entries: readonly Entry[]): void {
    const first = (entries[0] as Entry).index
    if (raft.role === 'leader') {
      invariant(first > member.lastIndex, `Leader Append-Only: leader ${raft.id} does not replace its entry ${first}`)
    }
    // What a later leader replaces is no longer promised.
    if (first <= member.lastIndex) this.replaced(raft, member, first)
    let previousTerm = raft.log.term(first - 1)
    for (const entry of entries) {
      this.logMatching(raft, entry, previousTerm)
      previousTerm = entry.term
    }
  }

  /** Log Matching: an entry's index and term tell what it is and what stands before it, so by induction the whole log. */
  private logMatching(raft: Raft, { index, term, ref }: Entry, previousTerm: Term | undefined): void {
    const key = index * TERMS_MAX + term
    const seen = this.entries.get(key)
    if (seen === undefined) {
      this.entries.set(key, { ref, previousTerm })
      return
    }
    invariant(
      seen.ref === ref && seen.previousTerm === previousTerm,
      `Log Matching: entry ${index} of term ${term} is the same in the log of member ${raft.id} as in others`,
    )
  }

  /** State Machine Safety: nobody applies another entry at an index that someone has applied. */
  private stateMachineSafety(raft: Raft, { index, term, ref }: Entry): void {
    const decided = this.decided.get(index)
    if (decided !== undefined) {
      invariant(
        decided.term === term && decided.ref === ref,
        `State Machine Safety: member ${raft.id} applies at ${index} what others applied there`,
      )
      return
    }
    this.decided.set(index, { term, ref, digest: undefined })
    if (index <= this.highest) return
    this.highest = index
    this.newest.set(raft.term, { index, term })
  }
}

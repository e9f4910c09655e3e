import { NOBODY, type Entry, type Index, type MemberId } from './entry.ts'
import { advanceCommit, commitTo } from './commit.ts'
import type { Message } from './message.ts'
import type { Progress } from './progress.ts'
import { send, sendAfterSync, type Raft } from './state.ts'

/**
 * Log replication: a leader makes every follower's log equal to its own.
 *
 * Each AppendEntries names the entry in front of what it brings. A follower that does not hold that entry refuses; so, by
 * induction, two logs that agree on one entry agree on all before it (the Log Matching property). Source: Ongaro 2014,
 * section 3.5; etcd-io/raft, raft.go, maybeSendAppend, handleAppendEntries, stepLeader.
 */

// The leader's side

/** Puts entries into the leader's log. Its own copy counts once it is on disk: by the answer it sends itself. */
export const appendOwn = (raft: Raft, requests: readonly Pick<Entry, 'ref' | 'request'>[]): void => {
  const { log, term, ready } = raft
  let index = log.lastIndex
  const entries = requests.map(({ ref, request }): Entry => ({ index: ++index, term, ref, request }))
  log.append(entries)
  for (const entry of entries) ready.entries.push(entry)
  sendAfterSync(raft, raft.id, 'AppendAnswered', accepted(raft, index))
}

/** Tells every follower of new entries, or, without any, of a new commit index. */
export const broadcastAppend = (raft: Raft): void => {
  for (const [member, progress] of raft.progress) if (member !== raft.id) sendAppend(raft, member, progress, true)
}

/** Sends what the follower lacks, as far as flow control allows. False if nothing was sent. */
export const sendAppend = (raft: Raft, to: MemberId, progress: Progress, evenIfEmpty: boolean): boolean => {
  if (progress.isPaused) return false
  const { log, options } = raft
  const prevIndex = progress.next - 1
  const prevTerm = log.term(prevIndex)
  if (prevTerm === undefined) return sendSnapshot(raft, to, progress)
  const blocked = progress.state === 'replicate' && progress.isFull
  const entries = blocked ? [] : log.slice(progress.next, options.messageBytesMax)
  if (entries.length === 0 && !evenIfEmpty) return false
  const { id: from, term } = raft
  send(raft, to, 'AppendEntries', { from, term, prevIndex, prevTerm, commit: log.committed, entries })
  if (entries.length > 0) progress.noteSent(prevIndex + entries.length)
  return true
}

/** The log no longer reaches back to where the follower stands: it gets the newest snapshot instead, and the log from there. */
const sendSnapshot = (raft: Raft, to: MemberId, progress: Progress): boolean => {
  // One that does not answer would only lose it.
  if (!progress.recentlyActive) return false
  const { index, term: snapshotTerm, voters, state } = raft.log.snapshot
  progress.becomeSnapshot(index)
  send(raft, to, 'InstallSnapshot', { from: raft.id, term: raft.term, index, snapshotTerm, voters, state })
  return true
}

/** A follower holds the log up to `index`. */
export const onAccepted = (raft: Raft, from: MemberId, index: Index): void => {
  const progress = raft.progress.get(from)
  if (progress === undefined) return
  progress.recentlyActive = true
  const wasPaused = progress.isPaused
  const confirmsProbe = progress.match === index && progress.state === 'probe'
  if (!progress.acknowledge(index) && !confirmsProbe) return
  if (progress.state === 'replicate') progress.freeInflight(index)
  else if (progress.state === 'probe' || index + 1 >= raft.log.firstIndex) progress.becomeReplicate()

  if (!decide(raft) && wasPaused && from !== raft.id) sendAppend(raft, from, progress, true)
  // Flow control may have let go of several messages' worth.
  if (from !== raft.id) while (sendAppend(raft, from, progress, false));
}

/** A follower has installed a snapshot, or did not need it: appending goes on from there, or with a newer snapshot. */
export const onSnapshotAnswered = (raft: Raft, { from, index }: Message<'SnapshotAnswered'>): void => {
  const progress = raft.progress.get(from)
  if (progress?.state === 'snapshot') {
    progress.pendingSnapshot = 0
    progress.becomeProbe()
  }
  onAccepted(raft, from, index)
}

/** Looks whether anything new is decided, and if so tells everyone. False if nothing is. */
const decide = (raft: Raft): boolean => {
  if (!advanceCommit(raft)) return false
  broadcastAppend(raft)
  return true
}

/** A follower refused: try where the logs may still agree, at least a term further back. */
export const onRejected = (raft: Raft, { from, index, hintIndex, hintTerm }: Message<'AppendAnswered'>): void => {
  const progress = raft.progress.get(from)
  if (progress === undefined) return
  progress.recentlyActive = true
  const hint = hintTerm > 0 ? raft.log.lastWithin(hintIndex, hintTerm).index : hintIndex
  if (!progress.fallBack(index, hint)) return
  if (progress.state === 'replicate') progress.becomeProbe()
  sendAppend(raft, from, progress, true)
}

/** Something sent to this follower may be lost: send no further ahead until it answers. */
export const onUnreachable = (raft: Raft, member: MemberId): void => {
  const progress = raft.progress.get(member)
  if (progress === undefined || member === raft.id || progress.state === 'probe') return
  const lostSnapshot = progress.state === 'snapshot'
  if (lostSnapshot) progress.pendingSnapshot = 0
  progress.becomeProbe()
  // A snapshot is not sent again at once: the follower must be heard first.
  progress.paused = lostSnapshot
}

// The follower's side

/** A follower takes what fits, and says how far its log now equals the leader's. */
export const onAppendEntries = (raft: Raft, message: Message<'AppendEntries'>): void => {
  const { log, options } = raft
  const { from, prevIndex, prevTerm, commit, entries } = message
  if (prevIndex < log.committed && options.bug !== 'truncates-always') {
    // What is committed cannot differ, and need not be compared.
    sendAfterSync(raft, from, 'AppendAnswered', accepted(raft, log.committed))
    return
  }
  if (!fits(raft, prevIndex, prevTerm)) {
    // Never prevIndex itself with a term of its own: the leader looks for the last entry that both may hold.
    const hint = log.lastWithin(Math.min(prevIndex, log.lastIndex), prevTerm)
    send(raft, from, 'AppendAnswered', {
      from: raft.id,
      term: raft.term,
      index: prevIndex,
      rejected: true,
      hintIndex: hint.index,
      hintTerm: hint.term,
    })
    return
  }
  const firstNew = options.bug === 'truncates-always' ? 0 : log.firstNew(entries)
  if (firstNew !== undefined) {
    const fresh = entries.slice(firstNew)
    log.append(fresh)
    for (const entry of fresh) raft.ready.entries.push(entry)
  }
  const last = prevIndex + entries.length
  commitTo(raft, Math.min(commit, last))
  sendAfterSync(raft, from, 'AppendAnswered', accepted(raft, last))
}

const fits = (raft: Raft, prevIndex: Index, prevTerm: number): boolean => {
  if (raft.options.bug === 'no-log-matching') return prevIndex <= raft.log.lastIndex
  return raft.log.holds(prevIndex, prevTerm)
}

const accepted = (raft: Raft, index: Index): Message<'AppendAnswered'> => ({
  from: raft.id,
  term: raft.term,
  index,
  rejected: false,
  hintIndex: NOBODY,
  hintTerm: 0,
})

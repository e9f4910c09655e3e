import { NOBODY } from './entry.ts'
import { broadcastHeartbeat } from './heartbeat.ts'
import type { Message } from './message.ts'
import { isAlone, majority, send, type PendingRead, type Raft } from './state.ts'

/**
 * Linearizable reads without a log entry.
 *
 * A leader notes its commit index when a read comes, and asks a majority whether it still leads. If it does, no later leader
 * had committed anything when the read came, so a state that has applied that index is new enough. Clocks are not trusted.
 * Source: Ongaro 2014, section 6.4; etcd-io/raft, read_only.go (ReadOnlySafe).
 */
export const requestRead = (raft: Raft, context: number): void => {
  if (raft.role === 'leader') acceptRead(raft, { from: raft.id, context })
  else if (raft.leader !== NOBODY) send(raft, raft.leader, 'ForwardReadIndex', { from: raft.id, context })
  // Without a leader nothing is said; the owner asks again, as upstream does every 500 ms.
}

export const onForwardReadIndex = (raft: Raft, request: Message<'ForwardReadIndex'>): void => {
  if (raft.role === 'leader') acceptRead(raft, request)
}

export const onReadIndexAnswered = (raft: Raft, { context, index }: Message<'ReadIndexAnswered'>): void => {
  raft.ready.reads.push({ context, index })
}

const acceptRead = (raft: Raft, request: Message<'ForwardReadIndex'>): void => {
  if (!hasCommittedInTerm(raft)) {
    // Until then it may not know all that earlier leaders committed.
    raft.earlyReads.push(request)
    return
  }
  const { from, context } = request
  const read: PendingRead = { number: ++raft.lastRead, from, context, index: raft.log.committed }
  if (isAlone(raft) || raft.options.bug === 'reads-alone') {
    release(raft, read)
    return
  }
  raft.reads.push(read)
  broadcastHeartbeat(raft)
}

const hasCommittedInTerm = (raft: Raft): boolean =>
  raft.log.term(raft.log.committed) === raft.term || raft.options.bug === 'reads-too-soon'

/** Called when the leader may have committed its first own entry. */
export const acceptEarlyReads = (raft: Raft): void => {
  if (raft.earlyReads.length === 0 || raft.role !== 'leader' || !hasCommittedInTerm(raft)) return
  for (const request of raft.earlyReads.splice(0)) acceptRead(raft, request)
}

/** A follower confirmed the leader: reads that a majority confirmed, with all before them, are answered. */
export const confirmRead = (raft: Raft, { from, read }: Message<'HeartbeatAnswered'>): void => {
  const progress = raft.progress.get(from)
  if (progress === undefined || read <= progress.confirmedRead) return
  progress.confirmedRead = read
  while (raft.reads.length > 0) {
    const oldest = raft.reads[0] as PendingRead
    if (!isConfirmed(raft, oldest)) return
    raft.reads.shift()
    release(raft, oldest)
  }
}

const isConfirmed = (raft: Raft, { number }: PendingRead): boolean => {
  let confirmations = 0
  for (const [member, progress] of raft.progress) {
    if (member === raft.id || progress.confirmedRead >= number) confirmations++
  }
  return confirmations >= majority(raft)
}

const release = (raft: Raft, { from, context, index }: PendingRead): void => {
  if (from === raft.id) raft.ready.reads.push({ context, index })
  else send(raft, from, 'ReadIndexAnswered', { from: raft.id, term: raft.term, context, index })
}

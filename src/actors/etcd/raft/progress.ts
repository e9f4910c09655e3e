import type { Index } from './entry.ts'

/**
 * What a leader knows of one follower's log. Source: etcd-io/raft, tracker/progress.go.
 *
 * - `probe`: the leader does not know where the logs part; it sends one message and waits for the answer or the next heartbeat.
 * - `replicate`: the logs fit; the leader sends ahead, many messages without waiting.
 * - `snapshot`: the follower is too far behind; nothing is sent until it has installed a snapshot.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot'

export class Progress {
  state: ProgressState = 'probe'
  /** The follower durably holds the leader's log up to here. */
  match: Index = 0
  /** What to send next; in `replicate` ahead of what was answered. */
  next: Index
  /** Index of the snapshot under way. */
  pendingSnapshot: Index = 0
  /** It was heard from since the last check of the quorum. */
  recentlyActive = false
  /** Wait for an answer before sending more. */
  paused = false
  /** The newest read for which it confirmed the leader. */
  confirmedRead = 0
  /** Last index of each message that is not answered, oldest first. */
  private readonly inflight: Index[] = []
  private readonly inflightMax: number

  constructor(next: Index, inflightMax: number) {
    this.next = next
    this.inflightMax = inflightMax
  }

  get isPaused(): boolean {
    return this.state === 'snapshot' || this.paused
  }

  get isFull(): boolean {
    return this.inflight.length >= this.inflightMax
  }

  becomeProbe(): void {
    this.next = Math.max(this.match, this.state === 'snapshot' ? this.pendingSnapshot : 0) + 1
    this.enter('probe')
  }

  becomeReplicate(): void {
    this.next = this.match + 1
    this.enter('replicate')
  }

  becomeSnapshot(index: Index): void {
    this.enter('snapshot')
    this.pendingSnapshot = index
  }

  private enter(state: ProgressState): void {
    this.state = state
    this.paused = false
    this.pendingSnapshot = 0
    this.inflight.length = 0
  }

  /** Entries up to `last` are on their way. */
  noteSent(last: Index): void {
    if (this.state === 'probe') this.paused = true
    else {
      this.next = last + 1
      this.inflight.push(last)
      this.paused = this.isFull
    }
  }

  /** The follower holds everything up to `index`. False if that was known. */
  acknowledge(index: Index): boolean {
    if (index >= this.next) this.next = index + 1
    if (index <= this.match) return false
    this.match = index
    this.paused = false
    return true
  }

  /** Forgets the messages that an answer for `index` covers. */
  freeInflight(index: Index): void {
    let answered = 0
    while (answered < this.inflight.length && (this.inflight[answered] as Index) <= index) answered++
    if (answered > 0) this.inflight.splice(0, answered)
  }

  /** The follower refused to append behind `rejected`; `hint` is the last index that may fit. False if the answer is old. */
  fallBack(rejected: Index, hint: Index): boolean {
    if (this.state === 'replicate') {
      if (rejected <= this.match) return false
      this.next = this.match + 1
      return true
    }
    if (this.next - 1 !== rejected) return false
    this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1)
    this.paused = false
    return true
  }
}

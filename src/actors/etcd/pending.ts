import type { EtcdRequest } from '../../events/catalogue/etcd-request.ts'
import type { ActorId, Micros, Seq } from '../../events/envelope.ts'
import type { ReadState } from './raft/ready.ts'

/** A client that waits for an answer. */
export interface Waiting {
  readonly client: ActorId
  readonly request: number
  readonly op: EtcdRequest
  readonly since: Micros
}

/** The requests that came to one member and are under way, by the position of their event. */
export class Pending {
  private readonly writes = new Map<Seq, Waiting>()
  private readonly reads = new Map<Seq, Waiting>()
  /** Reads whose index is known and not yet applied here. */
  private confirmed: ReadState[] = []

  get size(): number {
    return this.writes.size + this.reads.size
  }

  addWrite(ref: Seq, waiting: Waiting): void {
    this.writes.set(ref, waiting)
  }

  hasWrite(ref: Seq): boolean {
    return this.writes.has(ref)
  }

  takeWrite(ref: Seq): Waiting | undefined {
    const waiting = this.writes.get(ref)
    if (waiting !== undefined) this.writes.delete(ref)
    return waiting
  }

  addRead(context: Seq, waiting: Waiting): void {
    this.reads.set(context, waiting)
  }

  /** Reads that no leader has confirmed. */
  unconfirmedReads(): readonly Seq[] {
    const confirmed = new Set(this.confirmed.map(({ context }) => context))
    return [...this.reads.keys()].filter((context) => !confirmed.has(context))
  }

  confirm(states: readonly ReadState[]): void {
    this.confirmed.push(...states)
  }

  /** Confirmed reads that can be answered by who has applied the log up to an index. */
  takeReadable(appliedIndex: number): readonly Waiting[] {
    if (this.confirmed.length === 0) return NOBODY
    const due = this.confirmed.filter(({ index }) => index <= appliedIndex)
    if (due.length === 0) return NOBODY
    this.confirmed = this.confirmed.filter(({ index }) => index > appliedIndex)
    return due.flatMap(({ context }) => {
      const waiting = this.reads.get(context)
      this.reads.delete(context)
      return waiting === undefined ? [] : [waiting]
    })
  }

  /** Who came at `since` or before and still waits, oldest first, writers before readers. */
  takeOverdue(since: Micros): readonly Waiting[] {
    const overdue: Waiting[] = []
    for (const requests of [this.writes, this.reads]) {
      for (const [ref, waiting] of requests) {
        if (waiting.since > since) break
        requests.delete(ref)
        overdue.push(waiting)
      }
    }
    return overdue
  }
}

const NOBODY: readonly Waiting[] = []

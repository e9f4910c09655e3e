import { Recent } from '../engine/recent.ts'
import type { EventData } from '../events/catalogue/index.ts'
import type { ActorId, Seq } from '../events/envelope.ts'

/** Requests that are remembered: more than can be under way at once. */
const REMEMBERED = 10_000
/** Events between a request and its commit: the API server's to etcd, perhaps a retry or two. */
const STEPS = 16

/** The verbs that change something. */
export const isWrite = (verb: EventData<'ApiRequested'>['verb']): boolean => verb !== 'get' && verb !== 'list'

/** Finds out for a commit who had asked the API server for it: every commit itself is told by etcd. */
export class Writers {
  private readonly causeOf: (seq: Seq) => Seq
  private readonly requests = new Recent<Seq, ActorId>(REMEMBERED)

  constructor(causeOf: (seq: Seq) => Seq) {
    this.causeOf = causeOf
  }

  /** Takes a request as it enters the log. */
  note(seq: Seq, by: ActorId, verb: EventData<'ApiRequested'>['verb']): void {
    if (isWrite(verb)) this.requests.set(seq, by)
  }

  /** Undefined when no request is near: a commit of etcd's own, or a recording without requests. */
  of(cause: Seq): ActorId | undefined {
    let seq = cause
    for (let step = 0; step < STEPS && seq > 0; step++) {
      const by = this.requests.get(seq)
      if (by !== undefined) return by
      seq = this.causeOf(seq)
    }
    return undefined
  }
}

import type { EtcdResponse } from '../../../events/catalogue/etcd-request.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import type { EtcdClient } from './etcd-client.ts'

const COMPACT_KEY = 'compact_rev_key'
const SIZE = 20

export const COMPACT_TIMER = 'compact'

/**
 * Makes etcd forget what is older than one interval. Of several API servers whoever gets the key does it, by a compare on it.
 * Source: apiserver/pkg/storage/etcd3/compact.go, compactor and compact (v1.36).
 */
export class Compactor {
  private readonly etcd: EtcdClient
  private readonly interval: Micros
  /** Revision of the key as this server knows it, and of the store one interval ago. */
  private known = 0
  private previous = 0

  constructor(etcd: EtcdClient, interval: Micros) {
    this.etcd = etcd
    this.interval = interval
  }

  start(context: ActorContext): void {
    if (this.interval > 0) context.setTimer(COMPACT_TIMER, '', this.interval)
  }

  /** The alarm COMPACT_TIMER fired. */
  fired(context: ActorContext): void {
    this.start(context)
    const op = {
      op: 'txn',
      compare: [{ key: COMPACT_KEY, target: 'mod', result: '=', value: this.known }],
      then: [{ op: 'put', key: COMPACT_KEY, size: SIZE }],
      else: [{ op: 'range', key: COMPACT_KEY }],
    } as const
    this.etcd.call(context, op, context.seq, (response) => this.decided(context, response))
  }

  private decided(context: ActorContext, { outcome, revision, results }: EtcdResponse): void {
    if (outcome === 'refused') return
    const [result] = results ?? []
    if (outcome === 'failed') this.known = result?.op === 'range' ? result.mod : 0
    else {
      this.known = revision
      // The first round only notes where the store stands.
      if (this.previous > 0) this.etcd.call(context, { op: 'compact', revision: this.previous }, context.seq, () => {})
    }
    this.previous = revision
  }
}

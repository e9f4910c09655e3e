import type { EtcdResponse } from '../../../events/catalogue/etcd-request.ts'
import type { Micros } from '../../../events/envelope.ts'
import { hours, seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import type { EtcdClient } from './etcd-client.ts'

/** Source: pkg/controlplane/apiserver/options/options.go, EventTTL (v1.36). */
const EVENT_TTL: Micros = hours(1)
/** Source: apiserver/pkg/storage/etcd3/lease_manager.go, defaultLeaseReuseDurationSeconds and defaultLeaseMaxObjectCount. */
const REUSE_FOR: Micros = seconds(60)
const KEYS_MAX = 1_000

const LEASE_IDS = 0x7fff_ffff_ffff

type Use = (lease: number | EtcdResponse) => void

/**
 * Events live an hour: each is attached to a lease of etcd, a minute's worth of them to the same one.
 * Source: etcd3/lease_manager.go, GetLease (v1.36).
 */
export class EventLeases {
  private readonly etcd: EtcdClient
  private lease = 0
  private expires: Micros = 0
  private keys = 0
  private waiting: Use[] = []

  constructor(etcd: EtcdClient) {
    this.etcd = etcd
  }

  /** Gives a lease to attach one key to, or etcd's refusal to grant one. */
  use(context: ActorContext, use: Use): void {
    const valid = context.monotonic + EVENT_TTL <= this.expires
    if (this.waiting.length === 0 && valid && this.keys < KEYS_MAX) {
      this.keys++
      use(this.lease)
      return
    }
    this.waiting.push(use)
    if (this.waiting.length === 1) this.grant(context)
  }

  private grant(context: ActorContext): void {
    const lease = context.random.between(1, LEASE_IDS)
    const ttl = EVENT_TTL + REUSE_FOR
    const expires = context.monotonic + ttl
    const op = { op: 'lease-grant', lease, ttl: ttl / seconds(1) } as const
    this.etcd.call(context, op, context.seq, (response) => {
      const waiting = this.waiting
      this.waiting = []
      const granted = response.outcome === 'succeeded'
      if (granted) {
        this.lease = lease
        this.expires = expires
        this.keys = waiting.length
      }
      for (const use of waiting) use(granted ? lease : response)
    })
  }
}

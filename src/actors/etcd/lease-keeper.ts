import type { EtcdRequest, EtcdResponse } from '../../events/catalogue/etcd-request.ts'
import type { Micros, Seq } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { LEASE_CHECK_INTERVAL, LeaseClock } from './mvcc/leases.ts'
import type { MvccStore } from './mvcc/store.ts'

/** How long after an election leases still count as kept alive. Source: server/lease/lessor.go, Promote(extend). */
const LEASE_EXTENSION: Micros = seconds(1)

export const LEASE_TIMER = 'lease'

/** The leader's clock over leases: which are alive, and which to revoke. Source: server/lease/lessor.go. */
export class LeaseKeeper {
  private readonly context: ActorContext
  private readonly clock = new LeaseClock()

  constructor(context: ActorContext) {
    this.context = context
  }

  /** This member leads, or no longer does. */
  changeRole(leads: boolean, store: MvccStore): void {
    if (leads) this.clock.promote(store.leases, this.context.monotonic, LEASE_EXTENSION)
    else this.clock.demote()
  }

  /** False if there is no such lease. */
  keepAlive(id: number, store: MvccStore): boolean {
    const lease = store.leases.get(id)
    if (lease === undefined) return false
    this.clock.renew(id, lease.ttl, this.context.monotonic)
    return true
  }

  /** What an applied request did to leases. */
  note(request: EtcdRequest | undefined, outcome: EtcdResponse['outcome'], store: MvccStore): void {
    if (outcome !== 'succeeded') return
    if (request?.op === 'lease-grant') {
      const ttl = store.leases.get(request.lease)?.ttl ?? request.ttl
      this.clock.renew(request.lease, ttl, this.context.monotonic)
    } else if (request?.op === 'lease-revoke') this.clock.forget(request.lease)
  }

  /** What is to be proposed: the end of leases that nobody has kept alive. */
  expired(): readonly { readonly ref: Seq; readonly request: EtcdRequest }[] {
    const ref = this.context.seq
    return this.clock
      .takeExpired(this.context.monotonic)
      .map((lease) => ({ ref, request: { op: 'lease-revoke', lease } as const }))
  }

  /** The leader looks twice a second, not at each lease's own end. */
  arm(): void {
    const nextAt = this.clock.nextAt()
    if (nextAt === undefined || this.context.hasTimer(LEASE_TIMER, '')) return
    const looks = Math.max(1, Math.ceil(Math.max(0, nextAt - this.context.monotonic) / LEASE_CHECK_INTERVAL))
    this.context.setTimer(LEASE_TIMER, '', looks * LEASE_CHECK_INTERVAL)
  }
}

import { seconds } from '../../../events/time.ts'
import type { Micros } from '../../../events/envelope.ts'

/** Shortest time to live, in seconds. Source: server/etcdserver/server.go, minTTL: 1.5 election timeouts, rounded up. */
export const LEASE_TTL_MIN = 2
/** Source: server/lease/lessor.go, MaxLeaseTTL. */
export const LEASE_TTL_MAX = 9_000_000_000

/** A time to live that keys can share: when it is over they are deleted. Part of the replicated state. */
export interface Lease {
  readonly id: number
  /** Seconds. */
  readonly ttl: number
  readonly keys: Set<string>
}

/** The leases of one member's state. When they expire is not part of it: only a leader watches the clock. */
export class Leases {
  private readonly byId = new Map<number, Lease>()

  get(id: number): Lease | undefined {
    return this.byId.get(id)
  }

  has(id: number): boolean {
    return this.byId.has(id)
  }

  all(): Iterable<Lease> {
    return this.byId.values()
  }

  get size(): number {
    return this.byId.size
  }

  grant(id: number, ttl: number): Lease {
    const lease: Lease = { id, ttl: Math.max(ttl, LEASE_TTL_MIN), keys: new Set() }
    this.byId.set(id, lease)
    return lease
  }

  remove(id: number): void {
    this.byId.delete(id)
  }

  attach(id: number, key: string): void {
    this.byId.get(id)?.keys.add(key)
  }

  detach(id: number, key: string): void {
    this.byId.get(id)?.keys.delete(key)
  }

  /** Which keys hang on a lease is read from the keys themselves when an image is restored. */
  image(): readonly (readonly [id: number, ttl: number])[] {
    return [...this.byId.values()].map(({ id, ttl }) => [id, ttl])
  }
}

/** How often the leader looks for expired leases. Source: server/lease/lessor.go, revokeExpiredLeases loop. */
export const LEASE_CHECK_INTERVAL: Micros = seconds(1) / 2
/** Most leases revoked by one look: leaseRevokeRate 1000 per second. */
const REVOKED_MAX = 500
/** A revocation that has not taken effect by then is proposed again. Source: lessor.go, defaultExpiredleaseRetryInterval. */
const REVOKE_RETRY: Micros = seconds(3)

/**
 * When leases expire: the leader's own memory, not replicated. A new leader gives every lease its whole time again, so a
 * lease may live longer than it should and never shorter.
 *
 * Abridged: no checkpoints of remaining times (upstream has them behind a flag, every 5 minutes).
 * Source: server/lease/lessor.go, Promote, Renew, expireExists.
 */
export class LeaseClock {
  private readonly expiry = new Map<number, Micros>()
  private nextExpiry: Micros | undefined = undefined

  /** This member leads from now on. `extend` is added because the leases could not be renewed while nobody led. */
  promote(leases: Leases, now: Micros, extend: Micros): void {
    this.expiry.clear()
    for (const { id, ttl } of leases.all()) this.expiry.set(id, now + seconds(ttl) + extend)
    this.findNext()
  }

  demote(): void {
    this.expiry.clear()
    this.nextExpiry = undefined
  }

  /** A lease was granted or is kept alive. */
  renew(id: number, ttl: number, now: Micros): void {
    this.set(id, now + seconds(ttl))
  }

  forget(id: number): void {
    if (this.expiry.delete(id)) this.findNext()
  }

  /** When the first lease is over; undefined if there is none. */
  nextAt(): Micros | undefined {
    return this.nextExpiry
  }

  /** Leases to revoke now. Each is given again after a while if it is still there. */
  takeExpired(now: Micros): readonly number[] {
    if (this.nextExpiry === undefined || this.nextExpiry > now) return []
    const expired: number[] = []
    for (const [id, at] of this.expiry) {
      if (at > now) continue
      if (expired.length === REVOKED_MAX) break
      expired.push(id)
      this.expiry.set(id, now + REVOKE_RETRY)
    }
    this.findNext()
    return expired
  }

  /** Seconds that are left; -1 for an unknown lease. */
  remaining(id: number, now: Micros): number {
    const at = this.expiry.get(id)
    return at === undefined ? -1 : Math.max(0, Math.ceil((at - now) / seconds(1)))
  }

  private set(id: number, at: Micros): void {
    const before = this.expiry.get(id)
    this.expiry.set(id, at)
    if (this.nextExpiry === undefined || at < this.nextExpiry) this.nextExpiry = at
    else if (before === this.nextExpiry) this.findNext()
  }

  private findNext(): void {
    this.nextExpiry = undefined
    for (const at of this.expiry.values()) {
      if (this.nextExpiry === undefined || at < this.nextExpiry) this.nextExpiry = at
    }
  }
}

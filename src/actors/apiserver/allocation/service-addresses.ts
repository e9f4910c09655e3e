import type { Random } from '../../../engine/kernel/random.ts'
import { conditionStatus } from '../../../kubernetes/conditions.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { ServiceCIDR } from '../../../kubernetes/types/ingress.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Change, View } from '../../../kubernetes/view.ts'
import { ClusterIpRange } from './cluster-ips.ts'
import { drawNodePort } from './node-ports.ts'
import { ipKey, keysOf, portKey } from './number-keys.ts'

/**
 * The addresses and node ports that Services have, as far as this server knows: what its cache shows, and what it has given
 * out itself a moment ago. Which one really has a number is decided by etcd, where each number has a key.
 *
 * Addresses come from the ranges that ServiceCIDRs name and that are ready, in the order of the objects' names: upstream's is
 * that of a Go map. Source: pkg/registry/core/service/ipallocator/cidrallocator.go, MetaAllocator (v1.36).
 */
export class ServiceAddresses {
  /** The range that the server was started with; the one to draw from as long as no ServiceCIDR is known. */
  readonly range: ClusterIpRange
  private readonly ranges = new Map<string, readonly ClusterIpRange[]>()
  private readonly taken = new Set<string>()

  constructor(cidr: string) {
    this.range = new ClusterIpRange(cidr)
  }

  static follows(kind: Kind): boolean {
    return kind === 'Service' || kind === 'ServiceCIDR' || kind === 'IPAddress'
  }

  /** Begins anew with what a view shows. */
  fill(view: View): void {
    this.taken.clear()
    this.ranges.clear()
    for (const service of view.list('Service')) for (const key of keysOf(service)) this.taken.add(key)
    for (const { metadata } of view.list('IPAddress')) this.taken.add(ipKey(metadata.name))
    for (const range of view.list('ServiceCIDR')) this.ranges.set(range.metadata.name, usable(range))
  }

  /** A Service, an address or a range changed in the cache. */
  follow({ kind, name, before, after }: Change): void {
    switch (kind) {
      case 'ServiceCIDR':
        if (after === undefined) this.ranges.delete(name)
        else this.ranges.set(name, usable(after as ServiceCIDR))
        return
      case 'IPAddress':
        if (after === undefined) this.taken.delete(ipKey(name))
        else this.taken.add(ipKey(name))
        return
      default:
        if (before !== undefined) for (const key of keysOf(before as Service)) this.taken.delete(key)
        if (after !== undefined) for (const key of keysOf(after as Service)) this.taken.add(key)
    }
  }

  /** Whether an address lies in a range that may be drawn from. */
  contains(address: string): boolean {
    for (const range of this.usableRanges()) if (range.contains(address)) return true
    return false
  }

  /** An address that seems free; taken from now on. */
  drawIP(random: Random): string | undefined {
    for (const range of this.usableRanges()) {
      const ip = range.draw((candidate) => this.taken.has(ipKey(candidate)), random)
      if (ip === undefined) continue
      this.taken.add(ipKey(ip))
      return ip
    }
    return undefined
  }

  drawPort(random: Random): number | undefined {
    const port = drawNodePort((candidate) => this.taken.has(portKey(candidate)), random)
    if (port !== undefined) this.taken.add(portKey(port))
    return port
  }

  /** A number has been given back. */
  free(key: string): void {
    this.taken.delete(key)
  }

  private usableRanges(): readonly ClusterIpRange[] {
    if (this.ranges.size === 0) return [this.range]
    const names = [...this.ranges.keys()].sort()
    return names.flatMap((name) => this.ranges.get(name) ?? [])
  }
}

/** The ranges of an object, none when it is not ready. One of which nothing is said is: its controller may not run. */
const usable = ({ metadata, spec, status }: ServiceCIDR): readonly ClusterIpRange[] => {
  const isReady = (conditionStatus(status?.conditions, 'Ready') ?? 'True') === 'True'
  if (!isReady || metadata.deletionTimestamp !== undefined) return []
  return (spec.cidrs ?? []).flatMap((cidr) => ClusterIpRange.of(cidr) ?? [])
}

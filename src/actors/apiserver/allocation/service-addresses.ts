import type { Random } from '../../../engine/kernel/random.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Change, View } from '../../../kubernetes/view.ts'
import { ClusterIpRange } from './cluster-ips.ts'
import { drawNodePort } from './node-ports.ts'
import { ipKey, keysOf, portKey } from './number-keys.ts'

/**
 * The addresses and node ports that Services have, as far as this server knows: what its cache shows, and what it has given
 * out itself a moment ago. Which one really has a number is decided by etcd, where each number has a key.
 */
export class ServiceAddresses {
  readonly range: ClusterIpRange
  private readonly taken = new Set<string>()

  constructor(cidr: string) {
    this.range = new ClusterIpRange(cidr)
  }

  /** Begins anew with what a view shows. */
  fill(view: View): void {
    this.taken.clear()
    for (const service of view.list('Service')) for (const key of keysOf(service)) this.taken.add(key)
  }

  /** A Service changed in the cache. */
  follow({ before, after }: Change): void {
    if (before !== undefined) for (const key of keysOf(before as Service)) this.taken.delete(key)
    if (after !== undefined) for (const key of keysOf(after as Service)) this.taken.add(key)
  }

  /** An address that seems free; taken from now on. */
  drawIP(random: Random): string | undefined {
    const ip = this.range.draw((candidate) => this.taken.has(ipKey(candidate)), random)
    if (ip !== undefined) this.taken.add(ipKey(ip))
    return ip
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
}

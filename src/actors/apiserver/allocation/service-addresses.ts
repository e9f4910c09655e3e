import type { ApiObject } from '../../../events/json.ts'
import type { Random } from '../../../engine/kernel/random.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Change, View } from '../../../kubernetes/view.ts'
import { ClusterIpRange } from './cluster-ips.ts'
import { drawNodePort } from './node-ports.ts'
import { clusterIPsOf, nodePortsOf } from './service-spec.ts'

/**
 * The addresses and node ports that Services have, as far as this server knows: what its cache shows, and what it has given
 * out itself a moment ago. Which one really has a number is decided by etcd, where each number has a key.
 */
export class ServiceAddresses {
  readonly range: ClusterIpRange
  private readonly ips = new Set<string>()
  private readonly ports = new Set<number>()

  constructor(cidr: string) {
    this.range = new ClusterIpRange(cidr)
  }

  /** Begins anew with what a view shows. */
  fill(view: View): void {
    this.ips.clear()
    this.ports.clear()
    for (const service of view.list('Service')) this.note(service)
  }

  /** A Service changed in the cache. */
  follow({ before, after }: Change): void {
    if (before !== undefined) this.forget(before)
    if (after !== undefined) this.note(after)
  }

  drawIP(random: Random): string | undefined {
    const ip = this.range.draw((candidate) => this.ips.has(candidate), random)
    if (ip !== undefined) this.ips.add(ip)
    return ip
  }

  drawPort(random: Random): number | undefined {
    const port = drawNodePort((candidate) => this.ports.has(candidate), random)
    if (port !== undefined) this.ports.add(port)
    return port
  }

  private note(object: ApiObject): void {
    const { spec } = object as Service
    for (const ip of clusterIPsOf(spec)) this.ips.add(ip)
    for (const port of nodePortsOf(spec)) this.ports.add(port)
  }

  private forget(object: ApiObject): void {
    const { spec } = object as Service
    for (const ip of clusterIPsOf(spec)) this.ips.delete(ip)
    for (const port of nodePortsOf(spec)) this.ports.delete(port)
  }
}

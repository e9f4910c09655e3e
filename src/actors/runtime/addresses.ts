import { addressIn, networkOf } from '../../kubernetes/addresses.ts'
import type { Holdings } from './holdings.ts'

/** .0 is the network, .1 the bridge, .255 the broadcast address. */
const FIRST = 2
const LAST = 254

/**
 * Addresses of a node's Pods, as the host-local plugin gives them out: the next free one after the last given, so that an
 * address rests as long as possible. Source: containernetworking/plugins, plugins/ipam/host-local/backend/allocator.
 */
export class PodAddresses {
  private readonly cidr: string
  private last = FIRST - 1

  constructor(cidr: string) {
    this.cidr = cidr
  }

  /** Undefined when all are in use. */
  next(holdings: Holdings): string | undefined {
    const used = new Set<string>()
    const network = networkOf(this.cidr)
    for (const { ip, ready } of holdings.sandboxes.values()) if (ready && networkOf(ip) === network) used.add(ip)
    for (let tried = FIRST; tried <= LAST; tried++) {
      this.last = this.last >= LAST ? FIRST : this.last + 1
      const address = addressIn(this.cidr, this.last)
      if (!used.has(address)) return address
    }
    return undefined
  }
}

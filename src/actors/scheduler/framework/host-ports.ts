import type { HostPort } from './pod-info.ts'

const ANY = '0.0.0.0'

/** The ports taken on one node. Source: pkg/scheduler/framework/types.go, HostPortInfo (v1.36). */
export class HostPorts {
  /** How many Pods hold `protocol/port` on an address: counts, so that a what-if may add and take away in any order. */
  private readonly taken = new Map<string, Map<string, number>>()

  add({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`
    let holders = this.taken.get(key)
    if (holders === undefined) this.taken.set(key, (holders = new Map()))
    holders.set(ip, (holders.get(ip) ?? 0) + 1)
  }

  remove({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`
    const holders = this.taken.get(key)
    const count = holders?.get(ip)
    if (holders === undefined || count === undefined) return
    if (count > 1) holders.set(ip, count - 1)
    else {
      holders.delete(ip)
      if (holders.size === 0) this.taken.delete(key)
    }
  }

  /** The wildcard address conflicts with every address of the same port and protocol. */
  conflicts({ ip, protocol, port }: HostPort): boolean {
    const holders = this.taken.get(`${protocol}/${port}`)
    if (holders === undefined) return false
    return ip === ANY || holders.has(ANY) || holders.has(ip)
  }

  get size(): number {
    return this.taken.size
  }

  clone(): HostPorts {
    const copy = new HostPorts()
    for (const [key, holders] of this.taken) copy.taken.set(key, new Map(holders))
    return copy
  }
}

import type { HostPort } from './pod-info.ts'

const ANY = '0.0.0.0'

/**
 * The ports taken on one node.
 *
 * A set, not a count: where two Pods hold one port (both were bound from outside) and one goes, the port counts as free,
 * as on the real scheduler. Source: pkg/scheduler/framework/types.go, HostPortInfo (v1.36).
 */
export class HostPorts {
  /** Addresses by `protocol/port`. */
  private readonly taken: Map<string, Set<string>>

  constructor(taken = new Map<string, Set<string>>()) {
    this.taken = taken
  }

  add({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`
    const holders = this.taken.get(key)
    if (holders === undefined) this.taken.set(key, new Set([ip]))
    else holders.add(ip)
  }

  remove({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`
    const holders = this.taken.get(key)
    holders?.delete(ip)
    if (holders?.size === 0) this.taken.delete(key)
  }

  /** The wildcard address conflicts with every address of the same port and protocol. */
  conflicts({ ip, protocol, port }: HostPort): boolean {
    const holders = this.taken.get(`${protocol}/${port}`)
    if (holders === undefined) return false
    return ip === ANY || holders.has(ANY) || holders.has(ip)
  }

  clone(): HostPorts {
    const taken = new Map<string, Set<string>>()
    for (const [key, holders] of this.taken) taken.set(key, new Set(holders))
    return new HostPorts(taken)
  }
}

import type { ActorId, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'

/**
 * How long a server that failed is passed over. Source: nginx, ngx_stream_upstream_module, fail_timeout (with max_fails 1),
 * the balancer that kubespray puts on every node.
 */
const FAIL_TIMEOUT: Micros = seconds(10)

/**
 * Which API server a process talks to: one address for it, behind which a load balancer on its own machine chooses. A process
 * keeps to one server until the connection breaks; the balancer then takes another that has not failed lately. Those who lose
 * the same server go on to different ones, and stay there when it is back.
 *
 * Abridged: the load balancer notices a dead server only as its client does, and has no latency of its own; no balancer
 * stands on a machine of its own that could fail.
 */
export class Endpoint {
  private readonly servers: readonly ActorId[]
  private readonly failedAt = new Map<ActorId, Micros>()
  private readonly stride: number
  private index: number

  constructor(servers: readonly ActorId[], first = 0) {
    const count = servers.length
    this.servers = servers
    this.index = first % Math.max(1, count)
    // Whoever begins at the same server has another second choice than the next who does.
    this.stride = count > 2 && Math.floor(first / count) % 2 === 1 ? count - 1 : 1
  }

  get current(): ActorId {
    return this.servers[this.index] ?? ''
  }

  /** Leaves `server`, unless another caller of this process has already. */
  leave(server: ActorId, now: Micros): void {
    if (this.current !== server) return
    this.failedAt.set(server, now)
    const { length } = this.servers
    let oldest = (this.index + this.stride) % length
    for (let step = 1; step <= length; step++) {
      const index = (this.index + step * this.stride) % length
      const failedAt = this.failedAtOf(index)
      if (failedAt + FAIL_TIMEOUT <= now) {
        this.index = index
        return
      }
      if (failedAt < this.failedAtOf(oldest)) oldest = index
    }
    // All have failed: the one that did first may be the first that is back.
    this.index = oldest
  }

  private failedAtOf(index: number): Micros {
    return this.failedAt.get(this.servers[index] ?? '') ?? -FAIL_TIMEOUT
  }
}

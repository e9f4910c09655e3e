import type { ActorId } from '../../events/envelope.ts'

/**
 * Which API server a process talks to. A process keeps to one until the connection breaks, then takes the next: a load
 * balancer that notices a dead server as soon as its client does.
 * Abridged: the load balancer has no health checks and no latency of its own.
 */
export class Endpoint {
  private readonly servers: readonly ActorId[]
  private index: number

  constructor(servers: readonly ActorId[], first = 0) {
    this.servers = servers
    this.index = first % Math.max(1, servers.length)
  }

  get current(): ActorId {
    return this.servers[this.index] ?? ''
  }

  /** Leaves `server`, unless another caller of this process has already. */
  leave(server: ActorId): void {
    if (this.current === server) this.index = (this.index + 1) % this.servers.length
  }
}

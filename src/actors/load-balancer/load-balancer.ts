import type { ActorId, EventOf, LogEvent } from '../../events/envelope.ts'
import { actorOf, type ActorContext, type HostedActor } from '../../engine/actor.ts'
import { Health } from './health.ts'
import type { LoadBalancerShape } from './shape.ts'

export const LOAD_BALANCER: ActorId = 'load-balancer/0'

/** One client's connection, and the one to a backend that it was joined to. */
interface Session {
  readonly client: ActorId
  readonly backend: ActorId
  /** Numbers of watches, the client's to ours. */
  readonly watches: Map<number, number>
}

/** To whom what a backend sends belongs. */
interface Route {
  readonly session: Session
  /** As the client numbers it. */
  readonly number: number
}

/**
 * The load balancer in front of the API servers: the one address that clients know.
 *
 * It joins connections (layer 4), it does not look into them: a client stays with the backend that its connection was given
 * until that connection breaks, however many backends come back meanwhile. It breaks when its backend resets it or falls
 * silent, or is found down. Numbers are translated, because here all clients share the actor's connection to a backend.
 *
 * Abridged: what a client had sent before it heard of a reset is taken for the beginning of its next connection; what it had
 * asked before it went away is still carried out.
 */
export const loadBalancer = (shape: LoadBalancerShape, backends: readonly ActorId[]): HostedActor =>
  actorOf((context) => new LoadBalancer(shape, backends, context))

class LoadBalancer {
  private readonly context: ActorContext
  private readonly shape: LoadBalancerShape
  private readonly health: Health
  private readonly sessions = new Map<ActorId, Session>()
  private readonly requests = new Map<number, Route>()
  private readonly watches = new Map<number, Route>()
  private sent = 0
  private turn = 0

  constructor(shape: LoadBalancerShape, backends: readonly ActorId[], context: ActorContext) {
    this.context = context
    this.shape = shape
    this.health = new Health(shape, backends, {
      down: (backend, why) => {
        const sessions = shape.breaksSessions ? this.breakSessions(backend) : 0
        context.emit('BackendDown', { backend, why, sessions })
      },
      up: (backend) => context.emit('BackendUp', { backend }),
    })
    this.health.start(context)
  }

  receive(event: LogEvent): void {
    const { context, health } = this
    switch (event.type) {
      case 'ApiRequested':
        return this.request(event)
      case 'WatchRequested':
        return this.watch(event)
      case 'WatchCancelled':
        return this.cancel(event)
      case 'ApiResponded':
        if (!health.answered(event, context)) this.respond(event)
        return
      case 'WatchPushed':
      case 'WatchEnded':
        return this.tell(event)
      case 'ConnectionLost':
        return this.lost(event.data.peer)
      case 'BackendStateRequested':
        return this.setState(event.data)
      case 'TimerFired':
        health.alarm(event.data.name, event.data.key, () => ++this.sent, context)
    }
  }

  // From clients

  private request({ by, data }: EventOf<'ApiRequested'>): void {
    const session = this.sessionOf(by)
    if (session === undefined) return
    const request = ++this.sent
    this.requests.set(request, { session, number: data.request })
    this.context.emit('ApiRequested', { ...data, request }, { to: session.backend })
  }

  private watch({ by, data }: EventOf<'WatchRequested'>): void {
    const session = this.sessionOf(by)
    if (session === undefined) return
    const watch = ++this.sent
    this.watches.set(watch, { session, number: data.watch })
    session.watches.set(data.watch, watch)
    this.context.emit('WatchRequested', { ...data, watch }, { to: session.backend })
  }

  private cancel({ by, data }: EventOf<'WatchCancelled'>): void {
    const session = this.sessions.get(by)
    const watch = session?.watches.get(data.watch)
    if (session === undefined || watch === undefined) return
    this.forgetWatch(session, data.watch, watch)
    this.context.emit('WatchCancelled', { watch }, { to: session.backend })
  }

  /** The client's connection, a new one if it has none; undefined when no backend takes it: it is reset. */
  private sessionOf(client: ActorId): Session | undefined {
    const present = this.sessions.get(client)
    if (present !== undefined) return present
    const backend = this.choose()
    if (backend === undefined) {
      this.reset(client)
      return undefined
    }
    const session: Session = { client, backend, watches: new Map() }
    this.sessions.set(client, session)
    return session
  }

  private choose(): ActorId | undefined {
    const { usable } = this.health
    if (usable.length === 0) return undefined
    if (this.shape.policy === 'roundrobin') return usable[this.turn++ % usable.length]
    const counts = new Map(usable.map((backend) => [backend, 0]))
    for (const { backend } of this.sessions.values()) {
      const count = counts.get(backend)
      if (count !== undefined) counts.set(backend, count + 1)
    }
    return usable.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))[0]
  }

  // From backends

  private respond({ data }: EventOf<'ApiResponded'>): void {
    const route = this.requests.get(data.request)
    if (route === undefined) return
    this.requests.delete(data.request)
    this.context.emit('ApiResponded', { ...data, request: route.number }, { to: route.session.client })
  }

  private tell(event: EventOf<'WatchPushed'> | EventOf<'WatchEnded'>): void {
    const route = this.watches.get(event.data.watch)
    if (route === undefined) return
    const { session, number } = route
    const to = session.client
    if (event.type === 'WatchPushed') {
      this.context.emit('WatchPushed', { ...event.data, watch: number }, { to })
      return
    }
    this.forgetWatch(session, number, event.data.watch)
    this.context.emit('WatchEnded', { ...event.data, watch: number }, { to })
  }

  // Connections that end

  private lost(peer: ActorId): void {
    if (this.health.isBackend(peer)) {
      this.breakSessions(peer)
      this.health.lost(peer, this.context)
      return
    }
    const session = this.sessions.get(peer)
    if (session !== undefined) this.leave(session)
  }

  /** Resets all connections that lead to a backend; gives how many they were. */
  private breakSessions(backend: ActorId): number {
    const broken = [...this.sessions.values()].filter((session) => session.backend === backend)
    for (const session of broken) {
      this.leave(session)
      this.reset(session.client)
    }
    return broken.length
  }

  private leave(session: Session): void {
    const { client, backend, watches } = session
    this.sessions.delete(client)
    for (const [request, route] of this.requests) if (route.session === session) this.requests.delete(request)
    for (const watch of watches.values()) {
      this.watches.delete(watch)
      this.context.emit('WatchCancelled', { watch }, { to: backend })
    }
  }

  private reset(client: ActorId): void {
    this.context.emit('ConnectionLost', { peer: this.context.id, reason: 'reset' }, { to: client })
  }

  private forgetWatch(session: Session, number: number, watch: number): void {
    session.watches.delete(number)
    this.watches.delete(watch)
  }

  private setState({ backend, state }: EventOf<'BackendStateRequested'>['data']): void {
    if (!this.health.isBackend(backend)) return
    this.health.drain(backend, state === 'drain')
    const sessions = [...this.sessions.values()].filter((session) => session.backend === backend).length
    this.context.emit('BackendStateChanged', { backend, state, sessions })
  }
}

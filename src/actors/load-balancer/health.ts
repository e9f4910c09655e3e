import type { ActorId, EventOf } from '../../events/envelope.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { LoadBalancerShape } from './shape.ts'

const CHECK = 'check'
const TOO_LATE = 'check-timeout'
/** As whom it asks; everybody may. */
const USER = 'system:load-balancer'

interface Backend {
  readonly id: ActorId
  isUp: boolean
  drains: boolean
  passed: number
  failed: number
  /** The check under way; 0 for none. */
  check: number
}

/** What a backend's state means to who gives out connections. */
export interface HealthNews {
  readonly down: (backend: ActorId, why: string) => void
  readonly up: (backend: ActorId) => void
}

/** Asks every backend again and again whether it is ready. Source: HAProxy 2.8, configuration manual, 5.2: inter, fall, rise. */
export class Health {
  private readonly shape: LoadBalancerShape
  private readonly news: HealthNews
  private readonly backends: ReadonlyMap<ActorId, Backend>

  constructor(shape: LoadBalancerShape, ids: readonly ActorId[], news: HealthNews) {
    this.shape = shape
    this.news = news
    // As HAProxy begins: all are up, and the first failure says that one is not.
    const fresh = (id: ActorId): Backend => ({
      ...{ id, isUp: true, drains: false, passed: 0, failed: shape.fall - 1, check: 0 },
    })
    this.backends = new Map(ids.map((id) => [id, fresh(id)]))
  }

  /** Checks begin spread over one interval. */
  start(context: ActorContext): void {
    let delay = 0
    for (const id of this.backends.keys()) {
      context.setTimer(CHECK, id, delay)
      delay += Math.floor(this.shape.interval / this.backends.size)
    }
  }

  isBackend(id: ActorId): boolean {
    return this.backends.has(id)
  }

  /** Backends that may get new connections. */
  get usable(): readonly ActorId[] {
    return [...this.backends.values()].filter(({ isUp, drains }) => isUp && !drains).map(({ id }) => id)
  }

  drain(id: ActorId, drains: boolean): void {
    const backend = this.backends.get(id)
    if (backend !== undefined) backend.drains = drains
  }

  /** True when the alarm was for checks. `next` numbers what is sent to backends. */
  alarm(name: string, key: string, next: () => number, context: ActorContext): boolean {
    const backend = this.backends.get(key)
    if (backend === undefined || (name !== CHECK && name !== TOO_LATE)) return false
    if (name === TOO_LATE) this.judge(backend, `no answer within ${this.shape.timeout / 1_000} ms`)
    else {
      backend.check = next()
      const data = { request: backend.check, verb: 'get', kind: '', user: USER, path: this.shape.path } as const
      context.emit('ApiRequested', data, { to: backend.id })
      context.setTimer(TOO_LATE, backend.id, this.shape.timeout)
      context.setTimer(CHECK, backend.id, backend.isUp ? this.shape.interval : this.shape.downInterval)
    }
    return true
  }

  /** True when the answer was one to a check, be it too late. */
  answered({ by, data }: EventOf<'ApiResponded'>, context: ActorContext): boolean {
    const backend = this.backends.get(by)
    if (backend === undefined || backend.check !== data.request) return false
    context.cancelTimer(TOO_LATE, by)
    this.judge(backend, data.code === 200 ? undefined : `${this.shape.path} answers ${data.code}`)
    return true
  }

  /** The connection to a backend broke: a check under way has failed. */
  lost(id: ActorId, context: ActorContext): void {
    const backend = this.backends.get(id)
    if (backend === undefined || backend.check === 0) return
    context.cancelTimer(TOO_LATE, id)
    this.judge(backend, 'connection lost')
  }

  private judge(backend: Backend, problem: string | undefined): void {
    backend.check = 0
    if (problem === undefined) {
      backend.failed = 0
      if (++backend.passed < this.shape.rise || backend.isUp) return
      backend.isUp = true
      this.news.up(backend.id)
      return
    }
    backend.passed = 0
    if (++backend.failed < this.shape.fall || !backend.isUp) return
    backend.isUp = false
    this.news.down(backend.id, problem)
  }
}

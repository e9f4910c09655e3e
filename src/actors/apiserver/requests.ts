import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, EventOf } from '../../events/envelope.ts'
import type { ActorContext } from '../../engine/actor.ts'
import {
  internalError,
  isStatus,
  noSuchPath,
  serviceUnavailable,
  timeout,
  tooManyRequests,
} from '../../kubernetes/status.ts'
import { reviewKind } from '../../kubernetes/review-kinds.ts'
import { BINDING, COMPONENT_STATUS } from '../../kubernetes/unstored-kinds.ts'
import type { MetricsAggregation } from './aggregation/metrics.ts'
import { refusal, type Answer } from './answer.ts'
import { jsonWebKeySet } from '../../kubernetes/service-account-tokens/signing-key.ts'
import { openIdConfiguration } from './authn/tokens.ts'
import { isExempt } from './authz.ts'
import { Expiry } from './expiry.ts'
import { toPodBinding } from './handlers/binding.ts'
import { componentStatus } from './handlers/component-status.ts'
import type { ApiServerOptions } from './parameters.ts'
import { etcd, type Procedure } from './procedure.ts'
import type { Procedures } from './procedures.ts'
import { toRequest, type Request, type ServedRow } from './request.ts'
import { answerReview } from './reviews/reviews.ts'
import { route } from './route.ts'
import { Seats } from './seats.ts'
import type { World } from './world.ts'

export const PROCESS_TIMER = 'process'
export const DEADLINE_TIMER = 'deadline'

const RETRY_AFTER_SECONDS = 1
const READYZ = '/readyz'
/** Source: storage/storagebackend/factory/etcd3.go: a key that need not be there. */
const HEALTH_KEY = '/registry/health'

const NOT_READY = refusal(serviceUnavailable('the apiserver is not ready'))
const NOT_HEALTHY = refusal(internalError('[-]etcd failed: reason withheld'))
const NO_SUCH_PATH = refusal(noSuchPath())
const TOO_SLOW = refusal(timeout('request did not complete within the allotted timeout', 0))
const TOO_MANY = refusal(tooManyRequests('too many requests, please try again later', RETRY_AFTER_SECONDS))

/** One request from its arrival to its answer. */
interface Work {
  readonly id: number
  readonly event: EventOf<'ApiRequested'>
  readonly request: Request
  /** Holds a seat once it is worked on; the system's masters need none. */
  readonly needsSeat: boolean
  deadline: number
  /** The procedure that works on it; 0 before. */
  run: number
  begun: boolean
}

/**
 * The way of a request through the server: authentication, authorization, a seat, the time it takes to handle it, the procedure
 * of its verb, the answer. A request whose caller has gone is dropped where it stands, be it between two writes.
 * Source: apiserver/pkg/server/config.go, DefaultBuildHandlerChain (v1.36).
 */
export class Requests {
  private readonly context: ActorContext
  private readonly options: ApiServerOptions
  private readonly world: World
  private readonly procedures: Procedures
  private readonly metrics: MetricsAggregation
  private readonly rowOf: (kind: string, apiVersion: string | undefined) => ServedRow | undefined
  private readonly works = new Map<number, Work>()
  private readonly seats: Seats<Work>
  private readonly deadlines: Expiry<Work>
  private next = 1

  constructor(parts: {
    context: ActorContext
    options: ApiServerOptions
    world: World
    procedures: Procedures
    metrics: MetricsAggregation
    rowOf: (kind: string, apiVersion: string | undefined) => ServedRow | undefined
  }) {
    const { options } = parts
    this.context = parts.context
    this.options = options
    this.world = parts.world
    this.procedures = parts.procedures
    this.metrics = parts.metrics
    this.rowOf = parts.rowOf
    this.seats = new Seats(options.seats, options.queueLength)
    this.deadlines = new Expiry(DEADLINE_TIMER, options.requestTimeout)
  }

  arrive(event: EventOf<'ApiRequested'>): void {
    const { data } = event
    if (!this.world.cache.ready) return this.respond(event, NOT_READY)
    if (data.path === READYZ && data.caller === undefined) return this.checkReady(event)
    const atOnce = this.atOnce(data)
    if (atOnce !== undefined) return this.respond(event, atOnce)
    const isBinding = data.kind === BINDING.kind
    const row = isBinding ? this.rowOf('Pod', undefined) : this.rowOf(data.kind, data.apiVersion)
    if (row === undefined) {
      if (!this.metrics.arrive(event)) this.respond(event, NO_SUCH_PATH)
      return
    }
    const user = this.world.gate.enter(data, isBinding ? BINDING : row)
    if (isStatus(user)) return this.respond(event, refusal(user))
    const request = toRequest(isBinding ? toPodBinding(data) : data, row, user)
    const work: Work = {
      id: this.next++,
      event,
      request,
      needsSeat: !isExempt(user),
      deadline: 0,
      run: 0,
      begun: false,
    }
    const admitted = work.needsSeat ? this.seats.request(this.context, work) : 'now'
    if (admitted === 'never') return this.respond(event, TOO_MANY)
    work.deadline = this.deadlines.add(this.context, work)
    this.works.set(work.id, work)
    if (admitted === 'now') this.begin(work)
  }

  /** Ready is who reaches etcd. Over HTTP the carrier tells of health. Source: storage/storagebackend/factory/etcd3.go, newETCD3ReadyCheck. */
  private checkReady(event: EventOf<'ApiRequested'>): void {
    this.procedures.start(etcdAnswers(), event.seq, (answer) => this.respond(event, answer))
  }

  /** The answer to what needs no storage: a path that is no resource, a review. */
  private atOnce(data: EventData<'ApiRequested'>): Answer | undefined {
    const { gate } = this.world
    if (data.path !== undefined) {
      const user = gate.enterPath(data, data.path)
      return isStatus(user) ? refusal(user) : { code: 200, ...discoveryOfKeys(data.path) }
    }
    if (data.kind === COMPONENT_STATUS.kind) {
      const user = gate.enter(data, COMPONENT_STATUS)
      return isStatus(user) ? refusal(user) : componentStatus(data, this.world)
    }
    const review = reviewKind(data.kind)
    if (review === undefined) return undefined
    const user = gate.enter(data, review)
    return isStatus(user) ? refusal(user) : answerReview(data, review, user, gate, this.world)
  }

  /** The alarm PROCESS_TIMER fired: the time that handling takes has passed. */
  process(id: number): void {
    const work = this.works.get(id)
    if (work !== undefined) this.run(work)
  }

  /** The alarm DEADLINE_TIMER fired. What the request has begun may still take place. */
  expire(): void {
    for (const work of this.deadlines.fired(this.context)) {
      this.drop(work)
      this.respond(work.event, TOO_SLOW)
    }
  }

  /** The alarm of the seats fired. */
  sendAway(): void {
    for (const work of this.seats.fired(this.context)) {
      this.forget(work)
      this.respond(work.event, TOO_MANY)
    }
  }

  /** A client's connection is gone: nobody waits for its answers, and its requests are not carried on. */
  clientGone(client: ActorId): void {
    for (const work of [...this.works.values()]) if (work.event.by === client) this.drop(work)
  }

  private begin(work: Work): void {
    work.begun = true
    const { processingMin, processingJitter } = this.options
    const delay = processingMin + (processingJitter > 0 ? this.context.random.below(processingJitter) : 0)
    if (delay === 0) this.run(work)
    else this.context.setTimer(PROCESS_TIMER, String(work.id), delay)
  }

  private run(work: Work): void {
    const { event, request } = work
    const run = this.procedures.start(route(request, this.world), event.seq, (answer) => {
      this.forget(work)
      this.respond(event, withWarnings(answer, request.warnings))
      this.leaveSeat(work)
    })
    work.run = run
  }

  private respond({ by, seq, data }: EventOf<'ApiRequested'>, answer: Answer): void {
    this.context.emit('ApiResponded', { request: data.request, ...answer }, { to: by, cause: seq })
  }

  /** Gives a request up, wherever it stands. */
  private drop(work: Work): void {
    this.forget(work)
    if (work.run !== 0) this.procedures.abandon(work.run)
    if (!work.begun) this.seats.withdraw(work)
    else this.leaveSeat(work)
  }

  private forget(work: Work): void {
    this.works.delete(work.id)
    this.deadlines.take(work.deadline)
  }

  private leaveSeat(work: Work): void {
    if (!work.needsSeat) return
    const next = this.seats.leave()
    if (next !== undefined) this.begin(next)
  }
}

function* etcdAnswers(): Procedure<Answer> {
  const { outcome } = yield* etcd({ op: 'range', key: HEALTH_KEY })
  return outcome === 'refused' ? NOT_HEALTHY : { code: 200 }
}

const withWarnings = (answer: Answer, warnings: ReadonlySet<string>): Answer =>
  warnings.size === 0 ? answer : { ...answer, warnings: [...(answer.warnings ?? []), ...warnings] }

/** How others check this server's tokens. Source: pkg/serviceaccount/openidmetadata.go (v1.36). */
const discoveryOfKeys = (path: string): { readonly object?: object } => {
  switch (path) {
    case '/openid/v1/jwks':
      return { object: jsonWebKeySet() }
    case '/.well-known/openid-configuration':
      return { object: openIdConfiguration() }
    default:
      return {}
  }
}

import type { ActorContext } from '../../../engine/actor.ts'
import type { EventData } from '../../../events/catalogue/index.ts'
import { OUTSIDE, type ActorId, type EventOf } from '../../../events/envelope.ts'
import { isStatus, methodNotAllowed, noSuchPath, serviceUnavailable, type Status } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Gate } from '../authz/gate.ts'

type Asked = EventOf<'ApiRequested'>

const GROUPS = ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'] as const
const UNAVAILABLE = 'the server is currently unable to handle the request'

/**
 * The metrics APIs, which this server does not have itself: it lets a caller in and passes the question on.
 * Abridged: who answers is a setting of the server, no APIService says it; discovery lists of these groups metrics.k8s.io.
 * Source: kube-aggregator/pkg/apiserver/handler_proxy.go (v1.36).
 */
export class MetricsAggregation {
  private readonly context: ActorContext
  private readonly gate: Gate
  private readonly backend: ActorId | undefined
  /** Questions that are out, by call. */
  private readonly open = new Map<string, Asked>()

  constructor(context: ActorContext, gate: Gate, backend: ActorId | undefined) {
    this.context = context
    this.gate = gate
    this.backend = backend
  }

  /** True when the request was for a metrics API. */
  arrive(event: Asked): boolean {
    const { kind, verb, namespace, name, subresource, options } = event.data
    const group = GROUPS.find((one) => kind.endsWith(`.${one}`) && !kind.slice(0, -one.length - 1).includes('.'))
    if (group === undefined) return false
    if (this.backend === undefined) {
      this.respond(event, refusal(notServed(event.data, group)))
      return true
    }
    const resource = kind.slice(0, -group.length - 1)
    const user = this.gate.enter(event.data, { group, resource, namespaced: namespace !== undefined })
    if (isStatus(user)) this.respond(event, refusal(user))
    else if (verb !== 'get' && verb !== 'list') this.respond(event, refusal(methodNotAllowed()))
    else {
      // A number of its own in the whole log: what is answered to an earlier start of this server finds nobody.
      const call = `${this.context.id}/${event.seq}`
      this.open.set(call, event)
      const metric = subresource
      const { labelSelector } = options ?? {}
      // A person asks once, a controller again and again.
      const waits = event.by === OUTSIDE ? ({ waits: true } as const) : {}
      const question = { call, group, resource, namespace, name, metric, labelSelector, ...waits }
      this.context.emit('MetricsRequested', question, { to: this.backend, cause: event.seq })
    }
    return true
  }

  answered({ call, ...answer }: EventData<'MetricsAnswered'>): void {
    const event = this.open.get(call)
    if (event === undefined) return
    this.open.delete(call)
    this.respond(event, answer)
  }

  /** Somebody is gone: one who asked, or the one who answers. */
  lost(peer: ActorId): void {
    if (this.open.size === 0) return
    for (const [call, event] of [...this.open]) {
      if (peer !== this.backend && event.by !== peer) continue
      this.open.delete(call)
      if (event.by !== peer) this.respond(event, refusal(serviceUnavailable(unavailable(event.data))))
    }
  }

  private respond({ by, seq, data }: Asked, answer: Answer): void {
    this.context.emit('ApiResponded', { request: data.request, ...answer }, { to: by, cause: seq })
  }
}

/**
 * As clients word it: those of custom metrics look first which versions there are.
 * Source: metrics/pkg/client/custom_metrics/discovery.go; client-go/rest/request.go (v1.36).
 */
const notServed = (data: EventData<'ApiRequested'>, group: string): Status => {
  const status = noSuchPath()
  const message =
    group === 'custom.metrics.k8s.io'
      ? 'no known available metric versions found'
      : `${status.message} (${asked(data)})`
  return { ...status, message }
}

const unavailable = (data: EventData<'ApiRequested'>): string => `${UNAVAILABLE} (${asked(data)})`

const asked = ({ verb, kind }: EventData<'ApiRequested'>): string => `${verb === 'list' ? 'get' : verb} ${kind}`

import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { minutes, seconds } from '../../events/time.ts'
import { defineActor, type ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { serviceUnavailable } from '../../kubernetes/status.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { labelMatch, nodeMetrics, podMetrics } from './answers.ts'
import { CustomMetrics } from './custom-metrics.ts'
import { Samples } from './samples.ts'

export interface MetricsServerOptions {
  /** The machine it runs on. */
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
  readonly kubeletOf: (node: string) => ActorId
}

export const METRICS_SERVER: ActorId = 'metrics-server/0'

const RESTART: Micros = seconds(2)
/** Source: kubernetes-sigs/metrics-server, manifests: --metric-resolution=15s. */
const RESOLUTION: Micros = seconds(15)
/** Nobody has asked for as long: it stops to scrape. */
const IDLE_AFTER: Micros = minutes(5)
const SCRAPE = 'scrape'
const UNSYNCED: Micros = seconds(1)

/**
 * metrics-server: samples every kubelet, and answers what Pods and nodes use. Custom and external metrics come from here
 * too, as an adapter would answer them.
 *
 * Abridged: it begins to scrape when it is first asked and stops when nobody has asked for five minutes, so that a cluster
 * without autoscalers has no traffic of it; it is a process of a machine, not a Pod.
 */
export const metricsServerProcess = (options: MetricsServerOptions): ProcessSpec => ({
  id: METRICS_SERVER,
  host: options.host,
  restartDelay: RESTART,
  boot: () =>
    new Map([
      [
        METRICS_SERVER,
        defineActor<MetricsServer>({
          start: (context) => new MetricsServer(options, context),
          receive: (server, event) => server.receive(event),
        }),
      ],
    ]),
})

class MetricsServer {
  private readonly options: MetricsServerOptions
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly informers: Informers
  private readonly samples = new Samples()
  private readonly custom: CustomMetrics
  private askedAt: Micros | undefined
  private scrapes = 0
  private isScraping = false

  constructor(options: MetricsServerOptions, context: ActorContext) {
    this.options = options
    this.context = context
    const { servers, read } = options
    const endpoint = new Endpoint(servers, 0)
    this.client = new ApiClient({ user: 'system:serviceaccount:kube-system:metrics-server', endpoint, read })
    const kinds = [{ kind: 'Node' }, { kind: 'Pod' }] as const
    this.informers = new Informers({ client: this.client, endpoint, cursor: options.cursor(), kinds })
    this.custom = new CustomMetrics(this.client, this.informers, context)
  }

  receive(event: LogEvent): void {
    switch (event.type) {
      case 'MetricsRequested':
        return this.ask(event.data, event.by)
      case 'UsageReported':
        return this.samples.take(event.by, event.data.containers, this.context.now)
      case 'TimerFired':
        if (event.data.name === SCRAPE) return this.scrape()
        break
      case 'ConnectionLost':
        this.samples.forget(event.data.peer)
        break
      default:
    }
    this.client.receive(event, this.context)
    this.informers.receive(event, this.context)
    this.informers.take()
  }

  private ask(question: EventData<'MetricsRequested'>, to: ActorId): void {
    this.wake()
    const { call, group, resource, namespace, name, labelSelector } = question
    const { view } = this.informers
    if (!this.informers.synced()) {
      const status = serviceUnavailable('the server is currently unable to handle the request')
      this.context.emit('MetricsAnswered', { call, code: 503, status }, { to })
      return
    }
    if (group !== 'metrics.k8s.io') return this.custom.answer(question, to)
    const matches = labelMatch(labelSelector)
    const wanted = (object: {
      readonly metadata: { readonly name: string; readonly labels?: Record<string, string> }
    }) => (name === undefined || object.metadata.name === name) && matches(object.metadata.labels)
    const list =
      resource === 'nodes'
        ? nodeMetrics(view.list('Node').filter(wanted), this.options.kubeletOf, this.samples)
        : podMetrics(view.list('Pod', namespace).filter(wanted), this.samples)
    this.context.emit('MetricsAnswered', { call, code: 200, object: list }, { to })
  }

  /** Somebody wants to know: from now on it looks. */
  private wake(): void {
    if (this.askedAt === undefined) this.informers.start(this.context)
    this.askedAt = this.context.monotonic
    if (this.isScraping) return
    this.isScraping = true
    this.context.setTimer(SCRAPE, '', UNSYNCED)
  }

  private scrape(): void {
    const { context, informers } = this
    if (context.monotonic - (this.askedAt ?? 0) > IDLE_AFTER) {
      this.isScraping = false
      this.samples.clear()
      return
    }
    if (!informers.synced()) {
      context.setTimer(SCRAPE, '', UNSYNCED)
      return
    }
    context.setTimer(SCRAPE, '', RESOLUTION)
    const scrape = ++this.scrapes
    for (const { metadata } of informers.view.list('Node')) {
      context.emit('UsageRequested', { scrape }, { to: this.options.kubeletOf(metadata.name) })
    }
  }
}

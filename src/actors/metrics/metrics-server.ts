import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { minutes, seconds } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { findCondition } from '../../kubernetes/conditions.ts'
import { notFound, serviceUnavailable } from '../../kubernetes/status.ts'
import type { Node } from '../../kubernetes/types/node.ts'
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
/** So long somebody waits at most for a node that does not answer. */
const PATIENCE: Micros = seconds(40)
const SCRAPE = 'scrape'
const UNSYNCED: Micros = seconds(1)

/**
 * metrics-server: samples every kubelet, and answers what Pods and nodes use. Custom and external metrics come from here
 * too, as an adapter would answer them.
 *
 * Abridged: it begins to scrape when it is first asked and stops when nobody has asked for five minutes, so that a cluster
 * without autoscalers has no traffic of it; a person who asks meanwhile waits until it knows. It is a process of a machine,
 * not a Pod.
 */
export const metricsServerProcess = (options: MetricsServerOptions): ProcessSpec => ({
  id: METRICS_SERVER,
  host: options.host,
  restartDelay: RESTART,
  boot: () => new Map([[METRICS_SERVER, actorOf((context) => new MetricsServer(options, context))]]),
})

interface Waiting {
  readonly question: EventData<'MetricsRequested'>
  readonly to: ActorId
  readonly since: Micros
}

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
  /** Questions of those who wait until something is known. */
  private readonly waiting: Waiting[] = []

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
        this.samples.take(event.by, event.data.containers, this.context.now)
        return this.answerWaiting()
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
    const { call, group, resource } = question
    if (question.waits === true && group === 'metrics.k8s.io' && !this.knowsAll()) {
      this.waiting.push({ question, to, since: this.context.monotonic })
      return
    }
    if (!this.informers.synced()) {
      const status = serviceUnavailable(
        `the server is currently unable to handle the request (get ${resource}.${group})`,
      )
      this.context.emit('MetricsAnswered', { call, code: 503, status }, { to })
      return
    }
    if (group !== 'metrics.k8s.io') return this.custom.answer(question, to)
    this.answer(question, to)
  }

  private answer({ call, resource, namespace, name, labelSelector }: EventData<'MetricsRequested'>, to: ActorId): void {
    const { view } = this.informers
    const matches = labelMatch(labelSelector)
    const wanted = (object: {
      readonly metadata: { readonly name: string; readonly labels?: Record<string, string> }
    }) => (name === undefined || object.metadata.name === name) && matches(object.metadata.labels)
    const list =
      resource === 'nodes'
        ? nodeMetrics(view.list('Node').filter(wanted), this.options.kubeletOf, this.samples)
        : podMetrics(view.list('Pod', namespace).filter(wanted), this.samples)
    if (name === undefined) {
      this.context.emit('MetricsAnswered', { call, code: 200, object: list }, { to })
      return
    }
    const { items, kind, apiVersion } = list
    const [item] = items
    const data =
      item === undefined
        ? {
            call,
            code: 404,
            status: notFound({ group: 'metrics.k8s.io', resource: `${resource.slice(0, -1)}metrics` }, name),
          }
        : { call, code: 200, object: { kind: kind.slice(0, -'List'.length), apiVersion, ...item } }
    this.context.emit('MetricsAnswered', data, { to })
  }

  /** Every node that is ready to be looked at was seen twice. */
  private knowsAll(): boolean {
    const { informers, samples, options } = this
    if (!informers.synced()) return false
    return informers.view
      .list('Node')
      .every((node) => !isReadyNode(node) || samples.ofKubelet(options.kubeletOf(node.metadata.name)) !== undefined)
  }

  private answerWaiting(): void {
    if (this.waiting.length === 0) return
    const late = this.context.monotonic - PATIENCE
    const knowsAll = this.knowsAll()
    for (const { question, to, since } of this.waiting.splice(0)) {
      if (knowsAll || since <= late) this.answer(question, to)
      else this.waiting.push({ question, to, since })
    }
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
    this.answerWaiting()
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

const isReadyNode = ({ status }: Node): boolean => findCondition(status?.conditions, 'Ready')?.status === 'True'

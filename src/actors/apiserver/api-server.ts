import type { ActorId, EventOf, LogEvent, Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { actorOf, type ActorContext, type HostedActor } from '../../engine/actor.ts'
import type { Random } from '../../engine/kernel/random.ts'
import { customRow } from '../../kubernetes/custom-resources/rows.ts'
import { customResourceOf, isCustomKind, type Kind } from '../../kubernetes/kinds.ts'
import type { Secret } from '../../kubernetes/types/core.ts'
import type { Change } from '../../kubernetes/view.ts'
import { KIND_ROWS } from '../../kubernetes/kind-rows/kind-rows.ts'
import { kindRow, rowByApiVersion, SERVED_KINDS, type KindRow } from '../../kubernetes/registry.ts'
import type { Status } from '../../kubernetes/status.ts'
import { isStatus } from '../../kubernetes/status.ts'
import { storageKey } from '../../kubernetes/storage-key.ts'
import { MetricsAggregation } from './aggregation/metrics.ts'
import { AdmissionChain } from './admission/chain.ts'
import { DEFAULT_PLUGINS } from './admission/plugins.ts'
import { QuotaEvaluator } from './admission/quota/evaluator.ts'
import { ServiceAddresses } from './allocation/service-addresses.ts'
import { Gate } from './authz/gate.ts'
import { PostStartHooks } from './bootstrap/post-start-hooks.ts'
import { notedUse } from './authn/legacy-token-use.ts'
import { SECURE_PORT } from './bootstrap/kubernetes-service.ts'
import { EtcdFeed, FEED_TIMER, PROGRESS_TIMER } from './cache/etcd-feed.ts'
import { WatchCache } from './cache/watch-cache.ts'
import { convertedTo } from './custom-resources/conversion.ts'
import { Definitions } from './custom-resources/definitions.ts'
import { freshAs, freshAsEtcd, keptByEtcd } from './handlers/read.ts'
import {
  DEFAULT_OPTIONS,
  isAsShipped,
  type ApiServerOptions,
  type ApiServerParameters,
  type Identities,
} from './parameters.ts'
import type { Answer } from './answer.ts'
import type { Procedure } from './procedure.ts'
import { Procedures, WAIT_TIMER } from './procedures.ts'
import type { ServedRow } from './request.ts'
import { DEADLINE_TIMER, PROCESS_TIMER, Requests } from './requests.ts'
import { SEAT_TIMER } from './seats.ts'
import { COMPACT_TIMER, Compactor } from './storage/compactor.ts'
import { ETCD_RETRY, EtcdClient } from './storage/etcd-client.ts'
import { EventLeases } from './storage/event-leases.ts'
import { Store, type ObjectRef } from './storage/store.ts'
import { Upkeep } from './upkeep/upkeep.ts'
import { Watches, WATCHES_TIMER } from './watching/watches.ts'
import type { World } from './world.ts'

const FORBIDDEN = 403

const SERVED: ReadonlyMap<string, ServedRow> = new Map(
  SERVED_KINDS.map((row): [string, ServedRow] => [row.kind, row as ServedRow]),
)
/** A built-in kind's row, in the version that a caller speaks. */
const builtInRow = (kind: string, apiVersion: string | undefined): ServedRow | undefined =>
  apiVersion === undefined ? SERVED.get(kind) : (rowByApiVersion(apiVersion, kind) as ServedRow | undefined)
/** What the cache holds: also kinds that admission looks at without their being served. */
const KINDS: readonly Kind[] = KIND_ROWS.map(({ kind }) => kind)

/**
 * A kube-apiserver: the only way to etcd. Authenticates, authorizes, admits, defaults, validates, stores; shows to readers and
 * watchers what etcd has told it of, which may be behind what another API server shows.
 *
 * Deliberately absent: objects. Answers and watch events name revisions; whoever gets one reads the object there.
 */
export const createApiServer = (parameters: ApiServerParameters): HostedActor =>
  actorOf((context) => new ApiServer(parameters, context))

class ApiServer implements World {
  readonly identities: Identities | undefined
  readonly cache: WatchCache
  readonly store: Store
  readonly admission = new AdmissionChain(DEFAULT_PLUGINS)
  readonly gate: Gate
  readonly addresses: ServiceAddresses
  readonly callsWebhooks: boolean
  readonly doubtedNamespaces = new Map<string, Micros>()

  readonly viewAt: ApiServerParameters['viewAt']

  private readonly context: ActorContext
  private readonly options: ApiServerOptions
  private readonly webhooks: ApiServerParameters['webhooks']
  private readonly kindOf: ApiServerParameters['kindOf']
  private readonly etcd: EtcdClient
  private readonly feed: EtcdFeed
  private readonly watches: Watches
  private readonly procedures: Procedures
  private readonly requests: Requests
  private readonly metrics: MetricsAggregation
  private readonly definitions: Definitions
  /** Of a server that is set up as it is shipped. */
  private readonly upkeep: Upkeep | undefined
  private readonly hooks: PostStartHooks | undefined
  private readonly compactor: Compactor

  constructor(parameters: ApiServerParameters, context: ActorContext) {
    this.context = context
    this.options = { ...DEFAULT_OPTIONS, ...parameters.options }
    this.webhooks = parameters.webhooks
    this.kindOf = parameters.kindOf
    this.identities = parameters.identities
    this.viewAt = parameters.viewAt
    this.cache = new WatchCache(parameters.cursor(), KINDS)
    this.store = new Store(parameters.read)
    this.callsWebhooks = this.options.callsWebhooks
    const used = (secret: Secret): void => {
      const note = notedUse(secret, this)
      if (note !== undefined) this.procedures.start(note, this.context.seq, () => {})
    }
    this.gate = new Gate(this.options.authorization, new Set(this.options.masters), this.cache.view, this, used)
    this.addresses = new ServiceAddresses(this.options.serviceCidr)
    this.etcd = new EtcdClient(parameters.etcd)
    this.feed = new EtcdFeed(this.etcd, {
      listed: (revision) => this.fill(revision),
      pushed: (revision) => this.take(revision),
      progressed: (revision) => this.progress(revision),
    })
    this.etcd.onLeave = (later, member) => this.feed.leave(later, member)
    this.watches = new Watches({
      context,
      cache: this.cache,
      rowOf: this.rowOf,
      fresh: (revision, done) => this.whenFresh(revision, done),
      kept: (revision, done) => this.whenKept(revision, done),
      convert: (object, row, done) => this.converted(object, row, done),
    })
    const leases = new EventLeases(this.etcd)
    const behind = (count: number): void => this.feed.hurry(context, count)
    const webhookAt = (url: string): ActorId | undefined => this.webhookAt(url)
    const quotas = new QuotaEvaluator(this, (batch, cause, done) => this.procedures.start(batch, cause, done))
    this.procedures = new Procedures({
      context,
      etcd: this.etcd,
      cache: this.cache,
      leases,
      behind,
      webhookAt,
      quotas: (waiter) => quotas.evaluate(waiter),
    })
    const start = (procedure: Procedure<Answer>, done: (answer: Answer) => void = () => {}): void => {
      this.procedures.start(procedure, context.seq, done)
    }
    this.definitions = new Definitions(this, start)
    this.upkeep = this.options.bootstrap ? new Upkeep(this, start, isAsShipped(this.options)) : undefined
    this.metrics = new MetricsAggregation(context, this.gate, parameters.metrics)
    this.requests = new Requests({
      context,
      options: this.options,
      world: this,
      procedures: this.procedures,
      metrics: this.metrics,
      rowOf: this.rowOf,
    })
    this.compactor = new Compactor(this.etcd, this.options.compactionInterval)
    this.feed.start(context)
    this.compactor.start(context)
    const { options } = this
    if (options.bootstrap) this.hooks = new PostStartHooks({ world: this, context, options, start })
  }

  /** A kind's row, in the version that a caller speaks: built in, or defined by what this server's cache shows. */
  private readonly rowOf = (kind: string, apiVersion: string | undefined): ServedRow | undefined =>
    isCustomKind(kind) ? customRow(this.cache.view, kind, apiVersion) : builtInRow(kind, apiVersion)

  // What its procedures see of it

  get now(): Micros {
    return this.context.now
  }

  get managedFields(): ApiServerOptions['managedFields'] {
    return this.options.managedFields
  }

  get monotonic(): Micros {
    return this.context.monotonic
  }

  get random(): Random {
    return this.context.random
  }

  webhookAt(url: string): ActorId | undefined {
    for (const [beginning, actor] of this.webhooks ?? []) if (url.startsWith(beginning)) return actor
    return undefined
  }

  refTo(kind: Kind, namespace: string | undefined, name: string): ObjectRef {
    const resource = isCustomKind(kind) ? customResourceOf(kind) : kindRow(kind)
    return { kind, resource, namespace, name, key: storageKey(kind, namespace, name) }
  }

  // Events

  receive(event: LogEvent): void {
    const { context } = this
    switch (event.type) {
      case 'ApiRequested':
        if (isCustomKind(event.data.kind)) this.watches.open(event.data.kind)
        return this.requests.arrive(event)
      case 'WatchRequested':
        return this.watch(event)
      case 'WatchCancelled':
        return this.watches.cancel(event.by, event.data.watch)
      case 'EtcdResponded':
        return this.etcd.responded(context, event)
      case 'EtcdWatchPushed':
        return this.feed.pushed(event.data.watch, event.data.revision)
      case 'EtcdProgressed':
        return this.feed.progressed(event.data.watch, event.data.revision)
      case 'EtcdWatchEnded':
        return this.feed.ended(context, event.data.watch, event.data.compactRevision)
      case 'WebhookAnswered':
        return this.procedures.webhookAnswered(event.data)
      case 'MetricsAnswered':
        return this.metrics.answered(event.data)
      case 'RequestForwarded':
        return this.refuseStranger(event)
      case 'ConnectionLost':
        return this.disconnect(event.data.peer)
      case 'TimerFired':
        return this.alarm(event.data.name, event.data.key)
    }
  }

  private watch(event: EventOf<'WatchRequested'>): void {
    const { by: client, data } = event
    const row = this.rowOf(data.kind, data.apiVersion)
    const user = row && this.gate.enterWatch(data, row)
    if (!isStatus(user)) return this.watches.request(event)
    this.context.emit(
      'WatchEnded',
      { watch: data.watch, code: user.code ?? FORBIDDEN, status: user, refused: true },
      { to: client },
    )
  }

  /** Abridged: containers show no credentials, so what they ask over the network is forbidden. */
  private refuseStranger({ by, data: { request, port } }: EventOf<'RequestForwarded'>): void {
    const reason = port === SECURE_PORT ? 'forbidden' : 'refused'
    this.context.emit('RequestAnswered', { request, reason }, { to: by })
  }

  private disconnect(peer: string): void {
    this.etcd.lost(this.context, peer)
    this.feed.lost(this.context, peer)
    this.requests.clientGone(peer)
    this.procedures.lost(peer)
    this.metrics.lost(peer)
    this.watches.drop(peer)
  }

  private alarm(name: string, key: string): void {
    switch (name) {
      case PROCESS_TIMER:
        return this.requests.process(Number(key))
      case WAIT_TIMER:
        return this.procedures.fired(key)
      case WATCHES_TIMER:
        return this.watches.fired()
      case DEADLINE_TIMER:
        return this.requests.expire()
      case SEAT_TIMER:
        return this.requests.sendAway()
      case ETCD_RETRY:
        return this.etcd.fired(this.context)
      case FEED_TIMER:
        return this.feed.resume(this.context)
      case PROGRESS_TIMER:
        return this.feed.askProgress(this.context)
      case COMPACT_TIMER:
        return this.compactor.fired(this.context)
      default:
        return this.hooks?.fired(name)
    }
  }

  // What etcd tells

  private fill(revision: number): void {
    this.watches.endAll()
    this.cache.fill(revision)
    this.gate.refilled()
    this.addresses.fill(this.cache.view)
    this.definitions.fill()
    this.upkeep?.fill()
    this.procedures.cacheMoved()
    this.hooks?.filled()
  }

  private take(revision: number): void {
    const change = this.cache.take(revision, this.kindOf(revision), this.context.monotonic)
    if (change !== undefined) {
      this.gate.changed(change)
      this.watches.dispatch(change)
      if (ServiceAddresses.follows(change.kind)) this.addresses.follow(change)
      else if (change.kind === 'CustomResourceDefinition') this.followDefinition(change)
      this.upkeep?.follow(change)
    }
    this.procedures.cacheMoved()
  }

  private followDefinition(change: Change): void {
    if (change.after === undefined) this.watches.endKind(change.name)
    this.definitions.follow(change)
  }

  private whenFresh(revision: number | undefined, done: (refused: Status | undefined) => void): void {
    const wait = revision === undefined ? freshAsEtcd(this) : freshAs(revision, this)
    this.procedures.start(wait, this.context.seq, ({ status }) => done(status as Status | undefined))
  }

  private whenKept(revision: number, done: (refused: Status | undefined) => void): void {
    if (this.options.watchCache || revision >= this.cache.position) return done(undefined)
    // The first that is told is the one after it.
    this.procedures.start(keptByEtcd(revision + 1, this), this.context.seq, ({ status }) =>
      done(status as Status | undefined),
    )
  }

  private converted(object: ApiObject, row: KindRow, done: (converted: ApiObject | Status) => void): void {
    const conversion = convertedTo(object, row, this)
    this.procedures.start(conversion, this.context.seq, ({ object: shown, status }) =>
      done((status ?? shown) as ApiObject | Status),
    )
  }

  private progress(revision: number): void {
    this.cache.progress(revision)
    this.procedures.cacheMoved()
  }
}

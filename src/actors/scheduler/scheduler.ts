import type { ActorId, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import { micros, minutes, seconds } from '../../events/time.ts'
import { actorOf, type ActorContext, type HostedActor } from '../../engine/actor.ts'
import { ApiClient, type ApiAnswer, type ApiCall } from '../../engine/client/api-client.ts'
import type { ClientLimits } from '../../engine/client/controller.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { EVENT_RETRY, EventRecorder } from '../../engine/client/event-recorder.ts'
import { EventSeriesRecorder, SERIES_TIMER } from '../../engine/client/event-series.ts'
import { Informers } from '../../engine/client/informers.ts'
import { LeaderElector, type ElectionNews } from '../../engine/client/leader-elector.ts'
import { TokenBucket } from '../../engine/client/token-bucket.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { kindRow } from '../../kubernetes/registry.ts'
import { newUid } from '../../kubernetes/uid.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { BindingCycles } from './binding-cycles.ts'
import type { Favourite } from './framework/algorithm.ts'
import { SchedulerCore } from './core.ts'
import type { Failure } from './cycle.ts'
import type { KubeSchedulerConfiguration } from './framework/configuration.ts'
import type { ApiWrite, PluginFactory } from './framework/plugin.ts'
import { WATCHED_KINDS } from './observer.ts'
import { Preemptor } from './preemptor.ts'
import { conditionPatch, statusPatch } from './scheduler-writes.ts'
import { UNSCHEDULABLE_FLUSH_PERIOD } from './queue/scheduling-queue.ts'

/** What one scheduling cycle takes: about what the real one shows for a small cluster. Abridged: it does not grow with the cluster. */
const CYCLE_MIN: Micros = micros(400)
const CYCLE_JITTER: Micros = micros(400)
const CYCLE = 'cycle'
const FLUSH_BACKOFF = 'flush-backoff'
const FLUSH_UNSCHEDULABLE = 'flush-unschedulable'
const FAILED_SCHEDULING_MAX = 1024
/** Source: pkg/scheduler/apis/config/v1/defaults.go. */
const PARALLELISM = 16

export interface KubeSchedulerOptions {
  /** Of the program, and of its Lease unless the configuration names another. */
  readonly name: string
  readonly instance: number
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
  readonly limits: ClientLimits
  readonly configuration?: KubeSchedulerConfiguration
  /** Plugins of one's own, by name. */
  readonly plugins?: ReadonlyMap<string, PluginFactory>
  /** Which node wins among equals; absent: chance says. */
  readonly favourite?: Favourite
  /** How many nodes a decision tells of; default 3. */
  readonly explainedNodes?: number
}

/**
 * kube-scheduler: takes one Pod at a time from its queue, decides, and binds through the API while it goes on deciding.
 * Source: pkg/scheduler/scheduler.go, schedule_one.go (v1.36).
 */
export const kubeScheduler = (options: KubeSchedulerOptions): HostedActor =>
  actorOf((context) => new Scheduler(options, context))

class Scheduler {
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly recorder: EventRecorder
  private readonly events: EventSeriesRecorder
  private readonly elector: LeaderElector
  private readonly lease: string
  private readonly informers: Informers
  private readonly core: SchedulerCore
  private readonly bindings: BindingCycles
  private readonly preemptor: Preemptor

  constructor(options: KubeSchedulerOptions, context: ActorContext) {
    const { instance, servers, read, limits, configuration, plugins, favourite, explainedNodes } = options
    this.context = context
    const user = 'system:kube-scheduler'
    const endpoint = new Endpoint(servers, instance)
    const limiter = new TokenBucket(limits.qps, limits.burst)
    const client = new ApiClient({ user, endpoint, read, limiter })
    const component = configuration?.profiles?.[0]?.schedulerName ?? 'default-scheduler'
    this.client = client
    this.recorder = new EventRecorder({ client, component, ...limits })
    this.events = new EventSeriesRecorder({
      client,
      controller: component,
      limiter: new TokenBucket(limits.qps, limits.burst),
    })
    // Of a kind that the API does not serve there are no objects, and its list would never come.
    const kinds = WATCHED_KINDS.filter(isServed).map((kind) => ({ kind }))
    this.informers = new Informers({ client, endpoint, cursor: options.cursor(), kinds })
    const below = (n: number): number => context.random.below(n)
    const { view } = this.informers
    const parallelFilter = (configuration?.parallelism ?? 1) > 1
    this.core = new SchedulerCore({ configuration, view, plugins, below, parallelFilter, favourite, explainedNodes })
    const ports = { core: this.core, context, write: this.write, record: this.record, view: this.informers.view }
    this.bindings = new BindingCycles(ports)
    this.preemptor = new Preemptor(ports, configuration?.parallelism ?? PARALLELISM)
    this.lease = configuration?.leaderElection?.resourceName ?? options.name
    // A new process is somebody else: it waits for its own old Lease to run out, like everybody.
    const identity = `${context.host}_${newUid(context.random)}`
    this.elector = new LeaderElector({
      ...{ client, name: this.lease, identity },
      onChange: (news, later) => this.onElection(news, identity, later),
    })
    this.elector.start(context)
  }

  receive(event: LogEvent): void {
    const { context } = this
    this.client.receive(event, context)
    this.elector.receive(event, context)
    this.informers.receive(event, context)
    const changes = this.informers.take()
    for (const change of changes) this.core.observe(change, context.monotonic, context.seq)
    if (changes.length > 0) this.bindings.look()
    if (event.type === 'TimerFired') this.onTimer(event.data.name, event.data.key)
    if (this.informers.synced()) this.arm()
  }

  private onElection(news: ElectionNews, identity: string, context: ActorContext): void {
    if (!news.leading) {
      context.exit('leaderelection lost')
      return
    }
    context.emit('LeaseAcquired', { lease: this.lease, holder: context.id })
    const about = { kind: 'Lease', object: news.lease } as const
    this.recorder.record(context, about, 'Normal', 'LeaderElection', `${identity} became leader`)
    this.informers.start(context)
  }

  private onTimer(name: string, key: string): void {
    const now = this.context.monotonic
    switch (name) {
      case CYCLE:
        return this.decide(now)
      case FLUSH_BACKOFF:
        return this.core.queue.flushBackoff(now)
      case FLUSH_UNSCHEDULABLE:
        return this.core.queue.flushUnschedulable(now)
      case EVENT_RETRY:
        return this.recorder.retry(this.context, key)
      case SERIES_TIMER:
        return this.events.fired(this.context)
      default:
        this.bindings.timer(name, key)
    }
  }

  /** Sets the alarms for which there is a reason: an idle scheduler has none. */
  private arm(): void {
    const { context, core } = this
    const { queue } = core
    if (queue.isReady && !context.hasTimer(CYCLE, '')) {
      context.setTimer(CYCLE, '', CYCLE_MIN + context.random.below(CYCLE_JITTER))
    }
    if (queue.backingOff > 0 && !context.hasTimer(FLUSH_BACKOFF, '')) {
      context.setTimer(FLUSH_BACKOFF, '', seconds(1) - (context.monotonic % seconds(1)))
    }
    if (queue.waitingForEvents > 0 && !context.hasTimer(FLUSH_UNSCHEDULABLE, '')) {
      context.setTimer(FLUSH_UNSCHEDULABLE, '', UNSCHEDULABLE_FLUSH_PERIOD)
    }
  }

  private decide(now: Micros): void {
    const result = this.core.next(now)
    if (result === undefined) return
    const { decision } = result
    const { cause } = result.kind === 'binding' ? result.binding.queued : result.failure.queued
    const because = this.context.emit('SchedulingAttempted', decision, cause > 0 ? { cause } : {})
    if (result.kind === 'binding') this.bindings.begin(result.binding, because)
    else this.fail(result.failure, because)
  }

  /** Source: schedule_one.go, handleSchedulingFailure: the Event first, then the condition. */
  private fail(failure: Failure, cause: Seq): void {
    const { queued, message, reason, nominatedNodeName, preemption, writes } = failure
    const { pod } = queued.info
    const text = message.length > FAILED_SCHEDULING_MAX ? `${message.slice(0, FAILED_SCHEDULING_MAX - 4)} ...` : message
    this.record(pod, 'Warning', 'FailedScheduling', text, cause)
    if (preemption !== undefined) this.preemptor.begin(queued.info, preemption, cause)
    for (const write of writes) this.write(write, () => {}, cause)
    const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    const sameNomination =
      nominatedNodeName === undefined || nominatedNodeName === (pod.status?.nominatedNodeName ?? '')
    if (before?.status === 'False' && before.reason === reason && before.message === message && sameNomination) return
    const changed = before?.status !== 'False'
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      observedGeneration: pod.metadata.generation,
      lastProbeTime: null,
      lastTransitionTime: changed ? rfc3339(this.context.now) : before.lastTransitionTime,
      reason,
      message,
    }
    const nomination = sameNomination ? {} : { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName }
    this.write(statusPatch(pod, { ...conditionPatch(pod, condition), ...nomination }), () => {}, cause)
  }

  private readonly write = (write: ApiWrite, done: (answer: ApiAnswer) => void, cause: Seq): void => {
    this.client.call(this.context, callOf(write), (answer) => done(answer), { cause, timeout: minutes(1) })
  }

  private readonly record = (
    pod: Pod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    cause: Seq,
  ): void => {
    const about = { kind: 'Pod', object: pod } as const
    this.events.record(
      this.context,
      { about, type, action: ACTIONS[reason] ?? 'Scheduling', reason, note: message },
      cause,
    )
  }
}

/** What the scheduler was doing. Source: schedule_one.go; framework/preemption/executor.go: the third argument of Eventf. */
const ACTIONS: Readonly<Record<string, string>> = { Scheduled: 'Binding', Preempted: 'Preempting' }

const isServed = (kind: Kind): boolean => kindRow(kind).strategy !== undefined

const callOf = ({ preconditions, ...write }: ApiWrite): ApiCall =>
  preconditions === undefined ? write : { ...write, options: { preconditions } }

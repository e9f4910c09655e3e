import type { Micros, Seq } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { Change, View } from '../../kubernetes/view.ts'
import { SchedulingCycle, unreserve, type Binding, type CycleResult, type Failure } from './cycle.ts'
import { Algorithm, type Favourite } from './framework/algorithm.ts'
import { OpportunisticBatch } from './framework/batch.ts'
import { ClusterCache } from './framework/cluster-cache.ts'
import { DEFAULT_SCHEDULER_NAME, type KubeSchedulerConfiguration } from './framework/configuration.ts'
import { Action } from './framework/events.ts'
import { Nominations } from './framework/nominations.ts'
import type { ApiWrite, PluginFactory, PreBindWork } from './framework/plugin.ts'
import { Profile } from './framework/profile.ts'
import { PodInfo } from './framework/pod-info.ts'
import { isRejection, type Status } from './framework/status.ts'
import { Observer } from './observer.ts'
import { BUILT_IN_PLUGINS } from './plugins/registry.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import { SchedulingQueue } from './queue/scheduling-queue.ts'
import type { HintMap } from './queue/worth-requeuing.ts'

/** Source: pkg/scheduler/apis/config/v1/defaults.go. */
const INITIAL_BACKOFF_SECONDS = 1
const MAX_BACKOFF_SECONDS = 10

export interface SchedulerOptions {
  readonly configuration?: KubeSchedulerConfiguration
  /** What the scheduler's informers show. Moved by its owner, who tells each change to `observe`. */
  readonly view: View
  /** Plugins of one's own, by name; a profile enables them as it does the built-in ones. */
  readonly plugins?: ReadonlyMap<string, PluginFactory>
  /** The scheduler's random stream: a uniform integer in [0, n). */
  readonly below: (n: number) => number
  /** Feasible nodes in random order, as parallel filtering may give them. */
  readonly parallelFilter?: boolean
  readonly favourite?: Favourite
  /** Score rows kept in a decision; default 3. */
  readonly explainedNodes?: number
}

/**
 * The meaning of kube-scheduler, without time, network or log: whoever owns it tells it what happened and does what it
 * decides.
 *
 * One owner, one step at a time: `observe` what the informers showed, `next` for a decision, then either carry the
 * binding out (`preBind`, `bind`, and `bound` or `bindingFailed`) or write the failure down.
 * Source: pkg/scheduler/scheduler.go, schedule_one.go (v1.36).
 */
export class SchedulerCore {
  readonly cache = new ClusterCache()
  readonly nominations = new Nominations()
  readonly queue: SchedulingQueue
  readonly profiles: ReadonlyMap<string, Profile>
  private readonly batches = new Map<Profile, OpportunisticBatch>()
  private readonly cycle: SchedulingCycle
  private readonly observer: Observer
  private readonly view: View
  /** Uids of Pods whose victims are being deleted: they are not tried meanwhile. */
  private readonly preempting = new Set<string>()

  constructor(options: SchedulerOptions) {
    const { configuration = {}, view, below } = options
    this.view = view
    const registry = new Map([...BUILT_IN_PLUGINS, ...(options.plugins ?? [])])
    const ground = { cache: this.cache, view, nominations: this.nominations, preempting: this.preempting, below }
    const profiles = new Map<string, Profile>()
    for (const config of configuration.profiles ?? [{}]) {
      const profile = new Profile(config, registry, ground)
      profiles.set(profile.name, profile)
      this.batches.set(profile, new OpportunisticBatch(profile))
    }
    this.profiles = profiles
    this.queue = new SchedulingQueue({
      less: (a, b) =>
        this.sorter?.less?.({ pod: a.info.pod, timestamp: a.timestamp }, { pod: b.info.pod, timestamp: b.timestamp }) ??
        a.timestamp < b.timestamp,
      initialBackoff: seconds(configuration.podInitialBackoffSeconds ?? INITIAL_BACKOFF_SECONDS),
      maxBackoff: seconds(configuration.podMaxBackoffSeconds ?? MAX_BACKOFF_SECONDS),
      nominations: this.nominations,
      preEnqueue: new Map([...profiles].map(([name, profile]) => [name, profile.preEnqueue])),
      hints: new Map([...profiles].map(([name, profile]) => [name, hintsOf(profile)])),
    })
    const algorithm = new Algorithm(this.cache, {
      percentageOfNodesToScore: configuration.percentageOfNodesToScore ?? 0,
      shuffle: options.parallelFilter === true ? below : undefined,
      favourite: options.favourite,
    })
    this.cycle = new SchedulingCycle(this.cache, algorithm, { explainedNodes: options.explainedNodes ?? 3 })
    this.observer = new Observer(this.cache, this.queue, view, (name) => profiles.has(name))
  }

  /** Something has become visible. `cause` is the event that showed it. */
  observe(change: Change, now: Micros, cause: Seq = 0): void {
    if (change.kind === 'Pod' && change.after === undefined) this.preempting.delete(change.before?.metadata.uid ?? '')
    this.observer.observe(change, now, cause)
  }

  /** Makes the next decision, if a Pod is ready for one. */
  next(now: Micros): CycleResult | undefined {
    for (let queued = this.queue.pop(); queued !== undefined; queued = this.queue.pop()) {
      if (this.isPointless(queued)) {
        this.queue.done(queued.info.uid)
        continue
      }
      return this.attempt(queued, now)
    }
    return undefined
  }

  /** What has to be written and waited for before the Pod may be bound, plugin by plugin; or who objects. */
  preBind({ profile, state, queued, node }: Binding): readonly PreBindWork[] | Status {
    const work: PreBindWork[] = []
    for (const plugin of profile.preBinds) {
      const answer = plugin.preBind?.(state, queued.info, node)
      if (answer === undefined) continue
      if ('code' in answer) return answer
      work.push(answer)
    }
    return work
  }

  /** The write that binds. From here on the Pod no longer counts as being tried. */
  bind({ profile, state, queued, node }: Binding): ApiWrite | Status | undefined {
    this.queue.done(queued.info.uid)
    for (const plugin of profile.binds) {
      const answer = plugin.bind?.(state, queued.info, node)
      if (answer !== undefined) return answer
    }
    return undefined
  }

  /** The API has accepted the binding. */
  bound({ profile, state, queued, node }: Binding): void {
    for (const plugin of profile.postBinds) plugin.postBind?.(state, queued.info, node)
  }

  /**
   * Permit, PreBind or Bind failed: the node's room is free again, and the Pod has to be tried anew.
   * Source: schedule_one.go, handleBindingCycleError.
   */
  bindingFailed(binding: Binding, status: Status, now: Micros): Failure {
    const { profile, state, queued, node } = binding
    unreserve(profile, state, queued.info, node)
    this.cache.forget(queued.info.uid)
    const rejected = isRejection(status)
    // To those who wait it is as if a Pod had been deleted from the node.
    const { pod } = queued.info
    const before = { ...pod, spec: { ...pod.spec, nodeName: node } }
    const freed = { resource: 'AssignedPod', actions: Action.delete, before, after: undefined } as const
    if (!rejected) this.queue.move(freed, now)
    if (rejected) queued.unschedulablePlugins.add(status.plugin)
    const failure: Failure = {
      queued,
      reason: rejected ? 'Unschedulable' : 'SchedulerError',
      message: status.reasons.join(', '),
      nominatedNodeName: '',
      writes: [],
    }
    this.putBack(failure, now)
    // The Pod itself is not to be woken by its own release.
    if (rejected) this.queue.move(freed, now, ({ info }) => info.uid !== queued.info.uid)
    return failure
  }

  /**
   * A Pod whose attempt ended in a preemption with victims to be deleted is not tried until this is told: before the last
   * victim is deleted, so that its end wakes the Pod. `failed` tries the Pod again at once.
   */
  preemptionDone(pod: PodInfo, failed: boolean): void {
    this.preempting.delete(pod.uid)
    if (failed) this.queue.activate(pod)
  }

  private attempt(queued: QueuedPod, now: Micros): CycleResult {
    const profile = this.profiles.get(queued.info.pod.spec.schedulerName ?? DEFAULT_SCHEDULER_NAME)
    const batch = profile === undefined ? undefined : this.batches.get(profile)
    if (profile === undefined || batch === undefined) throw new RangeError('a queued Pod has a profile')
    const result = this.cycle.run(queued, profile, batch, this.queue.cycle, now)
    if (result.kind === 'failure') {
      // Before it is put back, or an event that has overtaken the attempt would have it tried again at once.
      if (result.failure.preemption?.victims.some(({ terminating }) => !terminating) === true) {
        this.preempting.add(queued.info.uid)
      }
      this.putBack(result.failure, now)
    }
    return result
  }

  /** Source: schedule_one.go, handleSchedulingFailure. */
  private putBack({ queued, nominatedNodeName }: Failure, now: Micros): void {
    const { namespace, name } = queued.info.pod.metadata
    const seen = this.view.get('Pod', namespace, name)
    if (seen === undefined || (seen.spec.nodeName ?? '') !== '') {
      this.queue.done(queued.info.uid)
      return
    }
    if (seen !== queued.info.pod) queued.info = new PodInfo(seen)
    this.queue.addUnschedulable(queued, now)
    this.nominations.add(queued.info, nominatedNodeName ?? seen.status?.nominatedNodeName ?? '')
  }

  /** On its way out, or already assumed: it was put into the queue again by an update meanwhile. */
  private isPointless({ info }: QueuedPod): boolean {
    return info.terminating || this.cache.isAssumed(info.uid)
  }

  /** All profiles must sort alike; the first one's plugin is asked. */
  private get sorter() {
    for (const { queueSort } of this.profiles.values()) return queueSort
    return undefined
  }
}

const hintsOf = (profile: Profile): HintMap =>
  new Map([...profile.plugins.values()].map((plugin) => [plugin.name, plugin.hints ?? []]))

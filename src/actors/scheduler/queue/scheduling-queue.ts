import type { Micros, Seq } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import { forced, hintCovers, type ClusterEvent } from '../framework/events.ts'
import type { Nominations } from '../framework/nominations.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import type { Status } from '../framework/status.ts'
import { BackoffQueue } from './backoff-queue.ts'
import { InFlightEvents } from './in-flight-events.ts'
import { KeyedHeap } from './keyed-heap.ts'
import { queuedPod, queueKey, type Less, type QueuedPod } from './queued-pod.ts'
import { UnschedulablePods } from './unschedulable-pods.ts'
import { interestedPlugins, worthRequeuing, type HintMap, type Requeuing } from './worth-requeuing.ts'

/** Source: scheduling_queue.go, DefaultPodMaxInUnschedulablePodsDuration. */
export const MAX_IN_UNSCHEDULABLE: Micros = minutes(5)
/** How often Pods that nobody has woken are looked for. Source: scheduling_queue.go, Run. */
export const UNSCHEDULABLE_FLUSH_PERIOD: Micros = seconds(30)

export interface QueueOptions {
  readonly less: Less
  readonly initialBackoff: Micros
  readonly maxBackoff: Micros
  readonly nominations: Nominations
  /** By scheduler name. */
  readonly preEnqueue: ReadonlyMap<string, readonly SchedulerPlugin[]>
  /** By scheduler name. */
  readonly hints: ReadonlyMap<string, HintMap>
}

/** Where a Pod is that waits. */
export type QueueName = 'active' | 'backoff' | 'unschedulable' | 'in-flight' | 'absent'

/**
 * Which Pod is tried next, and when a rejected one is tried again.
 *
 * Pods ready to be tried are in the active queue, the most important first. A rejected Pod stays among the unschedulable
 * until an event makes another attempt promising, then waits out its backoff; an idle scheduler takes it out early.
 * Data only: whoever holds it tells the time and calls `flush` each second.
 * Source: pkg/scheduler/backend/queue/scheduling_queue.go (v1.36).
 */
export class SchedulingQueue {
  /** Attempts begun. */
  cycle = 0
  private readonly options: QueueOptions
  private readonly active: KeyedHeap<QueuedPod>
  private readonly backoff: BackoffQueue
  private readonly unschedulable = new UnschedulablePods()
  /** By resource and actions: who waits for such events. There are few different ones. */
  private readonly interested = new Map<string, ReadonlySet<string>>()
  private readonly inFlight = new InFlightEvents()
  private arrivals = 0

  constructor(options: QueueOptions) {
    this.options = options
    const less: Less = (a, b) => options.less(a, b) || (!options.less(b, a) && a.arrival < b.arrival)
    this.active = new KeyedHeap(queueKey, less)
    this.backoff = new BackoffQueue(options.initialBackoff, options.maxBackoff, less)
  }

  /** A new Pod. */
  add(info: PodInfo, now: Micros, cause: Seq = 0): void {
    const queued = queuedPod(info, now, ++this.arrivals, cause)
    if (this.toActive(queued, false)) this.renominate(queued)
  }

  /** The next Pod to try, if any. */
  pop(): QueuedPod | undefined {
    const queued = this.active.pop() ?? this.backoff.popEarly()
    if (queued === undefined) return undefined
    queued.attempts++
    queued.unschedulablePlugins.clear()
    queued.pendingPlugins.clear()
    queued.gatingPlugin = ''
    this.cycle++
    this.inFlight.depart(queued.info.uid)
    return queued
  }

  /** Whether `pop` would give a Pod. */
  get isReady(): boolean {
    return this.active.size > 0 || this.backoff.hasEarly
  }

  get length(): number {
    return this.active.size + this.backoff.size + this.unschedulable.size
  }

  whereIs(info: PodInfo): QueueName {
    if (this.inFlight.has(info.uid)) return 'in-flight'
    if (this.active.get(info.key) !== undefined) return 'active'
    if (this.backoff.get(info.key) !== undefined) return 'backoff'
    return this.unschedulable.has(info.key) ? 'unschedulable' : 'absent'
  }

  /** The attempt has come to an end that needs no other. */
  done(uid: string): void {
    this.inFlight.arrive(uid)
  }

  /** The attempt failed. `queued` must say which plugins are to blame; none: it was an error. */
  addUnschedulable(queued: QueuedPod, now: Micros): QueueName {
    const { uid, key } = queued.info
    try {
      if (this.unschedulable.has(key) || this.active.get(key) !== undefined || this.backoff.get(key) !== undefined) {
        return this.whereIs(queued.info)
      }
      if (queued.unschedulablePlugins.size + queued.pendingPlugins.size === 0) queued.consecutiveErrors++
      else {
        queued.unschedulableCount++
        queued.consecutiveErrors = 0
      }
      queued.timestamp = now
      queued.arrival = ++this.arrivals
      queued.backoffExpiration = undefined
      return this.requeue(queued, this.overtakenBy(queued), now)
    } finally {
      this.inFlight.arrive(uid)
    }
  }

  /** The Pod itself has changed. */
  update(before: PodInfo | undefined, after: PodInfo, event: ClusterEvent, now: Micros, cause: Seq = 0): void {
    if (this.inFlight.has(after.uid)) {
      this.inFlight.record(event)
      return
    }
    const waiting = this.active.get(after.key) ?? this.backoff.get(after.key)
    const queued = waiting ?? this.unschedulable.get(after.key)
    if (queued === undefined) {
      this.add(after, now, cause)
      return
    }
    queued.info = after
    this.options.nominations.update(before, after)
    if (waiting === undefined) this.requeue(queued, this.judge(queued, event), now)
    else if (this.active.get(after.key) === undefined) this.backoff.reorder(waiting)
    else this.active.put(waiting)
  }

  /** The Pod is gone, or has been bound. */
  delete({ key, uid }: PodInfo): void {
    this.options.nominations.remove(uid)
    if (this.active.remove(key) === undefined && this.backoff.remove(key) === undefined) this.unschedulable.delete(key)
  }

  /** Something happened that may help rejected Pods. `only` says which of them may be asked at all. */
  move(event: ClusterEvent, now: Micros, only?: (queued: QueuedPod) => boolean): void {
    const wildcard = event.resource === '*'
    const plugins = this.interestedIn(event)
    if (!wildcard && plugins.size === 0) return
    for (const queued of wildcard ? [...this.unschedulable.values()] : this.unschedulable.rejectedBy(plugins)) {
      if (only !== undefined && !only(queued)) continue
      if (queued.gatingPlugin !== '' && !this.gateListens(queued, event)) continue
      const requeuing = this.judge(queued, event)
      if (requeuing === 'skip') continue
      this.unschedulable.delete(queued.info.key)
      this.requeue(queued, requeuing, now)
    }
    this.inFlight.record(event)
  }

  /** Tries a Pod as soon as possible; one in flight, after its attempt. */
  activate(info: PodInfo): void {
    const backingOff = this.backoff.remove(info.key)
    const queued = backingOff ?? this.unschedulable.get(info.key)
    if (queued !== undefined) this.toActive(queued, backingOff !== undefined)
    else if (this.inFlight.has(info.uid)) this.inFlight.record({ ...forced(), after: info.pod })
  }

  /** Moves Pods whose backoff is over to the active queue. To be called on each whole second. */
  flushBackoff(now: Micros): void {
    for (const queued of this.backoff.popCompleted(now)) this.toActive(queued, true)
  }

  /** Gives Pods that nothing has woken for long another chance. To be called every 30 seconds. */
  flushUnschedulable(now: Micros): void {
    const event = forced()
    for (const queued of [...this.unschedulable.values()]) {
      if (now - queued.timestamp <= MAX_IN_UNSCHEDULABLE) continue
      if (queued.gatingPlugin !== '') continue
      this.unschedulable.delete(queued.info.key)
      this.requeue(queued, this.judge(queued, event), now)
    }
  }

  get backingOff(): number {
    return this.backoff.size
  }

  get waitingForEvents(): number {
    return this.unschedulable.size
  }

  private interestedIn(event: ClusterEvent): ReadonlySet<string> {
    const key = `${event.resource}/${event.actions}`
    let plugins = this.interested.get(key)
    if (plugins === undefined) {
      plugins = interestedPlugins(this.options.hints, event)
      this.interested.set(key, plugins)
    }
    return plugins
  }

  private judge(queued: QueuedPod, event: ClusterEvent): Requeuing {
    return worthRequeuing(queued, this.options.hints.get(this.profileOf(queued)), event)
  }

  private profileOf({ info }: QueuedPod): string {
    return info.pod.spec.schedulerName ?? 'default-scheduler'
  }

  /** Source: scheduling_queue.go, determineSchedulingHintForInFlightPod. */
  private overtakenBy(queued: QueuedPod): Requeuing {
    if (queued.unschedulablePlugins.size + queued.pendingPlugins.size === 0) return 'after-backoff'
    let strategy: Requeuing = 'skip'
    for (const event of this.inFlight.sinceDeparture(queued.info.uid)) {
      const requeuing = this.judge(queued, event)
      if (requeuing === 'now') return 'now'
      if (requeuing === 'after-backoff') strategy = 'after-backoff'
    }
    return strategy
  }

  private requeue(queued: QueuedPod, requeuing: Requeuing, now: Micros): QueueName {
    if (requeuing === 'skip') {
      this.unschedulable.put(queued)
      return 'unschedulable'
    }
    if (requeuing === 'after-backoff' && this.backoff.isBackingOff(queued, now)) {
      if (this.isGated(queued)) return 'unschedulable'
      this.unschedulable.delete(queued.info.key)
      this.backoff.add(queued)
      return 'backoff'
    }
    return this.toActive(queued, false) ? 'active' : 'unschedulable'
  }

  /** @param passed it has passed PreEnqueue on its way into the backoff queue */
  private toActive(queued: QueuedPod, passed: boolean): boolean {
    if (!passed && this.isGated(queued)) return false
    this.unschedulable.delete(queued.info.key)
    this.backoff.remove(queued.info.key)
    this.active.put(queued)
    return true
  }

  /** Asks PreEnqueue, the plugin that objected last time first; a Pod that is held back joins the unschedulable ones. */
  private isGated(queued: QueuedPod): boolean {
    const plugins = this.options.preEnqueue.get(this.profileOf(queued)) ?? []
    const objects = (plugin: SchedulerPlugin): Status | undefined => plugin.preEnqueue?.(queued.info.pod)
    const last = plugins.find(({ name }) => name === queued.gatingPlugin)
    const gate =
      last !== undefined && objects(last) !== undefined ? last : plugins.find((plugin) => objects(plugin) !== undefined)
    queued.gatingPlugin = gate?.name ?? ''
    if (gate === undefined) return false
    queued.unschedulablePlugins.add(gate.name)
    this.unschedulable.put(queued)
    return true
  }

  private gateListens(queued: QueuedPod, event: ClusterEvent): boolean {
    if (event.resource === '*') return true
    const hints = this.options.hints.get(this.profileOf(queued))?.get(queued.gatingPlugin) ?? []
    return hints.some((hint) => hintCovers(hint, event))
  }

  private renominate({ info }: QueuedPod): void {
    this.options.nominations.add(info, info.pod.status?.nominatedNodeName ?? '')
  }
}

import type { ActorContext } from '../../../engine/actor.ts'
import { seconds } from '../../../events/time.ts'
import type { Micros, Seq } from '../../../events/envelope.ts'
import { invariant } from '../../../engine/invariant.ts'
import { isTerminating } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { Relist } from '../runtime/relist.ts'
import { moveSlot } from './container.chart.ts'
import { graceOf } from './grace.ts'
import { newRecord, worker, type PodRecord } from './record.ts'
import { POST_START_TIMER } from './start.ts'
import { STOP_TIMER } from './stop.ts'
import { deadlineOf, statusNow, workFor } from './sync.ts'
import type { Work, WorkEnd } from './work.ts'
import type { SyncWorld } from './world.ts'

/** Source: pkg/kubelet/kubelet.go, backOffPeriod and resyncInterval; pod_workers.go, workerBackOffPeriodJitterFactor 0.5 (v1.36). */
const BACK_OFF_PERIOD: Micros = seconds(10)
const RESYNC_INTERVAL: Micros = seconds(60)

const RELIST = 'relist'
const RETRY = 'pod-retry'
const DEADLINE = 'pod-deadline'

/**
 * The Pods of a node, each with a worker of its own that does one thing at a time.
 *
 * A worker runs when something has happened: the Pod changed, the runtime shows something new, a probe has a verdict, a
 * retry is due. What happens while it is at work is seen by the next sync. No sync acts on a look at the runtime that is
 * older than the end of the last sync. Upstream also runs each worker every 60 to 90 s; with nothing new that changes
 * nothing, so it is left out.
 * Source: pkg/kubelet/pod_workers.go (v1.36).
 */
export class PodWorkers {
  private readonly world: SyncWorld
  private readonly context: ActorContext
  private readonly relist: Relist
  private readonly records = new Map<string, PodRecord>()
  private readonly onFinished: (record: PodRecord) => void

  constructor(world: SyncWorld, onFinished: (record: PodRecord) => void) {
    this.world = world
    this.context = world.context
    this.relist = new Relist(Relist.drawPhase(world.context.random))
    this.onFinished = onFinished
  }

  get(uid: string): PodRecord | undefined {
    return this.records.get(uid)
  }

  all(): Iterable<PodRecord> {
    return this.records.values()
  }

  /** Takes a Pod in, not yet admitted. */
  add(pod: Pod, cause: Seq): PodRecord {
    const record = newRecord(pod, this.world.runtime.state(pod.metadata.uid), cause)
    this.records.set(record.uid, record)
    return record
  }

  admit(record: PodRecord): void {
    this.step(record, 'Admitted')
    this.followDeletion(record)
    this.wake(record)
  }

  reject(record: PodRecord): void {
    this.step(record, 'Rejected')
  }

  /** A newer version of a Pod. */
  update(record: PodRecord, pod: Pod): void {
    const { asked: before, pod: worked } = record
    record.asked = pod
    this.world.allocations.update(record, { asked: before, pod: worked })
    const hasGates = (pod.spec.readinessGates ?? []).length > 0
    const isOther = hasGates || before.metadata.generation !== pod.metadata.generation
    const marked = isTerminating(pod) && !isTerminating(before)
    if (marked) this.followDeletion(record)
    if (isTerminating(pod) && record.stop !== undefined && graceOf(pod) < record.grace) {
      record.grace = graceOf(pod)
      record.stop.shorten(record.grace)
    }
    if (isOther || marked) this.wake(record)
  }

  /** The Pod's object is gone: whatever still runs is ended, and nobody is told. */
  remove(record: PodRecord): void {
    record.isGone = true
    this.world.statuses.forget(record.uid)
    if (worker.matches(record.row, 'rejected') || worker.isFinal(record.row)) this.drop(record)
    else {
      this.followDeletion(record)
      this.wake(record)
    }
  }

  /** Asks for a sync as soon as it can be. */
  wake(record: PodRecord, cause: Seq = this.context.seq): void {
    if (worker.matches(record.row, 'rejected') || worker.isFinal(record.row)) return
    record.cause = cause
    if (record.work !== undefined) record.isPending = true
    else if (this.mayRun(record)) this.run(record)
    else {
      record.awaitsLook = true
      this.planLook()
    }
  }

  /** At rest, and the runtime has been looked at since its last sync. */
  private mayRun(record: PodRecord): boolean {
    return record.work === undefined && (record.syncedAt < 0 || this.lastLook(record) > record.syncedAt)
  }

  /** The runtime told of a change; the next look sees it. */
  podChanged(uid: string): void {
    const record = this.records.get(uid)
    if (record === undefined) return
    record.cause = this.context.seq
    this.planLook()
  }

  containerEnded(uid: string, container: string): void {
    const record = this.records.get(uid)
    if (record === undefined) return
    const ended = this.world.runtime.state(uid).containers.find(({ id }) => id === container)
    const slot = ended === undefined ? undefined : record.slots.get(ended.name)
    if (slot !== undefined) moveSlot(slot, { type: 'Exited' })
    record.stop?.ended(container)
  }

  /**
   * A probe has a verdict. Readiness and startup show in the status at once, be the worker at work or not; then it looks
   * at the Pod. Source: pkg/kubelet/status/status_manager.go, SetContainerReadiness; kubelet.go, handleProbeSync (v1.36).
   */
  judged(record: PodRecord): void {
    const isKnown = !record.isGone && this.world.statuses.get(record.uid) !== undefined
    if (isKnown && !this.mayRun(record) && !worker.isFinal(record.row)) {
      this.world.statuses.set(record.uid, statusNow(record, this.world, false))
      this.world.prober.statusSet(record.uid)
    }
    this.wake(record)
  }

  /** The runtime is back after an absence. */
  runtimeBack(): void {
    for (const record of this.records.values()) record.stop?.resume()
  }

  /** True when the event was an alarm of a worker. */
  alarm(name: string, key: string): boolean {
    switch (name) {
      case RELIST:
        this.look()
        return true
      case RETRY:
      case DEADLINE: {
        const record = this.records.get(key)
        if (record !== undefined) this.wake(record)
        return true
      }
      case STOP_TIMER: {
        const slash = key.indexOf('/')
        this.records.get(key.slice(0, slash))?.stop?.due(key.slice(slash + 1))
        return true
      }
      case POST_START_TIMER: {
        const resume = this.world.hooks.get(key)
        this.world.hooks.delete(key)
        resume?.()
        return true
      }
      default:
        return false
    }
  }

  private lastLook(record: PodRecord): Micros {
    return Math.max(this.relist.last(this.context.monotonic), record.lookedAt)
  }

  private planLook(): void {
    if (this.context.hasTimer(RELIST, '')) return
    this.context.setTimer(RELIST, '', this.relist.next(this.context.monotonic) - this.context.monotonic)
  }

  /** The periodic look at the runtime. */
  private look(): void {
    for (const record of this.records.values()) {
      const state = this.world.runtime.state(record.uid)
      const isNews = record.listed !== state
      record.listed = state
      record.observed = state
      const due = isNews || record.awaitsLook
      record.awaitsLook = false
      if (due) this.wake(record, record.cause)
    }
  }

  private followDeletion(record: PodRecord): void {
    if (!isTerminating(record.pod) && !record.isGone) return
    this.step(record, 'Deleted')
    if (record.work !== undefined && record.canAbandon) this.end(record, {})
  }

  private run(record: PodRecord): void {
    const { world } = this
    let work: Work | undefined
    worker.step(record.row, { type: 'WorkDue' }, (emitted) => {
      work = workFor(emitted, record, world)
    })
    if (work === undefined) return
    // The last sync goes on with the version that the one before had. Source: pod_workers.go, requeueLastPodUpdate.
    if (!worker.matches(record.row, 'terminated')) record.seenPhase = record.pod.status?.phase
    record.work = work
    record.round++
    record.isPending = false
    this.context.cancelTimer(RETRY, record.uid)
    // One look at the runtime wakes many Pods; what each of them does now is due to its own news.
    world.why.seq = record.cause
    this.advance(record, record.round, undefined)
    world.why.seq = undefined
  }

  private advance(record: PodRecord, round: number, answer: unknown): void {
    // An answer to a sync that was given up: what it brought is in the runtime's state.
    if (record.round !== round || record.work === undefined) return
    const step = record.work.next(answer)
    if (step.done === true) {
      this.end(record, step.value)
      return
    }
    record.canAbandon = step.value.canAbandon === true
    let answered = false
    step.value.begin((next) => {
      invariant(!answered, 'a sync is resumed once by what it waits for')
      answered = true
      this.advance(record, round, next)
    })
  }

  private end(record: PodRecord, { retry, look }: WorkEnd): void {
    record.work = undefined
    record.canAbandon = false
    record.round++
    record.syncedAt = Math.max(this.context.monotonic, record.lookedAt)
    if (worker.isFinal(record.row)) {
      this.onFinished(record)
      if (record.isGone) this.drop(record)
      return
    }
    if (!worker.matches(record.row, 'syncing')) this.wake(record)
    else if (retry !== undefined) this.planRetry(record, retry.notBefore)
    this.planDeadline(record)
    if (look === true) this.lookNow(record)
    else if (record.isPending) this.wake(record)
  }

  /** After a start the runtime is looked at for this Pod at once. Source: pleg/generic.go, RequestRelist (PLEGOnDemandRelist, on). */
  private lookNow(record: PodRecord): void {
    record.observed = this.world.runtime.state(record.uid)
    record.lookedAt = Math.max(this.context.monotonic, record.syncedAt) + 1
    this.wake(record)
  }

  /** Source: pkg/kubelet/pod_workers.go, completeWork (v1.36). */
  private planRetry(record: PodRecord, notBefore: Micros | undefined): void {
    const { now, random } = this.context
    const wanted = notBefore === undefined ? BACK_OFF_PERIOD : Math.max(0, notBefore - now)
    const delay = Math.min(wanted, RESYNC_INTERVAL)
    this.context.setTimer(RETRY, record.uid, delay + random.below(Math.floor(delay / 2) + 1))
  }

  private planDeadline(record: PodRecord): void {
    const at = deadlineOf(record.pod, this.world.statuses.get(record.uid))
    if (at === undefined || !worker.matches(record.row, 'syncing') || this.context.hasTimer(DEADLINE, record.uid))
      return
    if (at > this.context.now) this.context.setTimer(DEADLINE, record.uid, at - this.context.now)
  }

  private drop(record: PodRecord): void {
    this.records.delete(record.uid)
    this.context.cancelTimer(RETRY, record.uid)
    this.context.cancelTimer(DEADLINE, record.uid)
    this.world.prober.remove(record.uid)
    this.world.statuses.forget(record.uid)
    this.world.puller.forget(record.uid)
    this.world.restarts.forget(`${record.uid}_`)
    this.world.allocations.forget(record.uid)
    if (this.world.runtime.states.has(record.uid)) this.world.runtime.removePod(record.uid)
  }

  private step(record: PodRecord, type: 'Admitted' | 'Rejected' | 'Deleted'): void {
    worker.step(record.row, { type }, () => {})
  }
}

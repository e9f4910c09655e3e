import type { ActorContext } from '../../../engine/actor.ts'
import type { Micros } from '../../../events/envelope.ts'
import { minutes } from '../../../events/time.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { allocationOf, allocationShown, withAllocation } from '../../../kubernetes/pod-allocation.ts'
import { isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import { computeQOS } from '../../../kubernetes/qos.ts'
import { podRequests, type Resources } from '../../../kubernetes/resources.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { withMembers } from '../../../kubernetes/with-members.ts'
import type { Refusal } from '../node/admission.ts'
import { isActive, worker, type PodRecord } from '../pods/record.ts'
import { AllocationCheckpoint, type Granted } from './checkpoint.ts'
import { resizingShown, saying, withInProgress, withPending } from './conditions.ts'
import { admit, admitResize, type Room } from './fit.ts'
import { resizeMessage } from './messages.ts'

/** How often resizes that wait for room are looked at again, if nothing happens. Source: allocation_manager.go, retryDelay. */
const RETRY_DELAY: Micros = minutes(3)
const RETRY = 'resize-retry'

const FIRST_BOOT = 1

export interface AllocationsHost {
  records(): Iterable<PodRecord>
  get(uid: string): PodRecord | undefined
  node(): Node | undefined
  allocatable(): ResourceList
  /** Something about a Pod's resize is new. */
  wake(record: PodRecord): void
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void
}

/**
 * What the node grants its Pods. A Pod that is resized keeps what it has until there is room for what it asks for; those that
 * wait are looked at whenever a Pod goes or shrinks. What was granted survives the kubelet.
 * Source: pkg/kubelet/allocation/allocation_manager.go (v1.36).
 */
export class Allocations {
  private readonly host: AllocationsHost
  private readonly context: ActorContext
  private readonly checkpoint: AllocationCheckpoint
  /** Uids of Pods whose resizes wait, most urgent first. */
  private pending: readonly string[] = []

  constructor(host: AllocationsHost, context: ActorContext) {
    this.host = host
    this.context = context
    this.checkpoint = new AllocationCheckpoint(context.disk)
  }

  /** Whether the node takes a Pod: with what it had before a restart, else with what it asks for. */
  add(record: PodRecord): Refusal | undefined {
    const { uid, asked } = record
    const known = this.checkpoint.get(uid)
    const { admitted, allocated } = known ??
      this.lost(asked) ?? { admitted: record.admitted, allocated: record.allocation }
    record.admitted = admitted
    record.allocation = allocated
    record.pod = withAllocation(asked, allocated)
    record.resizing = resizingShown(asked)
    // What is over or about to end asks for no room.
    if (isTerminal(asked) || isTerminating(asked)) return undefined
    const room = this.room(record)
    const refusal = room === undefined ? undefined : admit(record.pod, room)
    if (refusal === undefined && known === undefined) this.checkpoint.admit(uid, record.allocation)
    return refusal
  }

  /** What a Pod had before its machine lost power, and with it what was not yet durable. */
  private lost(pod: Pod): Granted | undefined {
    const shown = this.context.boot > FIRST_BOOT ? allocationShown(pod) : undefined
    return shown && { admitted: shown, allocated: shown }
  }

  /** All Pods of a batch have been added: resizes that came while the kubelet was away are looked at. */
  backfill(records: readonly PodRecord[]): void {
    let isNew = false
    for (const record of records) {
      if (!this.canResize(record)) continue
      if (record.pod !== record.asked) {
        this.push(record)
        isNew = true
      } else if (record.resizing?.pending !== undefined) record.resizing = withPending(record.resizing, undefined)
    }
    if (isNew) this.retry()
  }

  /** A newer version of a Pod has been seen. */
  update(record: PodRecord, before: { readonly asked: Pod; readonly pod: Pod }): void {
    const { asked } = record
    const isAsBefore = asked.metadata.generation === before.asked.metadata.generation
    record.pod = isAsBefore && before.pod === before.asked ? asked : withAllocation(asked, record.allocation)
    if (isAsBefore) {
      if (this.pending.length > 0 && shrank(before.pod, record.pod)) this.retry()
    } else if (record.pod === asked) record.resizing = withPending(record.resizing, undefined)
    else if (this.canResize(record)) {
      this.push(record)
      // Whoever tells of the update wakes this one.
      this.retry(record)
    }
  }

  /** A Pod has ended or gone: others may have waited for its room. */
  released(): void {
    if (this.pending.length > 0) this.retry()
  }

  forget(uid: string): void {
    this.checkpoint.remove(uid)
  }

  forgetOrphans(): void {
    this.checkpoint.keepOnly((uid) => this.host.get(uid) !== undefined)
  }

  /** The containers have all that was granted, or have not yet. */
  noteProgress(record: PodRecord, isInProgress: boolean): void {
    const before = record.resizing?.inProgress
    if (isInProgress) {
      if (before === undefined) this.setInProgress(record, '', '')
    } else if (before !== undefined) {
      record.resizing = withInProgress(record.resizing, undefined)
      const message = resizeMessage('Pod resize completed', record.pod, before.observedGeneration)
      this.host.event(record.pod, 'Normal', 'ResizeCompleted', message)
    }
  }

  /** What was granted could not be given to a container. The resize goes on, and is still that of the same generation. */
  noteError(record: PodRecord, message: string): void {
    const before = record.resizing?.inProgress
    this.setInProgress(record, 'Error', message, before?.observedGeneration)
    const after = record.resizing?.inProgress
    if (after === before) return
    const text = resizeMessage('Pod resize error', record.pod, after?.observedGeneration, message)
    this.host.event(record.pod, 'Warning', 'ResizeError', text)
  }

  /** True when the event was an alarm of this. */
  alarm(name: string): boolean {
    if (name !== RETRY) return false
    this.retry()
    return true
  }

  diskSynced(position: number): void {
    this.checkpoint.synced(position)
  }

  private canResize({ row }: PodRecord): boolean {
    return worker.matches(row, 'syncing')
  }

  private room(record: PodRecord): Room | undefined {
    const node = this.host.node()
    if (node === undefined) return undefined
    const others: Pod[] = []
    for (const other of this.host.records()) if (other !== record && isActive(other)) others.push(granted(other))
    return { node, allocatable: this.host.allocatable(), others }
  }

  private push(record: PodRecord): void {
    const known = this.pending.includes(record.uid) ? this.pending : [...this.pending, record.uid]
    const records = known.map((uid) => this.host.get(uid)).filter((one) => one !== undefined)
    this.pending = records.sort(mostUrgentFirst).map(({ uid }) => uid)
  }

  private retry(except?: PodRecord): void {
    const left: string[] = []
    const changed: PodRecord[] = []
    for (const uid of this.pending) {
      const record = this.host.get(uid)
      if (record === undefined || !this.canResize(record)) continue
      const before = record.resizing
      if (this.tryResize(record)) left.push(uid)
      if (record.resizing !== before && record !== except) changed.push(record)
    }
    this.pending = left
    if (left.length > 0) this.context.setTimer(RETRY, '', RETRY_DELAY)
    else this.context.cancelTimer(RETRY, '')
    for (const record of changed) this.host.wake(record)
  }

  /** True when it has to wait for room. Source: allocation_manager.go, handlePodResourcesResize. */
  private tryResize(record: PodRecord): boolean {
    const { uid, asked } = record
    if (record.pod === asked) {
      record.resizing = withPending(record.resizing, undefined)
      return false
    }
    const room = this.room(record)
    if (room === undefined) return true
    const refusal = admitResize(asked, room)
    if (refusal !== undefined) return this.setPending(record, refusal)
    const allocation = allocationOf(asked.spec)
    if (!this.checkpoint.resize(uid, allocation)) return true
    record.allocation = allocation
    record.pod = asked
    record.resizing = undefined
    this.setInProgress(record, '', '')
    const message = resizeMessage('Pod resize started', asked, asked.metadata.generation)
    this.host.event(asked, 'Normal', 'ResizeStarted', message)
    return false
  }

  private setPending(record: PodRecord, { reason, message }: Refusal): boolean {
    const { asked } = record
    const { generation } = asked.metadata
    const before = record.resizing?.pending
    const pending = saying(before, { type: 'PodResizePending', reason, message, generation }, this.context.now)
    if (pending !== before) {
      record.resizing = withPending(record.resizing, pending)
      const text = resizeMessage(`Pod resize ${reason}`, asked, generation, message)
      this.host.event(asked, 'Warning', reason === 'Infeasible' ? 'ResizeInfeasible' : 'ResizeDeferred', text)
    }
    return reason === 'Deferred'
  }

  private setInProgress(
    record: PodRecord,
    reason: string,
    message: string,
    generation = record.asked.metadata.generation,
  ): void {
    const said = { type: 'PodResizeInProgress', reason, message, generation } as const
    record.resizing = withInProgress(record.resizing, saying(record.resizing?.inProgress, said, this.context.now))
  }
}

/**
 * A Pod as its node counts it: what it was granted, and what containers have not given back. That a resize is infeasible the
 * node knows itself; what the status shows of it may be about an earlier one.
 */
const granted = ({ pod }: PodRecord): Pod => {
  const { status } = pod
  if (status === undefined || findCondition(status.conditions, PENDING) === undefined) return pod
  const conditions = status.conditions?.filter(({ type }) => type !== PENDING)
  return withMembers<Pod>(pod, { status: { ...status, conditions } })
}

const PENDING = 'PodResizePending'

/** Cheaper ones first, then by priority, by class, by how long they have waited. Source: sortPendingResizes. */
const mostUrgentFirst = (a: PodRecord, b: PodRecord): number =>
  Number(asksForMore(a)) - Number(asksForMore(b)) ||
  (b.asked.spec.priority ?? 0) - (a.asked.spec.priority ?? 0) ||
  Number(isGuaranteed(b)) - Number(isGuaranteed(a)) ||
  bySince(a.resizing?.pending?.lastTransitionTime, b.resizing?.pending?.lastTransitionTime)

const isGuaranteed = ({ asked }: PodRecord): boolean =>
  (asked.status?.qosClass ?? computeQOS(asked.spec)) === 'Guaranteed'

/** Those that have waited go before those that come. */
const bySince = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0
  if (a === undefined) return 1
  return b === undefined || a < b ? -1 : 1
}

const asksForMore = ({ pod, asked }: PodRecord): boolean => isLess(requestsOf(pod), requestsOf(asked))

/** By the spec alone. */
const requestsOf = ({ metadata, apiVersion, kind, spec }: Pod): Resources =>
  podRequests({ apiVersion, kind, metadata, spec }).requests

const shrank = (before: Pod, after: Pod): boolean => isLess(podRequests(after).requests, podRequests(before).requests)

const isLess = (a: Resources, b: Resources): boolean => a.milliCPU < b.milliCPU || a.memory < b.memory

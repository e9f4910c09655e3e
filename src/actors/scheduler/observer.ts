import type { Micros, Seq } from '../../events/envelope.ts'
import { isTerminal } from '../../kubernetes/pods.ts'
import { podRequests } from '../../kubernetes/resources.ts'
import type { Labels } from '../../kubernetes/types/meta.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { Change, View } from '../../kubernetes/view.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { termMatches } from './framework/affinity-term.ts'
import type { ClusterCache } from './framework/cluster-cache.ts'
import { DEFAULT_SCHEDULER_NAME } from './framework/configuration.ts'
import { Action, ANY_UPDATE, type ClusterEvent, type EventResource } from './framework/events.ts'
import { PodInfo } from './framework/pod-info.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import type { SchedulingQueue } from './queue/scheduling-queue.ts'

/** Kinds whose changes only matter for what waits. */
const OTHER_KINDS: ReadonlyMap<Kind, EventResource> = new Map<Kind, EventResource>([
  ['PersistentVolume', 'PersistentVolume'],
  ['PersistentVolumeClaim', 'PersistentVolumeClaim'],
  ['StorageClass', 'StorageClass'],
  ['CSINode', 'CSINode'],
  ['CSIDriver', 'CSIDriver'],
  ['CSIStorageCapacity', 'CSIStorageCapacity'],
  ['VolumeAttachment', 'VolumeAttachment'],
  ['Service', 'Service'],
  ['ResourceClaim', 'ResourceClaim'],
  ['ResourceSlice', 'ResourceSlice'],
  ['DeviceClass', 'DeviceClass'],
])

/** What the scheduler's informers must show. */
export const WATCHED_KINDS: readonly Kind[] = [
  'Pod',
  'Node',
  'Namespace',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'PodDisruptionBudget',
  ...OTHER_KINDS.keys(),
]

const isAssigned = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== ''

/** The scheduler's informer leaves out Pods that have ended. Source: pkg/scheduler/scheduler.go, NewInformerFactory. */
const living = (pod: Pod | undefined): Pod | undefined => (pod === undefined || isTerminal(pod) ? undefined : pod)

/**
 * Turns what informers show into what the cache counts and what wakes Pods in the queue.
 * Source: pkg/scheduler/eventhandlers.go (v1.36).
 */
export class Observer {
  private readonly cache: ClusterCache
  private readonly queue: SchedulingQueue
  private readonly view: View
  private readonly isOurs: (schedulerName: string) => boolean

  constructor(cache: ClusterCache, queue: SchedulingQueue, view: View, isOurs: (schedulerName: string) => boolean) {
    this.cache = cache
    this.queue = queue
    this.view = view
    this.isOurs = isOurs
  }

  observe({ kind, before, after }: Change, now: Micros, cause: Seq): void {
    if (kind === 'Pod') {
      this.pod(living(before as Pod | undefined), living(after as Pod | undefined), now, cause)
      return
    }
    if (kind === 'Node') {
      this.node(before as Node | undefined, after as Node | undefined, now)
      return
    }
    const resource = OTHER_KINDS.get(kind)
    if (resource === undefined) return
    const actions = before === undefined ? Action.add : after === undefined ? Action.delete : ANY_UPDATE
    this.queue.move({ resource, actions, before, after }, now)
  }

  private node(before: Node | undefined, after: Node | undefined, now: Micros): void {
    const resource = 'Node'
    if (after === undefined) {
      if (before === undefined) return
      this.queue.move({ resource, actions: Action.delete, before, after }, now)
      this.cache.removeNode(before.metadata.name)
      return
    }
    this.cache.addNode(after)
    const actions = before === undefined ? Action.add : nodeActions(before, after)
    if (actions !== 0) this.queue.move({ resource, actions, before, after }, now)
  }

  private pod(before: Pod | undefined, after: Pod | undefined, now: Micros, cause: Seq): void {
    const was = before !== undefined && isAssigned(before) ? before : undefined
    const is = after !== undefined && isAssigned(after) ? after : undefined
    if (was !== undefined || is !== undefined) this.assigned(was, is, before, now)
    const waited = before !== undefined && was === undefined && this.isMine(before) ? before : undefined
    const waits = after !== undefined && is === undefined && this.isMine(after) ? after : undefined
    if (waited !== undefined || waits !== undefined) this.waiting(waited, waits, is !== undefined, now, cause)
  }

  private isMine({ spec }: Pod): boolean {
    return this.isOurs(spec.schedulerName ?? DEFAULT_SCHEDULER_NAME)
  }

  private assigned(was: Pod | undefined, is: Pod | undefined, before: Pod | undefined, now: Micros): void {
    const resource = 'AssignedPod'
    if (is === undefined) {
      if (was === undefined) return
      this.cache.removePod(was.metadata.uid)
      this.queue.move({ resource, actions: Action.delete, before: was, after: undefined }, now)
      return
    }
    const info = new PodInfo(is, this.cache.placedPod(is.metadata.uid)?.pod)
    this.cache.addPod(info)
    if (was === undefined) {
      // The binding comes into view: for those who wait the Pod is new on its node.
      if (before !== undefined) this.queue.delete(info)
      this.queue.move({ resource, actions: Action.add, before: undefined, after: is }, now, this.caresFor(is))
      return
    }
    const actions = podActions(was, is)
    const event: ClusterEvent = { resource, actions, before: was, after: is }
    const shrinks = (actions & Action.updatePodScaleDown) !== 0
    this.queue.move(event, now, shrinks ? undefined : this.caresFor(is))
  }

  /** Only Pods whose placement hangs on other Pods care for one that came. Source: scheduling_queue.go, getUnschedulablePodsWithCrossTopologyTerm. */
  private caresFor(pod: Pod): (queued: QueuedPod) => boolean {
    const namespace = pod.metadata.namespace ?? ''
    const labels: Labels = this.view.get('Namespace', undefined, namespace)?.metadata.labels ?? {}
    return ({ info, unschedulablePlugins }) =>
      (unschedulablePlugins.has('PodTopologySpread') && info.namespace === namespace) ||
      info.requiredAffinity.some((term) => termMatches(term, pod, labels))
  }

  private waiting(was: Pod | undefined, is: Pod | undefined, bound: boolean, now: Micros, cause: Seq): void {
    if (is === undefined) {
      if (was === undefined || bound) return
      const info = new PodInfo(was)
      this.queue.delete(info)
      const held = this.cache.isAssumed(info.uid) || (was.status?.nominatedNodeName ?? '') !== ''
      this.cache.forget(info.uid)
      const gone = { actions: Action.delete, before: was, after: undefined }
      // Room that was kept for it is free: to the others it is as if it had been on its node.
      this.queue.move({ ...gone, resource: held ? 'AssignedPod' : 'UnscheduledPod' }, now)
      return
    }
    if (this.cache.isAssumed(is.metadata.uid)) return
    const info = new PodInfo(is)
    if (was === undefined) {
      this.queue.add(info, now, cause)
      return
    }
    const event: ClusterEvent = { resource: 'UnscheduledPod', actions: podActions(was, is), before: was, after: is }
    this.queue.update(new PodInfo(was), info, event, now, cause)
  }
}

/** Which properties that scheduling looks at have changed. Source: pkg/scheduler/framework/events.go, NodeSchedulingPropertiesChange. */
function nodeActions(before: Node, after: Node): number {
  let actions = 0
  if (differ(before.status?.allocatable, after.status?.allocatable)) actions |= Action.updateNodeAllocatable
  if (differ(before.metadata.labels, after.metadata.labels)) actions |= Action.updateNodeLabel
  const cordoned = (before.spec.unschedulable ?? false) !== (after.spec.unschedulable ?? false)
  if (cordoned || differ(before.spec.taints, after.spec.taints)) actions |= Action.updateNodeTaint
  if (differ(conditionStates(before), conditionStates(after))) actions |= Action.updateNodeCondition
  if (differ(before.metadata.annotations, after.metadata.annotations)) actions |= Action.updateNodeAnnotation
  return actions
}

const conditionStates = ({ status }: Node): readonly string[] =>
  (status?.conditions ?? []).map(({ type, status: state }) => `${type}=${state}`)

/** Source: pkg/scheduler/framework/events.go, PodSchedulingPropertiesChange. */
function podActions(before: Pod, after: Pod): number {
  let actions = 0
  if (differ(before.metadata.labels, after.metadata.labels)) actions |= Action.updatePodLabel
  if (asksForLess(before, after)) actions |= Action.updatePodScaleDown
  if ((before.spec.schedulingGates?.length ?? 0) > 0 && (after.spec.schedulingGates?.length ?? 0) === 0) {
    actions |= Action.updatePodGatesEliminated
  }
  if (differ(before.spec.tolerations, after.spec.tolerations)) actions |= Action.updatePodToleration
  if (differ(before.status?.resourceClaimStatuses, after.status?.resourceClaimStatuses))
    actions |= Action.updatePodClaims
  return actions === 0 ? Action.updateOther : actions
}

function asksForLess(before: Pod, after: Pod): boolean {
  const [was, is] = [podRequests(before).requests, podRequests(after).requests]
  if (was === is) return false
  if (is.milliCPU < was.milliCPU || is.memory < was.memory || is.ephemeralStorage < was.ephemeralStorage) return true
  for (const [name, amount] of was.scalars) if ((is.scalars.get(name) ?? 0) < amount) return true
  return false
}

/** By content; objects that were shared between versions are recognised at once. */
const differ = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b)

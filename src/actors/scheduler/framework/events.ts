/**
 * What happens in the cluster, as far as it may make a rejected Pod schedulable.
 * Source: staging/src/k8s.io/kube-scheduler/framework/types.go, ClusterEvent, ActionType (v1.36).
 */
import type { ApiObject } from '../../../events/json.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/** One bit each, so that one change may be several. */
export const Action = {
  add: 1,
  delete: 2,
  updateNodeAllocatable: 4,
  updateNodeLabel: 8,
  updateNodeTaint: 16,
  updateNodeCondition: 32,
  updateNodeAnnotation: 64,
  updatePodLabel: 128,
  updatePodScaleDown: 256,
  updatePodToleration: 512,
  updatePodGatesEliminated: 1024,
  updatePodClaims: 2048,
  updateOther: 4096,
} as const

export const ANY_UPDATE = 8188
export const ANY_ACTION = 8191

/**
 * What changed. A Pod is `AssignedPod` or `UnscheduledPod` to those who happen, and `Pod` to those who wait for either;
 * `*` is everything and anything.
 */
export type EventResource =
  | 'Pod'
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | 'Service'
  | 'ResourceClaim'
  | 'ResourceSlice'
  | 'DeviceClass'
  | '*'

export interface ClusterEvent {
  readonly resource: EventResource
  readonly actions: number
  readonly before: ApiObject | undefined
  readonly after: ApiObject | undefined
}

/** What a plugin waits for after it has rejected a Pod. */
export interface EventHint {
  readonly resource: EventResource
  readonly actions: number
  /** Whether this one change is worth another attempt; absent: any is. */
  readonly worthTrying?: (pod: Pod, event: ClusterEvent) => boolean
}

/** Moves every Pod: no hint is asked. */
export const forced = (): ClusterEvent => ({
  resource: '*',
  actions: ANY_ACTION,
  before: undefined,
  after: undefined,
})

export const hintCovers = (hint: EventHint, event: ClusterEvent): boolean =>
  (hint.actions & event.actions) !== 0 && resourceCovers(hint.resource, event.resource)

const resourceCovers = (awaited: EventResource, happened: EventResource): boolean =>
  awaited === '*' ||
  awaited === happened ||
  (awaited === 'Pod' && (happened === 'AssignedPod' || happened === 'UnscheduledPod'))

/** The kinds whose shape is known to the compiler. Which of them the API serves is said by registry.ts. */
import type { ConfigMap, Event, LimitRange, Namespace, ResourceQuota, Secret, ServiceAccount } from './types/core.ts'
import type { EndpointSlice, Endpoints, Service } from './types/networking.ts'
import type { Lease, Node, RuntimeClass } from './types/node.ts'
import type { Pod, PodTemplate } from './types/pod.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from './types/rbac.ts'
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from './types/resource.ts'
import type { PodDisruptionBudget, PriorityClass } from './types/scheduling.ts'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from './types/storage.ts'
import type {
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from './types/workloads.ts'

/** The type of each kind's objects, by its name. */
export interface KindMap {
  readonly ClusterRole: ClusterRole
  readonly ClusterRoleBinding: ClusterRoleBinding
  readonly ConfigMap: ConfigMap
  readonly ControllerRevision: ControllerRevision
  readonly CronJob: CronJob
  readonly CSIDriver: CSIDriver
  readonly CSINode: CSINode
  readonly CSIStorageCapacity: CSIStorageCapacity
  readonly DaemonSet: DaemonSet
  readonly Deployment: Deployment
  readonly DeviceClass: DeviceClass
  readonly Endpoints: Endpoints
  readonly EndpointSlice: EndpointSlice
  readonly Event: Event
  readonly Job: Job
  readonly Lease: Lease
  readonly LimitRange: LimitRange
  readonly Namespace: Namespace
  readonly Node: Node
  readonly PersistentVolume: PersistentVolume
  readonly PersistentVolumeClaim: PersistentVolumeClaim
  readonly Pod: Pod
  readonly PodDisruptionBudget: PodDisruptionBudget
  readonly PodTemplate: PodTemplate
  readonly PriorityClass: PriorityClass
  readonly ReplicaSet: ReplicaSet
  readonly ReplicationController: ReplicationController
  readonly ResourceClaim: ResourceClaim
  readonly ResourceClaimTemplate: ResourceClaimTemplate
  readonly ResourceQuota: ResourceQuota
  readonly ResourceSlice: ResourceSlice
  readonly Role: Role
  readonly RoleBinding: RoleBinding
  readonly RuntimeClass: RuntimeClass
  readonly Secret: Secret
  readonly Service: Service
  readonly ServiceAccount: ServiceAccount
  readonly StatefulSet: StatefulSet
  readonly StorageClass: StorageClass
  readonly VolumeAttachment: VolumeAttachment
}

/** A kind's name; also the key under which its objects are stored and viewed. */
export type Kind = keyof KindMap

/** The kinds whose shape is known to the compiler. Which of them the API serves is said by registry.ts. */
import type { ApiObject } from '../events/json.ts'
import type { Definition } from './custom-resources/definition.ts'
import type { HorizontalPodAutoscaler } from './types/autoscaling.ts'
import type { ConfigMap, Event, LimitRange, Namespace, ResourceQuota, Secret, ServiceAccount } from './types/core.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from './types/rbac.ts'
import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from './types/ingress.ts'
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from './types/admissionregistration.ts'
import type { FlowSchema, PriorityLevelConfiguration } from './types/flowcontrol.ts'
import type { APIService } from './types/apiregistration.ts'
import type { CertificateSigningRequest } from './types/certificates.ts'
import type { EndpointSlice, Endpoints, Service } from './types/networking.ts'
import type { Lease, Node, RuntimeClass } from './types/node.ts'
import type { Pod, PodTemplate } from './types/pod.ts'
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
  VolumeAttributesClass,
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

/** The key of a kind that a CustomResourceDefinition defines: the definition's name. */
export type CustomKind = `${string}.${string}`

/** An object whose shape only its definition knows. */
export interface CustomObject extends ApiObject {
  readonly [member: string]: unknown
}

/** The type of each kind's objects, by its name. */
export interface KindMap {
  /** Custom resources, by the name of their definition: `widgets.example.com`. */
  readonly [custom: CustomKind]: CustomObject
  readonly APIService: APIService
  readonly CertificateSigningRequest: CertificateSigningRequest
  readonly ClusterRole: ClusterRole
  readonly ClusterRoleBinding: ClusterRoleBinding
  readonly ConfigMap: ConfigMap
  readonly ControllerRevision: ControllerRevision
  readonly CronJob: CronJob
  readonly CSIDriver: CSIDriver
  readonly CSINode: CSINode
  readonly CSIStorageCapacity: CSIStorageCapacity
  readonly CustomResourceDefinition: Definition
  readonly DaemonSet: DaemonSet
  readonly Deployment: Deployment
  readonly DeviceClass: DeviceClass
  readonly Endpoints: Endpoints
  readonly EndpointSlice: EndpointSlice
  readonly Event: Event
  readonly FlowSchema: FlowSchema
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler
  readonly Ingress: Ingress
  readonly IngressClass: IngressClass
  readonly IPAddress: IPAddress
  readonly Job: Job
  readonly Lease: Lease
  readonly LimitRange: LimitRange
  readonly MutatingAdmissionPolicy: MutatingAdmissionPolicy
  readonly MutatingAdmissionPolicyBinding: MutatingAdmissionPolicyBinding
  readonly MutatingWebhookConfiguration: MutatingWebhookConfiguration
  readonly Namespace: Namespace
  readonly NetworkPolicy: NetworkPolicy
  readonly Node: Node
  readonly PersistentVolume: PersistentVolume
  readonly PersistentVolumeClaim: PersistentVolumeClaim
  readonly Pod: Pod
  readonly PodDisruptionBudget: PodDisruptionBudget
  readonly PodTemplate: PodTemplate
  readonly PriorityClass: PriorityClass
  readonly PriorityLevelConfiguration: PriorityLevelConfiguration
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
  readonly ServiceCIDR: ServiceCIDR
  readonly StatefulSet: StatefulSet
  readonly StorageClass: StorageClass
  readonly ValidatingAdmissionPolicy: ValidatingAdmissionPolicy
  readonly ValidatingAdmissionPolicyBinding: ValidatingAdmissionPolicyBinding
  readonly ValidatingWebhookConfiguration: ValidatingWebhookConfiguration
  readonly VolumeAttachment: VolumeAttachment
  readonly VolumeAttributesClass: VolumeAttributesClass
}

/** A kind's name; also the key under which its objects are stored and viewed. */
export type Kind = keyof KindMap

export const isCustomKind = (kind: string): kind is CustomKind => kind.includes('.')

/** `widgets.example.com`: the resource `widgets` in the group `example.com`. */
export const customResourceOf = (kind: CustomKind): { readonly group: string; readonly resource: string } => {
  const dot = kind.indexOf('.')
  return { group: kind.slice(dot + 1), resource: kind.slice(0, dot) }
}

/** Volumes as objects of their own. Source: api/core/v1/types.go and api/storage/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type {
  Condition,
  LabelSelector,
  Labels,
  ObjectReference,
  Quantity,
  ResourceList,
  TypedLocalObjectReference,
} from './meta.ts'
import type { NodeSelector } from './scheduling.ts'
import type { PersistentVolumeSource } from './volume.ts'

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod'
export type VolumeMode = 'Filesystem' | 'Block'
export type ReclaimPolicy = 'Retain' | 'Delete' | 'Recycle'

export interface PersistentVolumeSpec extends PersistentVolumeSource {
  readonly capacity?: ResourceList
  readonly accessModes?: readonly AccessMode[]
  readonly claimRef?: ObjectReference
  readonly persistentVolumeReclaimPolicy?: ReclaimPolicy
  readonly storageClassName?: string
  readonly mountOptions?: readonly string[]
  readonly volumeMode?: VolumeMode
  readonly nodeAffinity?: { readonly required?: NodeSelector }
  readonly volumeAttributesClassName?: string
}

export interface PersistentVolumeStatus {
  readonly phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed'
  readonly message?: string
  readonly reason?: string
  readonly lastPhaseTransitionTime?: string
}

export interface PersistentVolume extends ApiObject {
  readonly spec: PersistentVolumeSpec
  readonly status?: PersistentVolumeStatus
}

export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly AccessMode[]
  readonly selector?: LabelSelector
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList }
  readonly volumeName?: string
  /** Absent asks for the default class, the empty string for none. */
  readonly storageClassName?: string
  readonly volumeMode?: VolumeMode
  readonly dataSource?: TypedLocalObjectReference
  readonly dataSourceRef?: TypedLocalObjectReference & { readonly namespace?: string }
  readonly volumeAttributesClassName?: string
}

export interface PersistentVolumeClaimStatus {
  readonly phase?: 'Pending' | 'Bound' | 'Lost'
  readonly accessModes?: readonly AccessMode[]
  readonly capacity?: ResourceList
  readonly conditions?: readonly Condition[]
  readonly allocatedResources?: ResourceList
  readonly allocatedResourceStatuses?: Readonly<Record<string, string>>
  readonly currentVolumeAttributesClassName?: string
  readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string; readonly status: string }
}

export interface PersistentVolumeClaim extends ApiObject {
  readonly spec: PersistentVolumeClaimSpec
  readonly status?: PersistentVolumeClaimStatus
}

export interface StorageClass extends ApiObject {
  readonly provisioner: string
  readonly parameters?: Labels
  readonly reclaimPolicy?: ReclaimPolicy
  readonly mountOptions?: readonly string[]
  readonly allowVolumeExpansion?: boolean
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer'
  readonly allowedTopologies?: readonly TopologySelectorTerm[]
}

export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[]
}

export interface CSINodeDriver {
  readonly name: string
  readonly nodeID: string
  readonly topologyKeys?: readonly string[]
  readonly allocatable?: { readonly count?: number }
}

export interface CSINode extends ApiObject {
  readonly spec: { readonly drivers: readonly CSINodeDriver[] }
}

export interface CSIDriver extends ApiObject {
  readonly spec: {
    readonly attachRequired?: boolean
    readonly podInfoOnMount?: boolean
    readonly volumeLifecycleModes?: readonly string[]
    readonly storageCapacity?: boolean
    readonly fsGroupPolicy?: string
    readonly requiresRepublish?: boolean
    readonly seLinuxMount?: boolean
    readonly nodeAllocatableUpdatePeriodSeconds?: number
    readonly tokenRequests?: readonly { readonly audience: string; readonly expirationSeconds?: number }[]
    readonly serviceAccountTokenInSecrets?: boolean
    readonly preventPodSchedulingIfMissing?: boolean
  }
}

export interface CSIStorageCapacity extends ApiObject {
  readonly nodeTopology?: LabelSelector
  readonly storageClassName: string
  readonly capacity?: Quantity
  readonly maximumVolumeSize?: Quantity
}

/** What a volume's parameters may be changed to while it is used. */
export interface VolumeAttributesClass extends ApiObject {
  readonly driverName: string
  readonly parameters?: Labels
}

export interface VolumeAttachment extends ApiObject {
  readonly spec: {
    readonly attacher: string
    readonly nodeName: string
    readonly source: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: PersistentVolumeSpec }
  }
  readonly status?: {
    readonly attached: boolean
    readonly attachmentMetadata?: Labels
    readonly attachError?: { readonly time?: string; readonly message?: string }
    readonly detachError?: { readonly time?: string; readonly message?: string }
  }
}

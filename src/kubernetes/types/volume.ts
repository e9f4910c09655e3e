/** Where a Pod's volumes come from. Source: staging/src/k8s.io/api/core/v1/types.go, VolumeSource (v1.36). */
import type { LabelSelector, LocalObjectReference, ObjectReference, Quantity, TemplateMeta } from './meta.ts'
import type { ObjectFieldSelector, ResourceFieldSelector } from './container.ts'
import type { PersistentVolumeClaimSpec } from './storage.ts'

export interface KeyToPath {
  readonly key: string
  readonly path: string
  readonly mode?: number
}

export interface ConfigMapProjection extends LocalObjectReference {
  readonly items?: readonly KeyToPath[]
  readonly optional?: boolean
}

export interface DownwardAPIFile {
  readonly path: string
  readonly fieldRef?: ObjectFieldSelector
  readonly resourceFieldRef?: ResourceFieldSelector
  readonly mode?: number
}

export interface VolumeProjection {
  readonly secret?: ConfigMapProjection
  readonly configMap?: ConfigMapProjection
  readonly downwardAPI?: { readonly items?: readonly DownwardAPIFile[] }
  readonly serviceAccountToken?: {
    readonly audience?: string
    readonly expirationSeconds?: number
    readonly path: string
  }
  readonly clusterTrustBundle?: {
    readonly name?: string
    readonly signerName?: string
    readonly labelSelector?: LabelSelector
    readonly optional?: boolean
    readonly path: string
  }
  readonly podCertificate?: { readonly signerName: string; readonly keyType: string }
}

/** Sources that a PersistentVolume shares with an inline volume. Names as in the API, one member set. */
export interface SharedVolumeSources {
  readonly hostPath?: { readonly path: string; readonly type?: string }
  readonly gcePersistentDisk?: {
    readonly pdName: string
    readonly fsType?: string
    readonly partition?: number
    readonly readOnly?: boolean
  }
  readonly awsElasticBlockStore?: {
    readonly volumeID: string
    readonly fsType?: string
    readonly partition?: number
    readonly readOnly?: boolean
  }
  readonly azureDisk?: {
    readonly diskName: string
    readonly diskURI: string
    readonly cachingMode?: string
    readonly fsType?: string
    readonly readOnly?: boolean
    readonly kind?: string
  }
  readonly azureFile?: { readonly secretName: string; readonly shareName: string; readonly readOnly?: boolean }
  readonly nfs?: { readonly server: string; readonly path: string; readonly readOnly?: boolean }
  readonly iscsi?: {
    readonly targetPortal: string
    readonly iqn: string
    readonly lun: number
    readonly iscsiInterface?: string
    readonly fsType?: string
    readonly readOnly?: boolean
  }
  readonly rbd?: {
    readonly monitors: readonly string[]
    readonly image: string
    readonly fsType?: string
    readonly pool?: string
    readonly user?: string
    readonly keyring?: string
    readonly readOnly?: boolean
  }
  readonly cephfs?: { readonly monitors: readonly string[]; readonly path?: string; readonly readOnly?: boolean }
  readonly fc?: { readonly targetWWNs?: readonly string[]; readonly lun?: number; readonly fsType?: string }
  readonly cinder?: { readonly volumeID: string; readonly fsType?: string; readonly readOnly?: boolean }
  readonly vsphereVolume?: { readonly volumePath: string; readonly fsType?: string }
  readonly portworxVolume?: { readonly volumeID: string; readonly fsType?: string; readonly readOnly?: boolean }
  readonly scaleIO?: {
    readonly gateway: string
    readonly system: string
    readonly volumeName?: string
    readonly storageMode?: string
    readonly fsType?: string
  }
  readonly flexVolume?: { readonly driver: string; readonly fsType?: string; readonly readOnly?: boolean }
}

export interface VolumeSource extends SharedVolumeSources {
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: Quantity }
  readonly gitRepo?: { readonly repository: string; readonly revision?: string; readonly directory?: string }
  readonly secret?: {
    readonly secretName?: string
    readonly items?: readonly KeyToPath[]
    readonly defaultMode?: number
    readonly optional?: boolean
  }
  readonly configMap?: ConfigMapProjection & { readonly defaultMode?: number }
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean }
  readonly downwardAPI?: { readonly items?: readonly DownwardAPIFile[]; readonly defaultMode?: number }
  readonly projected?: { readonly sources?: readonly VolumeProjection[]; readonly defaultMode?: number }
  readonly csi?: {
    readonly driver: string
    readonly readOnly?: boolean
    readonly fsType?: string
    readonly volumeAttributes?: Readonly<Record<string, string>>
    readonly nodePublishSecretRef?: LocalObjectReference
  }
  readonly ephemeral?: {
    readonly volumeClaimTemplate?: { readonly metadata?: TemplateMeta; readonly spec: PersistentVolumeClaimSpec }
  }
  readonly image?: { readonly reference?: string; readonly pullPolicy?: string }
}

export interface Volume extends VolumeSource {
  readonly name: string
}

export interface PersistentVolumeSource extends SharedVolumeSources {
  readonly local?: { readonly path: string; readonly fsType?: string }
  readonly csi?: {
    readonly driver: string
    readonly volumeHandle: string
    readonly readOnly?: boolean
    readonly fsType?: string
    readonly volumeAttributes?: Readonly<Record<string, string>>
    readonly nodeStageSecretRef?: ObjectReference
    readonly nodePublishSecretRef?: ObjectReference
  }
}

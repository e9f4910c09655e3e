/** Pods. Source: staging/src/k8s.io/api/core/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition, Labels, LocalObjectReference, ResourceList, TemplateMeta, Time } from './meta.ts'
import type {
  Container,
  ContainerStatus,
  EphemeralContainer,
  ResourceRequirements,
  RestartPolicy,
  SecurityProfile,
  WindowsOptions,
} from './container.ts'
import type { Affinity, Toleration, TopologySpreadConstraint } from './scheduling.ts'
import type { Volume } from './volume.ts'

export interface PodSecurityContext {
  readonly seLinuxOptions?: Readonly<Record<string, string>>
  readonly windowsOptions?: WindowsOptions
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
  readonly supplementalGroups?: readonly number[]
  readonly supplementalGroupsPolicy?: string
  readonly fsGroup?: number
  readonly fsGroupChangePolicy?: string
  readonly sysctls?: readonly { readonly name: string; readonly value: string }[]
  readonly seccompProfile?: SecurityProfile
  readonly appArmorProfile?: SecurityProfile
  readonly seLinuxChangePolicy?: string
}

export interface PodDNSConfig {
  readonly nameservers?: readonly string[]
  readonly searches?: readonly string[]
  readonly options?: readonly { readonly name?: string; readonly value?: string }[]
}

export interface HostAlias {
  readonly ip: string
  readonly hostnames?: readonly string[]
}

export interface PodResourceClaim {
  readonly name: string
  readonly resourceClaimName?: string
  readonly resourceClaimTemplateName?: string
}

export interface PodSpec {
  readonly volumes?: readonly Volume[]
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly ephemeralContainers?: readonly EphemeralContainer[]
  readonly restartPolicy?: RestartPolicy
  readonly terminationGracePeriodSeconds?: number
  readonly activeDeadlineSeconds?: number
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None'
  readonly nodeSelector?: Labels
  readonly serviceAccountName?: string
  /** The old spelling of `serviceAccountName`; the API server keeps both equal. */
  readonly serviceAccount?: string
  readonly automountServiceAccountToken?: boolean
  /** Absent or empty: not bound yet. */
  readonly nodeName?: string
  readonly hostNetwork?: boolean
  readonly hostPID?: boolean
  readonly hostIPC?: boolean
  readonly shareProcessNamespace?: boolean
  readonly securityContext?: PodSecurityContext
  readonly imagePullSecrets?: readonly LocalObjectReference[]
  readonly hostname?: string
  readonly subdomain?: string
  readonly affinity?: Affinity
  readonly schedulerName?: string
  readonly tolerations?: readonly Toleration[]
  readonly hostAliases?: readonly HostAlias[]
  readonly priorityClassName?: string
  readonly priority?: number
  readonly dnsConfig?: PodDNSConfig
  readonly readinessGates?: readonly { readonly conditionType: string }[]
  readonly runtimeClassName?: string
  readonly enableServiceLinks?: boolean
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never'
  readonly overhead?: ResourceList
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[]
  readonly setHostnameAsFQDN?: boolean
  readonly os?: { readonly name: 'linux' | 'windows' }
  readonly hostUsers?: boolean
  readonly schedulingGates?: readonly { readonly name: string }[]
  readonly resourceClaims?: readonly PodResourceClaim[]
  /** Pod-level requests and limits; they take the place of the containers' sums for the resources they name. */
  readonly resources?: ResourceRequirements
  readonly hostnameOverride?: string
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'

export interface PodCondition extends Condition {
  readonly lastProbeTime?: Time | null
}

export type PodQOSClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

export interface PodStatus {
  readonly observedGeneration?: number
  readonly phase?: PodPhase
  readonly conditions?: readonly PodCondition[]
  readonly message?: string
  readonly reason?: string
  readonly nominatedNodeName?: string
  readonly hostIP?: string
  readonly hostIPs?: readonly { readonly ip: string }[]
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip: string }[]
  readonly startTime?: Time
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[]
  readonly qosClass?: PodQOSClass
  readonly resize?: string
  readonly resourceClaimStatuses?: readonly { readonly name: string; readonly resourceClaimName?: string }[]
  readonly allocatedResources?: ResourceList
  readonly resources?: ResourceRequirements
  readonly extendedResourceClaimStatus?: { readonly resourceClaimName: string }
}

export interface Pod extends ApiObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

export interface PodTemplateSpec {
  readonly metadata?: TemplateMeta
  readonly spec: PodSpec
}

export interface PodTemplate extends ApiObject {
  readonly template: PodTemplateSpec
}

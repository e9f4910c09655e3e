/** VerticalPodAutoscalers and their checkpoints. Source: kubernetes/autoscaler, vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1/types.go. */
import type { ApiObject } from '../../events/json.ts'
import type { CustomKind } from '../../kubernetes/kinds.ts'
import type { CrossVersionObjectReference } from '../../kubernetes/types/autoscaling.ts'
import type { Condition, ResourceList, Time } from '../../kubernetes/types/meta.ts'

export const VPA_GROUP = 'autoscaling.k8s.io'
export const VPA_KIND: CustomKind = `verticalpodautoscalers.${VPA_GROUP}`
export const CHECKPOINT_KIND: CustomKind = `verticalpodautoscalercheckpoints.${VPA_GROUP}`

export type UpdateMode = 'Off' | 'Initial' | 'Recreate' | 'Auto' | 'InPlaceOrRecreate'

export interface ContainerResourcePolicy {
  /** `*` for all that are not named. */
  readonly containerName?: string
  readonly mode?: 'Auto' | 'Off'
  readonly minAllowed?: ResourceList
  readonly maxAllowed?: ResourceList
  readonly controlledResources?: readonly string[]
  readonly controlledValues?: 'RequestsAndLimits' | 'RequestsOnly'
}

export interface RecommendedContainer {
  readonly containerName: string
  readonly target: ResourceList
  readonly lowerBound?: ResourceList
  readonly upperBound?: ResourceList
  readonly uncappedTarget?: ResourceList
}

export interface VerticalPodAutoscaler extends ApiObject {
  readonly spec: {
    readonly targetRef?: CrossVersionObjectReference
    readonly updatePolicy?: { readonly updateMode?: UpdateMode; readonly minReplicas?: number }
    readonly resourcePolicy?: { readonly containerPolicies?: readonly ContainerResourcePolicy[] }
  }
  readonly status?: {
    readonly recommendation?: { readonly containerRecommendations?: readonly RecommendedContainer[] }
    readonly conditions?: readonly Condition[]
  }
}

/** A histogram as it is kept: weights scaled to at most 10,000. */
export interface HistogramCheckpoint {
  readonly referenceTimestamp?: Time
  /** By number of the bucket. */
  readonly bucketWeights?: Readonly<Record<string, number>>
  readonly totalWeight?: number
}

export interface VerticalPodAutoscalerCheckpoint extends ApiObject {
  readonly spec: { readonly vpaObjectName?: string; readonly containerName?: string }
  readonly status?: {
    readonly lastUpdateTime?: Time
    readonly version?: string
    readonly cpuHistogram?: HistogramCheckpoint
    readonly memoryHistogram?: HistogramCheckpoint
    readonly firstSampleStart?: Time
    readonly lastSampleStart?: Time
    readonly totalSamplesCount?: number
  }
}

/** Without a policy Pods are updated. Source: pkg/utils/vpa/api.go, GetUpdateMode. */
export const updateModeOf = ({ spec }: VerticalPodAutoscaler): UpdateMode => spec.updatePolicy?.updateMode ?? 'Auto'

/** The policy of a container: its own, or that of all others. Source: pkg/utils/vpa/api.go, GetContainerResourcePolicy. */
export const policyOf = ({ spec }: VerticalPodAutoscaler, container: string): ContainerResourcePolicy | undefined => {
  const policies = spec.resourcePolicy?.containerPolicies ?? []
  return (
    policies.find(({ containerName }) => containerName === container) ??
    policies.find(({ containerName }) => containerName === '*')
  )
}

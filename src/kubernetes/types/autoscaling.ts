/** HorizontalPodAutoscalers, in the version that is stored and in the old one. Source: api/autoscaling/{v2,v1}/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition, LabelSelector, Quantity, Time } from './meta.ts'

export interface CrossVersionObjectReference {
  readonly kind: string
  readonly name: string
  readonly apiVersion?: string
}

export interface MetricIdentifier {
  readonly name: string
  readonly selector?: LabelSelector
}

export interface MetricTarget {
  readonly type: 'Utilization' | 'Value' | 'AverageValue'
  readonly value?: Quantity
  readonly averageValue?: Quantity
  readonly averageUtilization?: number
}

export interface MetricValueStatus {
  readonly value?: Quantity
  readonly averageValue?: Quantity
  readonly averageUtilization?: number
}

export type MetricSourceType = 'Object' | 'Pods' | 'Resource' | 'ContainerResource' | 'External'

export interface MetricSpec {
  readonly type: MetricSourceType
  readonly object?: {
    readonly describedObject: CrossVersionObjectReference
    readonly target: MetricTarget
    readonly metric: MetricIdentifier
  }
  readonly pods?: { readonly metric: MetricIdentifier; readonly target: MetricTarget }
  readonly resource?: { readonly name: string; readonly target: MetricTarget }
  readonly containerResource?: { readonly name: string; readonly target: MetricTarget; readonly container: string }
  readonly external?: { readonly metric: MetricIdentifier; readonly target: MetricTarget }
}

export interface MetricStatus {
  /** Empty where nothing is known of the metric. */
  readonly type: MetricSourceType | ''
  readonly object?: {
    readonly metric: MetricIdentifier
    readonly current: MetricValueStatus
    readonly describedObject: CrossVersionObjectReference
  }
  readonly pods?: { readonly metric: MetricIdentifier; readonly current: MetricValueStatus }
  readonly resource?: { readonly name: string; readonly current: MetricValueStatus }
  readonly containerResource?: {
    readonly name: string
    readonly current: MetricValueStatus
    readonly container: string
  }
  readonly external?: { readonly metric: MetricIdentifier; readonly current: MetricValueStatus }
}

export interface HPAScalingPolicy {
  readonly type: 'Pods' | 'Percent'
  readonly value: number
  readonly periodSeconds: number
}

export interface HPAScalingRules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled'
  readonly policies?: readonly HPAScalingPolicy[]
  readonly tolerance?: Quantity
}

export interface HorizontalPodAutoscalerSpec {
  readonly scaleTargetRef: CrossVersionObjectReference
  readonly minReplicas?: number
  readonly maxReplicas: number
  readonly metrics?: readonly MetricSpec[]
  readonly behavior?: { readonly scaleUp?: HPAScalingRules; readonly scaleDown?: HPAScalingRules }
}

export interface HorizontalPodAutoscalerStatus {
  readonly observedGeneration?: number
  readonly lastScaleTime?: Time
  readonly currentReplicas?: number
  readonly desiredReplicas: number
  readonly currentMetrics?: readonly MetricStatus[]
  readonly conditions?: readonly Condition[]
}

/** `autoscaling/v2`. */
export interface HorizontalPodAutoscaler extends ApiObject {
  readonly spec: HorizontalPodAutoscalerSpec
  readonly status?: HorizontalPodAutoscalerStatus
}

/** `autoscaling/v1`: the processor is its only metric. */
export interface HorizontalPodAutoscalerV1 extends ApiObject {
  readonly spec: {
    readonly scaleTargetRef: CrossVersionObjectReference
    readonly minReplicas?: number
    readonly maxReplicas: number
    readonly targetCPUUtilizationPercentage?: number
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly lastScaleTime?: Time
    readonly currentReplicas: number
    readonly desiredReplicas: number
    readonly currentCPUUtilizationPercentage?: number
  }
}

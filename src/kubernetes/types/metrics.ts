/**
 * What the metrics APIs answer. Source: k8s.io/metrics/pkg/apis/metrics/v1beta1, custom_metrics/v1beta2 and
 * external_metrics/v1beta1, types.go (v0.36).
 */
import type { Labels, Quantity, ResourceList, Time } from './meta.ts'

/** Usage over `window` before `timestamp`. */
export interface PodMetricsItem {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly creationTimestamp: Time
    readonly labels?: Labels
  }
  readonly timestamp: Time
  /** As Go writes durations. */
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: ResourceList }[]
}

export interface PodMetricsList {
  readonly kind: 'PodMetricsList'
  readonly apiVersion: 'metrics.k8s.io/v1beta1'
  readonly metadata: object
  readonly items: readonly PodMetricsItem[]
}

export interface NodeMetricsItem {
  readonly metadata: { readonly name: string; readonly creationTimestamp: Time; readonly labels?: Labels }
  readonly timestamp: Time
  readonly window: string
  readonly usage: ResourceList
}

export interface NodeMetricsList {
  readonly kind: 'NodeMetricsList'
  readonly apiVersion: 'metrics.k8s.io/v1beta1'
  readonly metadata: object
  readonly items: readonly NodeMetricsItem[]
}

export interface CustomMetricList {
  readonly kind: 'MetricValueList'
  readonly apiVersion: 'custom.metrics.k8s.io/v1beta2'
  readonly metadata: object
  readonly items: readonly {
    readonly describedObject: { readonly kind: string; readonly namespace?: string; readonly name: string }
    readonly metric: { readonly name: string }
    readonly timestamp: Time
    readonly windowSeconds?: number
    readonly value: Quantity
  }[]
}

export interface ExternalMetricList {
  readonly kind: 'ExternalMetricValueList'
  readonly apiVersion: 'external.metrics.k8s.io/v1beta1'
  readonly metadata: object
  readonly items: readonly {
    readonly metricName: string
    readonly metricLabels: Labels
    readonly timestamp: Time
    readonly value: Quantity
  }[]
}

/** HorizontalPodAutoscalers as rows. Source: pkg/printers/internalversion/printers.go, formatHPAMetrics (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Quantity } from '../types/meta.ts'
import { age } from './age.ts'
import { measuredMetrics, wantedMetrics } from './autoscaling-v1.ts'
import { nameOf, quantityText } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME } from './table.ts'

interface MetricValue {
  readonly value?: Quantity
  readonly averageValue?: Quantity
  /** Per cent. */
  readonly averageUtilization?: number
}

/** What is asked for has a `target`, what was measured has a `current`. */
export interface MetricSource {
  readonly name?: string
  readonly target?: MetricValue
  readonly current?: MetricValue
}

export interface Metric {
  readonly type?: string
  readonly resource?: MetricSource
  readonly containerResource?: MetricSource
  readonly pods?: MetricSource
  readonly object?: MetricSource
  readonly external?: MetricSource
}

export interface HorizontalPodAutoscaler extends ApiObject {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string }
    readonly minReplicas?: number
    readonly maxReplicas?: number
    readonly metrics?: readonly Metric[]
    /** Only in `autoscaling/v1`. */
    readonly targetCPUUtilizationPercentage?: number
  }
  readonly status?: {
    readonly currentReplicas?: number
    readonly currentMetrics?: readonly Metric[] | null
    /** Only in `autoscaling/v1`. */
    readonly currentCPUUtilizationPercentage?: number
  }
}

/** So many metrics are shown. */
const MOST = 2

export const horizontalPodAutoscalers = printer<HorizontalPodAutoscaler>(
  [NAME, column('Reference'), column('Targets'), column('MinPods'), column('MaxPods'), column('Replicas'), AGE],
  (autoscaler, now) => [
    nameOf(autoscaler),
    `${autoscaler.spec?.scaleTargetRef?.kind ?? ''}/${autoscaler.spec?.scaleTargetRef?.name ?? ''}`,
    targets(wantedMetrics(autoscaler), measuredMetrics(autoscaler)),
    autoscaler.spec?.minReplicas === undefined ? '<unset>' : String(autoscaler.spec.minReplicas),
    autoscaler.spec?.maxReplicas ?? 0,
    autoscaler.status?.currentReplicas ?? 0,
    age(autoscaler, now),
  ],
)

function targets(metrics: readonly Metric[], measured: readonly Metric[]): string {
  if (metrics.length === 0) return '<none>'
  const shown = metrics.slice(0, MOST).map((metric, i) => metricText(metric, measured[i]))
  return metrics.length > MOST ? `${shown.join(', ')} + ${metrics.length - MOST} more...` : shown.join(', ')
}

function metricText(metric: Metric, measured: Metric | undefined): string {
  switch (metric.type) {
    case 'External':
      return valueText(metric.external, measured?.external)
    case 'Object':
      return valueText(metric.object, measured?.object)
    case 'Pods':
      return perPod(metric.pods, measured?.pods)
    case 'Resource':
      return resourceText(metric.resource, measured?.resource)
    case 'ContainerResource':
      return resourceText(metric.containerResource, measured?.containerResource)
    default:
      return '<unknown type>'
  }
}

const UNKNOWN = '<unknown>'

const perPod = (wanted: MetricSource | undefined, measured: MetricSource | undefined): string =>
  `${measured === undefined ? UNKNOWN : quantityText(measured.current?.averageValue)}/${quantityText(wanted?.target?.averageValue)}`

/** Of the cluster's objects and of the world outside: in all, or per Pod. */
function valueText(wanted: MetricSource | undefined, measured: MetricSource | undefined): string {
  const { averageValue, value } = wanted?.target ?? {}
  if (averageValue !== undefined) {
    const current = measured?.current?.averageValue
    return `${current === undefined ? UNKNOWN : quantityText(current)}/${quantityText(averageValue)} (avg)`
  }
  return `${measured === undefined ? UNKNOWN : quantityText(measured.current?.value)}/${quantityText(value)}`
}

/** Processors and memory: an amount per Pod, or a share of what was requested. */
function resourceText(wanted: MetricSource | undefined, measured: MetricSource | undefined): string {
  const { averageValue, averageUtilization } = wanted?.target ?? {}
  if (averageValue !== undefined) return `${wanted?.name ?? ''}: ${perPod(wanted, measured)}`
  const current = measured?.current?.averageUtilization
  const target = averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`
  return `${wanted?.name ?? ''}: ${current === undefined ? UNKNOWN : `${current}%`}/${target}`
}

/**
 * The metrics of an autoscaler, wherever its version keeps them: `autoscaling/v1` has fields for the processors only and
 * puts all else into annotations, in names of its own.
 *
 * Source: pkg/apis/autoscaling/v1/conversion.go (v1.36).
 */
import type { Draft } from '../draft.ts'
import type { Labels } from '../types/meta.ts'
import type { HorizontalPodAutoscaler, Metric, MetricSource } from './autoscaling.ts'

const WANTED = 'autoscaling.alpha.kubernetes.io/metrics'
const MEASURED = 'autoscaling.alpha.kubernetes.io/current-metrics'

type Metrics = readonly Draft<Metric>[]

export const wantedMetrics = ({ metadata, spec }: Draft<HorizontalPodAutoscaler>): Metrics =>
  spec?.metrics ?? [
    ...annotated(metadata?.annotations, WANTED),
    ...processors('target', spec?.targetCPUUtilizationPercentage),
  ]

export const measuredMetrics = ({ metadata, status }: Draft<HorizontalPodAutoscaler>): Metrics =>
  status?.currentMetrics ?? [
    ...annotated(metadata?.annotations, MEASURED),
    ...processors('current', status?.currentCPUUtilizationPercentage),
  ]

const processors = (side: 'target' | 'current', averageUtilization: number | undefined): Metrics =>
  averageUtilization === undefined
    ? []
    : [{ type: 'Resource', resource: { name: 'cpu', [side]: { averageUtilization } } }]

/** Users may write anything into annotations: what isn't a list of metrics is none. */
function annotated(annotations: Labels | undefined, key: string): Metrics {
  const metrics = parsed(annotations?.[key])
  return Array.isArray(metrics) ? metrics.map((metric) => fromV1(membersOf(metric))) : []
}

function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}

type Members = Readonly<Record<string, unknown>>

const membersOf = (value: unknown): Members => (typeof value === 'object' && value !== null ? { ...value } : {})

const fromV1 = (metric: Members): Metric => ({
  type: textOf(metric['type']),
  resource: sourceFromV1(membersOf(metric['resource'])),
  containerResource: sourceFromV1(membersOf(metric['containerResource'])),
  pods: sourceFromV1(membersOf(metric['pods'])),
  object: sourceFromV1(membersOf(metric['object'])),
  external: sourceFromV1(membersOf(metric['external'])),
})

/** Only of an object's metric the average has one name on both sides. */
function sourceFromV1(source: Members): MetricSource {
  const side = (prefix: 'target' | 'current') => ({
    value: textOf(source[`${prefix}Value`]),
    averageValue: textOf(source[`${prefix}AverageValue`] ?? source['averageValue']),
    averageUtilization: numberOf(source[`${prefix}AverageUtilization`]),
  })
  return { name: textOf(source['name']), target: side('target'), current: side('current') }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

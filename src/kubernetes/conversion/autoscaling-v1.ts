/**
 * HorizontalPodAutoscalers of autoscaling/v1 ↔ v2: what the old version cannot say travels in annotations.
 *
 * Source: pkg/apis/autoscaling/v1/conversion.go; pkg/apis/autoscaling/annotations.go (v1.36).
 */
import { either } from 'fp-ts'
import type { ApiObject, Json, ObjectMeta } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import type { OtherVersion } from '../kind-rows/row.ts'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerV1,
  HPAScalingRules,
  MetricSpec,
} from '../types/autoscaling.ts'
import type { Condition } from '../types/meta.ts'
import { currentFromV1, metricToV1, targetFromV1, type MetricV1 } from './autoscaling-metrics.ts'

const PREFIX = 'autoscaling.alpha.kubernetes.io/'
const METRICS = `${PREFIX}metrics`
const CURRENT_METRICS = `${PREFIX}current-metrics`
const CONDITIONS = `${PREFIX}conditions`
const BEHAVIOR = `${PREFIX}behavior`
const OURS: readonly string[] = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR]

export const AUTOSCALING_V1: OtherVersion = {
  version: 'v1',
  toHub: (object) => toV2(object),
  fromHub: (object) => toV1(object as HorizontalPodAutoscaler),
}

const isProcessor = ({ type, resource }: MetricSpec): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined

function toV1(autoscaler: HorizontalPodAutoscaler): ApiObject {
  const { metadata, spec, status } = autoscaler
  const { metrics = [], behavior } = spec
  const { currentMetrics = [], conditions = [] } = status ?? {}
  const added: Record<string, string> = {}
  const others = metrics.filter((metric) => !isProcessor(metric))
  if (behavior !== undefined) added[BEHAVIOR] = JSON.stringify(internalBehavior(behavior))
  if (conditions.length > 0) {
    added[CONDITIONS] = JSON.stringify(conditions.map((one) => conditionText(one)))
  }
  if (currentMetrics.length > 0) {
    added[CURRENT_METRICS] = JSON.stringify(currentMetrics.map((metric) => metricToV1(metric, 'current')))
  }
  if (others.length > 0) added[METRICS] = JSON.stringify(others.map((metric) => metricToV1(metric, 'target')))
  const target = metrics.find(isProcessor)?.resource?.target.averageUtilization
  const measured = currentMetrics.find(({ resource }) => resource?.name === 'cpu')?.resource?.current.averageUtilization
  const old: HorizontalPodAutoscalerV1 = {
    ...autoscaler,
    metadata: withAnnotations(metadata, added),
    spec: {
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas === undefined ? {} : { minReplicas: spec.minReplicas }),
      maxReplicas: spec.maxReplicas,
      ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }),
    },
    status: {
      ...(status?.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
      ...(status?.lastScaleTime === undefined ? {} : { lastScaleTime: status.lastScaleTime }),
      currentReplicas: status?.currentReplicas ?? 0,
      desiredReplicas: status?.desiredReplicas ?? 0,
      ...(measured === undefined ? {} : { currentCPUUtilizationPercentage: measured }),
    },
  }
  return old
}

/** Without annotations of ours that are there, with those that belong there. */
function withAnnotations<M extends Draft<ObjectMeta>>(metadata: M, added: Readonly<Record<string, string>>): M {
  const { annotations, ...rest } = metadata
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !OURS.includes(key))
  const whole = { ...Object.fromEntries(kept), ...added }
  return (Object.keys(whole).length === 0 ? rest : { ...rest, annotations: whole }) as M
}

const conditionText = ({ type, status, lastTransitionTime, reason, message }: Condition): Json => ({
  type,
  status,
  lastTransitionTime: lastTransitionTime ?? null,
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message }),
})

type Behavior = NonNullable<HorizontalPodAutoscalerSpec['behavior']>

/** Upstream writes the Go structure here, with its own names. */
const internalBehavior = ({ scaleUp, scaleDown }: Behavior): Json => ({
  ScaleUp: internalRules(scaleUp),
  ScaleDown: internalRules(scaleDown),
})

const internalRules = (rules: HPAScalingRules | undefined): Json =>
  rules === undefined
    ? null
    : {
        StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
        SelectPolicy: rules.selectPolicy ?? null,
        Policies:
          rules.policies?.map(({ type, value, periodSeconds }) => ({
            Type: type,
            Value: value,
            PeriodSeconds: periodSeconds,
          })) ?? null,
        Tolerance: rules.tolerance ?? null,
      }

function toV2(object: Draft<ApiObject>): Draft<ApiObject> {
  const { metadata = {}, spec = {}, status } = object as Draft<HorizontalPodAutoscalerV1>
  const { targetCPUUtilizationPercentage: target, ...rest } = spec
  const annotations = metadata.annotations ?? {}
  const others = parsed<readonly MetricV1[]>(annotations[METRICS])?.map(targetFromV1) ?? []
  const metrics = target === undefined ? others : [...others, processorAt(target)]
  const behavior = parsed<Json>(annotations[BEHAVIOR])
  const converted: Draft<HorizontalPodAutoscaler> = {
    ...object,
    metadata: withAnnotations(metadata, {}),
    spec: {
      ...rest,
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(behavior === undefined ? {} : { behavior: externalNames(behavior) as Behavior }),
    },
    ...(status === undefined ? {} : { status: statusToV2(status, annotations) }),
  }
  return converted
}

const processorAt = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

function statusToV2(
  status: NonNullable<Draft<HorizontalPodAutoscalerV1>['status']>,
  annotations: Readonly<Record<string, string | undefined>>,
): Draft<HorizontalPodAutoscaler>['status'] {
  const { currentCPUUtilizationPercentage: measured, currentReplicas = 0, ...rest } = status
  const current = parsed<readonly MetricV1[]>(annotations[CURRENT_METRICS])?.map(currentFromV1)
  const conditions = parsed<readonly Condition[]>(annotations[CONDITIONS])
  const currentMetrics =
    current ??
    (measured === undefined
      ? undefined
      : [{ type: 'Resource' as const, resource: { name: 'cpu', current: { averageUtilization: measured } } }])
  return {
    ...rest,
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(currentMetrics === undefined ? {} : { currentMetrics }),
    ...(conditions === undefined ? {} : { conditions }),
  }
}

/** What cannot be read is dropped, as upstream does. */
function parsed<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  const read = either.tryCatch(
    () => JSON.parse(text) as T,
    () => undefined,
  )
  return either.isLeft(read) ? undefined : read.right
}

/** `ScaleUp` is `scaleUp`; null is absent. */
function externalNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(externalNames)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as Readonly<Record<string, Json>>).filter(([, member]) => member !== null)
  return Object.fromEntries(
    entries.map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), externalNames(member)]),
  )
}

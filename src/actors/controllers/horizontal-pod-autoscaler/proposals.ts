import { either } from 'fp-ts'
import type { Micros } from '../../../events/envelope.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { goSelector } from '../../../kubernetes/go-selector.ts'
import { milliValue, quantityOfMillis } from '../../../kubernetes/quantity.ts'
import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../../kubernetes/types/autoscaling.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { groupPods, type PodMetrics } from './pod-groups.ts'
import {
  readExternalMetric,
  readObjectMetric,
  readPodsMetric,
  readResource,
  type Reading,
  type Selected,
} from './readings.ts'
import {
  countReady,
  DEFAULT_TOLERANCE,
  replicasByAverage,
  replicasByRatio,
  replicasByShare,
  replicasByUtilization,
  type Count,
  type Tolerance,
  type Unknown,
} from './replicas.ts'
import { requestsOf } from './requests.ts'

/** What one metric asks for. */
export interface Proposal {
  readonly replicas: number
  /** As reasons name it. */
  readonly metric: string
  readonly status: MetricStatus
}

/** Why one metric says nothing: the condition's reason, the words of the Event, and those of the sum of all metrics. */
export interface NoProposal {
  readonly reason: string
  readonly message: string
  readonly error: string
}

/** The target as a proposal needs it. */
export interface Scaled {
  readonly autoscaler: HorizontalPodAutoscaler
  readonly selected: Selected
  readonly pods: readonly Pod[]
  readonly wanted: number
  readonly present: number
  readonly now: Micros
}

/** Source: pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetric (v1.36). */
export function* propose(spec: MetricSpec, scaled: Scaled): Sync<Proposal | NoProposal> {
  switch (spec.type) {
    case 'Resource': {
      const { name, target } = spec.resource ?? { name: '', target: NO_TARGET }
      const found = yield* byResource(name, '', `${name} resource`, target, scaled)
      if (either.isLeft(found)) return failed('FailedGetResourceMetric', `${name} resource metric`, found.left)
      const { value: current, ...rest } = found.right
      return { ...rest, status: { type: 'Resource', resource: { name, current } } }
    }
    case 'ContainerResource': {
      const { name, container, target } = spec.containerResource ?? { name: '', container: '', target: NO_TARGET }
      const found = yield* byResource(name, container, `${name} container resource`, target, scaled)
      if (either.isLeft(found))
        return failed('FailedGetContainerResourceMetric', `${container} container metric`, found.left)
      const { value: current, ...rest } = found.right
      return { ...rest, status: { type: 'ContainerResource', containerResource: { name, container, current } } }
    }
    case 'Pods':
      return yield* byPods(spec, scaled)
    case 'Object':
      return yield* byObject(spec, scaled)
    case 'External':
      return yield* byExternal(spec, scaled)
  }
}

const NO_TARGET: MetricTarget = { type: 'Value' }

/** `within`: the message as the sum of all metrics tells it, where it puts more words before it. */
const failed = (reason: string, what: string, message: string, within = message): NoProposal => ({
  reason,
  message,
  error: `failed to get ${what} value: ${within}`,
})

interface Measured {
  readonly replicas: number
  readonly metric: string
  readonly value: MetricValueStatus
}

const average = (millis: number): MetricValueStatus => ({ averageValue: quantityOfMillis(millis) })

/** Source: horizontal.go, computeStatusForResourceMetricGeneric; replica_calculator.go, GetResourceReplicas, GetRawResourceReplicas. */
function* byResource(
  resource: string,
  container: string,
  label: string,
  { averageValue, averageUtilization }: MetricTarget,
  scaled: Scaled,
): Sync<Reading<Measured>> {
  const what = averageValue === undefined ? 'utilization' : 'usage'
  const unknown = (why: string): Reading<never> => either.left(`failed to get ${resource} ${what}: ${why}`)
  if (averageValue === undefined && averageUtilization === undefined) {
    return either.left(
      'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    )
  }
  const metrics = yield* readResource(scaled.selected, resource, container)
  if (either.isLeft(metrics)) return unknown(metrics.left)
  if (scaled.pods.length === 0) return unknown(NO_PODS)
  const count =
    averageValue === undefined
      ? utilizationCount(resource, container, averageUtilization ?? 0, metrics.right, scaled)
      : averageCount(resource, milliValue(averageValue), metrics.right, scaled)
  if ('problem' in count) return unknown(count.problem)
  const { replicas } = count
  if (averageValue !== undefined) {
    return either.right({ replicas, metric: `${resource} resource`, value: average(count.average) })
  }
  const value = { averageUtilization: count.utilization, ...average(count.average) }
  return either.right({ replicas, metric: `${label} utilization (percentage of request)`, value })
}

const NO_PODS = 'no pods returned by selector while calculating replica count'

const utilizationCount = (
  resource: string,
  container: string,
  target: number,
  metrics: PodMetrics,
  { autoscaler, pods, wanted, now }: Scaled,
): Count | Unknown => {
  const groups = groupPods(pods, metrics, resource, now)
  const requests = requestsOf(pods, resource, container)
  if (either.isLeft(requests)) return { problem: `failed to get pod requests: ${requests.left}` }
  return replicasByUtilization(wanted, target, metrics, requests.right, groups, toleranceOf(autoscaler))
}

const averageCount = (
  resource: string | undefined,
  target: number,
  metrics: PodMetrics,
  { autoscaler, pods, wanted, now }: Scaled,
): Count | Unknown =>
  replicasByAverage(wanted, target, metrics, groupPods(pods, metrics, resource, now), toleranceOf(autoscaler))

/** Source: horizontal.go, computeStatusForPodsMetric. */
function* byPods({ pods: spec }: MetricSpec, scaled: Scaled): Sync<Proposal | NoProposal> {
  const { metric, target } = spec ?? { metric: { name: '' }, target: NO_TARGET }
  const fail = (why: string): NoProposal => failed('FailedGetPodsMetric', 'pods metric', why)
  const metrics = yield* readPodsMetric(scaled.selected, metric)
  if (either.isLeft(metrics)) return fail(metrics.left)
  if (scaled.pods.length === 0) return fail(NO_PODS)
  const count = averageCount(undefined, milliValue(target.averageValue ?? '0'), metrics.right, scaled)
  if ('problem' in count) return fail(count.problem)
  const status: MetricStatus = { type: 'Pods', pods: { metric, current: average(count.average) } }
  return { replicas: count.replicas, metric: `pods metric ${metric.name}`, status }
}

/** Source: horizontal.go, computeStatusForObjectMetric. */
function* byObject({ object: spec }: MetricSpec, scaled: Scaled): Sync<Proposal | NoProposal> {
  const described = spec?.describedObject ?? { kind: '', name: '' }
  const { metric, target } = spec ?? { metric: { name: '' }, target: NO_TARGET }
  const usage = yield* readObjectMetric(scaled.selected.namespace, described, metric)
  const isShared = target.type === 'AverageValue'
  if (either.isLeft(usage)) {
    const within = isShared ? `failed to get ${metric.name} object metric: ${usage.left}` : usage.left
    return failed('FailedGetObjectMetric', 'object metric', usage.left, within)
  }
  const { replicas, current } = ofOneNumber(usage.right, target, scaled)
  const status: MetricStatus = { type: 'Object', object: { metric, current, describedObject: described } }
  const label = isShared
    ? `external metric ${metric.name}(${goSelector(metric.selector)})`
    : `${described.kind} metric ${metric.name}`
  return { replicas, metric: label, status }
}

/** Source: horizontal.go, computeStatusForExternalMetric. */
function* byExternal({ external: spec }: MetricSpec, scaled: Scaled): Sync<Proposal | NoProposal> {
  const { metric, target } = spec ?? { metric: { name: '' }, target: NO_TARGET }
  const usage = yield* readExternalMetric(scaled.selected.namespace, metric)
  if (either.isLeft(usage)) {
    const what = target.averageValue === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`
    const within = `failed to get ${what}: ${usage.left}`
    return failed('FailedGetExternalMetric', `${metric.name} external metric`, usage.left, within)
  }
  const { replicas, current } = ofOneNumber(usage.right, target, scaled)
  const status: MetricStatus = { type: 'External', external: { metric, current } }
  return { replicas, metric: `external metric ${metric.name}(${goSelector(metric.selector)})`, status }
}

const ofOneNumber = (
  usage: number,
  { value, averageValue }: MetricTarget,
  { autoscaler, pods, wanted, present }: Scaled,
): { readonly replicas: number; readonly current: MetricValueStatus } => {
  const tolerance = toleranceOf(autoscaler)
  if (averageValue !== undefined) {
    const shared = replicasByShare(present, usage, milliValue(averageValue), tolerance)
    return { replicas: shared.replicas, current: average(shared.average) }
  }
  const ratio = usage / milliValue(value ?? '0')
  const replicas = replicasByRatio(wanted, ratio, tolerance, () => countReady(pods))
  return { replicas, current: { value: quantityOfMillis(usage) } }
}

/** Each direction may have its own: gate HPAConfigurableTolerance, on. Source: horizontal.go, tolerancesForHpa (v1.36). */
const toleranceOf = ({ spec: { behavior } }: HorizontalPodAutoscaler): Tolerance => {
  const of = (rules: HPAScalingRules | undefined): number =>
    rules?.tolerance === undefined ? DEFAULT_TOLERANCE : milliValue(rules.tolerance) / 1000
  return { up: of(behavior?.scaleUp), down: of(behavior?.scaleDown) }
}

import { either } from 'fp-ts'
import type { ApiAnswer } from '../../../engine/client/api-client.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { goSelector } from '../../../kubernetes/go-selector.ts'
import { milliValue } from '../../../kubernetes/quantity.ts'
import { formatSelector } from '../../../kubernetes/selectors.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import { rowByApiVersion } from '../../../kubernetes/registry.ts'
import type { CrossVersionObjectReference, MetricIdentifier } from '../../../kubernetes/types/autoscaling.ts'
import type { CustomMetricList, ExternalMetricList, PodMetricsList } from '../../../kubernetes/types/metrics.ts'
import { parseDuration } from '../../../kubernetes/workload/duration.ts'
import type { PodMetric, PodMetrics } from './pod-groups.ts'
import type { Unknown } from './replicas.ts'

/** Whose metrics are read: the Pods of one namespace that a selector's text matches. */
export interface Selected {
  readonly namespace: string
  readonly selector: string
}

export type Reading<T> = either.Either<string, T>

/**
 * What each Pod uses of a resource, in one of its containers or in all together.
 * Source: pkg/controller/podautoscaler/metrics/client.go, resourceMetricsClient (v1.36).
 */
export function* readResource(
  { namespace, selector: labelSelector }: Selected,
  resource: string,
  container: string,
): Sync<Reading<PodMetrics>> {
  const failed = (why: string): Reading<never> => either.left(`unable to get metrics for resource ${resource}: ${why}`)
  const answer = yield* call({
    verb: 'list',
    kind: 'pods.metrics.k8s.io',
    apiVersion: 'metrics.k8s.io/v1beta1',
    namespace,
    options: { labelSelector },
  })
  if (!answer.ok) return failed(`unable to fetch metrics from resource metrics API: ${answer.message}`)
  const { items } = answer.body as PodMetricsList
  if (items.length === 0) return failed('no metrics returned from resource metrics API')
  const metrics = new Map<string, PodMetric>()
  for (const { metadata, timestamp, window, containers } of items) {
    const counted = container === '' ? containers : containers.filter(({ name }) => name === container)
    if (container !== '' && counted.length === 0) {
      return failed(
        `failed to get container metrics: container ${container} not present in metrics for pod ${namespace}/${metadata.name}`,
      )
    }
    let value = 0
    let isComplete = true
    for (const { usage } of counted) {
      const used = usage[resource]
      if (used === undefined) isComplete = false
      else value += milliValue(used)
    }
    if (isComplete) {
      metrics.set(metadata.name, { value, timestamp: parseTime(timestamp) ?? 0, window: parseDuration(window) ?? 0 })
    }
  }
  return either.right(metrics)
}

/** Source: metrics/client.go, customMetricsClient.GetRawMetric (v1.36). */
export function* readPodsMetric(
  { namespace, selector: labelSelector }: Selected,
  metric: MetricIdentifier,
): Sync<Reading<PodMetrics>> {
  const answer = yield* call({
    verb: 'get',
    kind: 'pods.custom.metrics.k8s.io',
    apiVersion: CUSTOM_METRICS,
    namespace,
    name: '*',
    subresource: metric.name,
    options: { labelSelector },
  })
  const failed = (why: string): Reading<never> => either.left(`unable to get metric ${metric.name}: ${why}`)
  if (!answer.ok) return failed(`unable to fetch metrics from custom metrics API: ${answer.message}`)
  const { items } = answer.body as CustomMetricList
  if (items.length === 0) return failed('no metrics returned from custom metrics API')
  const metrics = new Map<string, PodMetric>()
  for (const { describedObject, timestamp, value, windowSeconds = 60 } of items) {
    const one = { value: milliValue(value), timestamp: parseTime(timestamp) ?? 0, window: windowSeconds * 1_000_000 }
    metrics.set(describedObject.name, one)
  }
  return either.right(metrics)
}

const CUSTOM_METRICS = 'custom.metrics.k8s.io/v1beta2'

/** Thousandths of an object's metric. Source: metrics/client.go, GetObjectMetric (v1.36). */
export function* readObjectMetric(
  namespace: string,
  described: CrossVersionObjectReference,
  metric: MetricIdentifier,
): Sync<Reading<number>> {
  const resource = rowByApiVersion(described.apiVersion ?? 'v1', described.kind)?.resource
  const answer: ApiAnswer | Unknown =
    resource === undefined
      ? { problem: `no matches for kind "${described.kind}"` }
      : yield* call({
          verb: 'get',
          kind: `${resource}.custom.metrics.k8s.io`,
          apiVersion: CUSTOM_METRICS,
          namespace,
          name: described.name,
          subresource: metric.name,
        })
  const where = `${described.kind} on ${namespace} ${described.name}`
  const failed = (why: string): Reading<never> => either.left(`unable to get metric ${metric.name}: ${where}/${why}`)
  if ('problem' in answer) return failed(answer.problem)
  if (!answer.ok) return failed(`unable to fetch metrics from custom metrics API: ${answer.message}`)
  const [item] = (answer.body as CustomMetricList).items
  return item === undefined
    ? failed('no metrics returned from custom metrics API')
    : either.right(milliValue(item.value))
}

/** Thousandths, summed over all that the selector matches. Source: metrics/client.go, GetExternalMetric (v1.36). */
export function* readExternalMetric(namespace: string, metric: MetricIdentifier): Sync<Reading<number>> {
  const labelSelector = metric.selector === undefined ? '' : formatSelector(metric.selector)
  const answer = yield* call({
    verb: 'list',
    kind: `${metric.name}.external.metrics.k8s.io`,
    apiVersion: 'external.metrics.k8s.io/v1beta1',
    namespace,
    options: { labelSelector },
  })
  const failed = (why: string): Reading<never> =>
    either.left(`unable to get external metric ${namespace}/${metric.name}/${goSelector(metric.selector)}: ${why}`)
  if (!answer.ok) return failed(`unable to fetch metrics from external metrics API: ${answer.message}`)
  const { items } = answer.body as ExternalMetricList
  if (items.length === 0) return failed('no metrics returned from external metrics API')
  return either.right(items.reduce((sum, { value }) => sum + milliValue(value), 0))
}

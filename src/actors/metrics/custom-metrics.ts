import { either } from 'fp-ts'
import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { ApiClient } from '../../engine/client/api-client.ts'
import type { Informers } from '../../engine/client/informers.ts'
import { parseQuantity } from '../../kubernetes/quantity.ts'
import { rowByName } from '../../kubernetes/registry.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { CustomMetricList, ExternalMetricList } from '../../kubernetes/types/metrics.ts'
import { labelMatch } from './answers.ts'

/** What an object's own metric is written as: `seatrial.dev/metric.queue-length: "30"`. */
const METRIC_ANNOTATION = 'seatrial.dev/metric.'
/** Holds a namespace's external metrics: by name of the metric, a quantity. */
const EXTERNAL_METRICS = 'seatrial-external-metrics'

/**
 * Stands for an adapter of custom and external metrics. What an adapter would ask a monitoring system for is what people
 * have written down: an annotation of the Pod or object, an entry of a ConfigMap.
 */
export class CustomMetrics {
  private readonly client: ApiClient
  private readonly informers: Informers
  private readonly context: ActorContext

  constructor(client: ApiClient, informers: Informers, context: ActorContext) {
    this.client = client
    this.informers = informers
    this.context = context
  }

  answer(question: EventData<'MetricsRequested'>, to: ActorId): void {
    if (question.group === 'external.metrics.k8s.io') this.external(question, to)
    else if (question.resource === 'pods' && question.name === '*') this.ofPods(question, to)
    else this.ofObject(question, to)
  }

  private ofPods({ call, namespace, metric = '', labelSelector }: EventData<'MetricsRequested'>, to: ActorId): void {
    const matches = labelMatch(labelSelector)
    const pods = this.informers.view.list('Pod', namespace).filter(({ metadata }) => matches(metadata.labels))
    this.tell(call, this.listOf(pods, metric), to)
  }

  private ofObject(
    { call, resource, namespace, name = '', metric = '' }: EventData<'MetricsRequested'>,
    to: ActorId,
  ): void {
    const kind = rowByName(resource)?.kind
    if (kind === undefined) return this.refuse(call, 404, `the server could not find the metric ${metric}`, to)
    this.client.call(this.context, { verb: 'get', kind, namespace, name }, (answer) => {
      if (!answer.ok) return this.refuse(call, answer.code === 0 ? 503 : answer.code, answer.message, to)
      const list = this.listOf(answer.object === undefined ? [] : [answer.object], metric)
      if (list.items.length > 0) return this.tell(call, list, to)
      this.refuse(call, 404, `the server could not find the metric ${metric} for ${resource} ${name}`, to)
    })
  }

  private external({ call, namespace, resource: metricName }: EventData<'MetricsRequested'>, to: ActorId): void {
    const kind = 'ConfigMap'
    this.client.call(this.context, { verb: 'get', kind, namespace, name: EXTERNAL_METRICS }, (answer) => {
      const value = answer.ok ? answer.object?.data?.[metricName] : undefined
      const isValue = value !== undefined && either.isRight(parseQuantity(value))
      const timestamp = rfc3339(this.context.now)
      const items = isValue ? [{ metricName, metricLabels: {}, timestamp, value }] : []
      const apiVersion = 'external.metrics.k8s.io/v1beta1'
      this.tell(call, { kind: 'ExternalMetricValueList', apiVersion, metadata: {}, items }, to)
    })
  }

  private listOf(objects: readonly ApiObject[], metric: string): CustomMetricList {
    const timestamp = rfc3339(this.context.now)
    const items: CustomMetricList['items'][number][] = []
    for (const { kind, metadata } of objects) {
      const value = metadata.annotations?.[METRIC_ANNOTATION + metric]
      if (value === undefined || either.isLeft(parseQuantity(value))) continue
      const { namespace, name } = metadata
      const describedObject = { kind, ...(namespace === undefined ? {} : { namespace }), name }
      items.push({ describedObject, metric: { name: metric }, timestamp, value })
    }
    return { kind: 'MetricValueList', apiVersion: 'custom.metrics.k8s.io/v1beta2', metadata: {}, items }
  }

  private tell(call: string, object: CustomMetricList | ExternalMetricList, to: ActorId): void {
    this.context.emit('MetricsAnswered', { call, code: 200, object }, { to })
  }

  private refuse(call: string, code: number, message: string, to: ActorId): void {
    const reason = code === 404 ? 'NotFound' : 'ServiceUnavailable'
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
    this.context.emit('MetricsAnswered', { call, code, status }, { to })
  }
}

import { either } from 'fp-ts'
import type { ActorId } from '../../events/envelope.ts'
import { parseLabelSelector } from '../../kubernetes/label-query.ts'
import { quantityOf } from '../../kubernetes/quantity.ts'
import { compileRequirements, matchNothing, type LabelMatch } from '../../kubernetes/selectors.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type {
  NodeMetricsItem,
  NodeMetricsList,
  PodMetricsItem,
  PodMetricsList,
} from '../../kubernetes/types/metrics.ts'
import type { ResourceList } from '../../kubernetes/types/meta.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { formatDuration } from '../../kubernetes/workload/duration.ts'
import type { Rate, Samples } from './samples.ts'

export const labelMatch = (labelSelector: string | undefined): LabelMatch => {
  const requirements = parseLabelSelector(labelSelector ?? '')
  return either.isLeft(requirements) ? matchNothing : compileRequirements(requirements.right)
}

const usageOf = ({ nanoCores, memoryBytes }: Rate): ResourceList => ({
  cpu: nanoCores === 0 ? '0' : `${nanoCores}n`,
  memory: quantityOf(memoryBytes - (memoryBytes % 1024), 'BinarySI'),
})

/** Pods of which nothing is known yet are left out. Source: metrics-server, pkg/api/pod.go (v0.8). */
export const podMetrics = (pods: readonly Pod[], samples: Samples): PodMetricsList => {
  const items: PodMetricsItem[] = []
  for (const { metadata } of pods) {
    const { namespace = '', name, labels } = metadata
    const rates = samples.ofPod(namespace, name)
    const [first] = rates ?? []
    if (rates === undefined || first === undefined) continue
    const timestamp = rfc3339(first.at)
    items.push({
      metadata: { name, namespace, creationTimestamp: timestamp, ...(labels === undefined ? {} : { labels }) },
      timestamp,
      window: formatDuration(first.window),
      containers: rates.map((rate) => ({ name: rate.name, usage: usageOf(rate) })),
    })
  }
  return { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items }
}

/** Abridged: a node uses what its containers use. Source: metrics-server, pkg/api/node.go (v0.8). */
export const nodeMetrics = (
  nodes: readonly Node[],
  kubeletOf: (node: string) => ActorId,
  samples: Samples,
): NodeMetricsList => {
  const items: NodeMetricsItem[] = []
  for (const { metadata } of nodes) {
    const { name, labels } = metadata
    const rate = samples.ofKubelet(kubeletOf(name))
    if (rate === undefined) continue
    const timestamp = rfc3339(rate.at)
    items.push({
      metadata: { name, creationTimestamp: timestamp, ...(labels === undefined ? {} : { labels }) },
      timestamp,
      window: formatDuration(rate.window),
      usage: usageOf(rate),
    })
  }
  return { kind: 'NodeMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items }
}

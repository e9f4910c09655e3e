/**
 * What a kubelet says of what its containers use: /stats/summary and /metrics/resource.
 * Source: kubelet/pkg/apis/stats/v1alpha1/types.go; pkg/kubelet/metrics/collectors/resource_metrics.go (v1.36).
 *
 * Abridged: processors and memory of containers and of their sums; nothing of networks, file systems, volumes, of what the machine itself
 * uses, or of page faults. A rate is the mean since the container started.
 */
import type { EventData } from '../../events/catalogue/index.ts'
import type { Micros } from '../../events/envelope.ts'
import { goFloat } from '../../kubernetes/go-float.ts'
import { bytes } from '../../kubernetes/quantity.ts'
import { EPOCH_SECONDS, parseTime, rfc3339 } from '../../kubernetes/time.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'

type Reported = EventData<'UsageReported'>['containers'][number]

interface Used {
  readonly cpuMicros: number
  readonly nanoCores: number
  readonly memoryBytes: number
}

interface UsedContainer extends Used {
  readonly name: string
  readonly startedAt: Micros
  readonly limitBytes: number | undefined
}

interface UsedPod extends Used {
  readonly pod: Pod
  readonly containers: readonly UsedContainer[]
}

/** What was used on a node at an instant of its clock. */
export interface NodeUsage extends Used {
  readonly node: Node
  readonly at: Micros
  readonly pods: readonly UsedPod[]
}

export const nodeUsage = (node: Node, pods: readonly Pod[], reported: readonly Reported[], at: Micros): NodeUsage => {
  const used = pods.flatMap((pod): readonly UsedPod[] => {
    const { namespace = '', name } = pod.metadata
    const own = reported.filter((one) => one.namespace === namespace && one.pod === name)
    const containers = own.map((one) => usedBy(one, pod, at))
    return containers.length === 0 ? [] : [{ pod, containers, ...sum(containers) }]
  })
  return { node, at, pods: used, ...sum(used) }
}

const usedBy = ({ name, cpuMicros, memoryBytes }: Reported, { spec, status }: Pod, at: Micros): UsedContainer => {
  const state = status?.containerStatuses?.find((one) => one.name === name)?.state?.running
  const startedAt = parseTime(state?.startedAt ?? '') ?? at
  const limit = spec.containers.find((one) => one.name === name)?.resources?.limits?.['memory']
  return {
    name,
    startedAt,
    cpuMicros,
    memoryBytes,
    nanoCores: at > startedAt ? Math.floor((cpuMicros / (at - startedAt)) * 1e9) : 0,
    limitBytes: limit === undefined ? undefined : bytes(limit),
  }
}

const sum = (all: readonly Used[]): Used => ({
  cpuMicros: all.reduce((total, one) => total + one.cpuMicros, 0),
  nanoCores: all.reduce((total, one) => total + one.nanoCores, 0),
  memoryBytes: all.reduce((total, one) => total + one.memoryBytes, 0),
})

export const summaryOf = (usage: NodeUsage): object => {
  const { node, at, pods } = usage
  const capacity = node.status?.capacity?.['memory']
  return {
    node: {
      nodeName: node.metadata.name,
      startTime: node.metadata.creationTimestamp,
      ...figures(usage, at, capacity === undefined ? undefined : bytes(capacity)),
    },
    pods: pods.map((one) => ({
      podRef: { name: one.pod.metadata.name, namespace: one.pod.metadata.namespace, uid: one.pod.metadata.uid },
      startTime: one.pod.status?.startTime,
      containers: one.containers.map((container) => ({
        name: container.name,
        startTime: rfc3339(container.startedAt),
        ...figures(container, at, container.limitBytes),
      })),
      ...figures(one, at, undefined),
    })),
  }
}

const figures = ({ cpuMicros, nanoCores, memoryBytes }: Used, at: Micros, available: number | undefined): object => ({
  cpu: { time: rfc3339(at), usageNanoCores: nanoCores, usageCoreNanoSeconds: cpuMicros * 1000 },
  memory: {
    time: rfc3339(at),
    ...(available === undefined ? {} : { availableBytes: Math.max(0, available - memoryBytes) }),
    usageBytes: memoryBytes,
    workingSetBytes: memoryBytes,
    rssBytes: memoryBytes,
  },
})

type Line = readonly [labels: Readonly<Record<string, string>>, value: number]

/** Families in the order of their names, as Prometheus' registry gathers them. */
export const resourceMetrics = (usage: NodeUsage): string => {
  const { at, pods } = usage
  const containers = pods.flatMap(({ pod, containers: own }) =>
    own.map((one) => ({ one, labels: { container: one.name, ...podLabels(pod) } })),
  )
  const millis = EPOCH_SECONDS * 1000 + Math.floor(at / 1000)
  return [
    family(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
      containers.map(({ one, labels }): Line => [labels, one.cpuMicros / 1e6]),
      millis,
    ),
    family(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set of the container in bytes',
      containers.map(({ one, labels }): Line => [labels, one.memoryBytes]),
      millis,
    ),
    family(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      containers.map(({ one, labels }): Line => [labels, EPOCH_SECONDS + one.startedAt / 1e6]),
    ),
    family(
      'node_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the node in core-seconds',
      [[{}, usage.cpuMicros / 1e6]],
      millis,
    ),
    family(
      'node_memory_working_set_bytes',
      'gauge',
      'Current working set of the node in bytes',
      [[{}, usage.memoryBytes]],
      millis,
    ),
    family(
      'pod_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the pod in core-seconds',
      pods.map((one): Line => [podLabels(one.pod), one.cpuMicros / 1e6]),
      millis,
    ),
    family(
      'pod_memory_working_set_bytes',
      'gauge',
      'Current working set of the pod in bytes',
      pods.map((one): Line => [podLabels(one.pod), one.memoryBytes]),
      millis,
    ),
    scrapeError(0),
  ].join('')
}

const podLabels = ({ metadata: { namespace = '', name } }: Pod): Readonly<Record<string, string>> => ({
  namespace,
  pod: name,
})

const family = (
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  lines: readonly Line[],
  millis?: number,
): string => {
  if (lines.length === 0) return ''
  const texts = lines.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`)
    const stamp = millis === undefined ? '' : ` ${millis}`
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${goFloat(value)}${stamp}`
  })
  return [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${type}`, ...texts, ''].join('\n')
}

const scrapeError = (failed: 0 | 1): string =>
  family('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
    [{}, failed],
  ])

/** What is told while the machine does not say what it uses. */
export const FAILED_SCRAPE = scrapeError(1)

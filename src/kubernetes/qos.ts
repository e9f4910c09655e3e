/**
 * Quality of service: which Pods a node sacrifices first.
 *
 * Source: pkg/apis/core/v1/helper/qos/qos.go, pkg/kubelet/qos/policy.go (v1.36).
 */
import type { Container } from './types/container.ts'
import type { ResourceList } from './types/meta.ts'
import type { Pod, PodQOSClass, PodSpec } from './types/pod.ts'
import type { Draft } from './draft.ts'
import { addQuantities, compareQuantities, value } from './quantity.ts'

const COUNTED = ['cpu', 'memory'] as const

/** The class that a Pod's spec gives it. It never changes, so a status that has it is believed. */
export const qosOf = (pod: Pod): PodQOSClass => pod.status?.qosClass ?? computeQOS(pod.spec)

/** Pod-level resources, where set, decide alone. */
export function computeQOS(spec: Draft<PodSpec>): PodQOSClass {
  const sources = spec.resources === undefined ? [...(spec.containers ?? []), ...(spec.initContainers ?? [])] : [spec]
  const requests = positiveSum(sources.map((source) => source.resources?.requests))
  const limits = positiveSum(sources.map((source) => source.resources?.limits))
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  const guaranteed =
    sources.every(limitsBoth) &&
    requests.size === limits.size &&
    COUNTED.every((name) => compareQuantities(requests.get(name) ?? '0', limits.get(name) ?? '0') === 0)
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

const limitsBoth = ({ resources }: Pick<Draft<Container>, 'resources'>): boolean =>
  COUNTED.every((name) => isPositive(resources?.limits?.[name]))

const isPositive = (amount: string | undefined): boolean => amount !== undefined && compareQuantities(amount, '0') > 0

function positiveSum(lists: readonly (ResourceList | undefined)[]): Map<string, string> {
  const sum = new Map<string, string>()
  for (const list of lists) {
    for (const name of COUNTED) {
      const amount = list?.[name]
      if (amount !== undefined && isPositive(amount)) sum.set(name, addQuantities(sum.get(name) ?? '0', amount))
    }
  }
  return sum
}

const GUARANTEED_OOM_SCORE = -997
const BEST_EFFORT_OOM_SCORE = 1000
/** Below this, critical Pods. Source: pkg/apis/scheduling/types.go, SystemCriticalPriority. */
const SYSTEM_NODE_CRITICAL = 2_000_001_000

/**
 * How readily the kernel kills a container when a node's memory runs out: -997 (last) to 1000 (first).
 * Source: pkg/kubelet/qos/policy.go, GetContainerOOMScoreAdjust.
 */
export function oomScoreAdjust(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if ((pod.spec.priority ?? 0) >= SYSTEM_NODE_CRITICAL) return GUARANTEED_OOM_SCORE
  const qos = qosOf(pod)
  if (qos === 'Guaranteed') return GUARANTEED_OOM_SCORE
  if (qos === 'BestEffort') return BEST_EFFORT_OOM_SCORE
  const own = burstableScore(container, nodeMemoryBytes)
  const isSidecar = container.restartPolicy === 'Always' && pod.spec.initContainers?.includes(container) === true
  if (!isSidecar) return own
  // A sidecar outlives the containers it serves.
  return Math.min(own, ...pod.spec.containers.map((regular) => burstableScore(regular, nodeMemoryBytes)))
}

function burstableScore(container: Container, nodeMemoryBytes: number): number {
  const requested = value(container.resources?.requests?.['memory'] ?? '0')
  const score = 1000 - Math.trunc((1000 * requested) / nodeMemoryBytes)
  if (score < 1000 + GUARANTEED_OOM_SCORE) return 1000 + GUARANTEED_OOM_SCORE
  return score === BEST_EFFORT_OOM_SCORE ? score - 1 : score
}

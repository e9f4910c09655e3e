import {
  amountIn,
  DEFAULT_MEMORY_REQUEST,
  DEFAULT_MILLI_CPU_REQUEST,
  podRequestList,
  resourcesOf,
  type Resources,
} from '../../../kubernetes/resources.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ScoringStrategy, WeightedResource } from '../framework/configuration.ts'
import { StateKey, type CycleState } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { MAX_NODE_SCORE } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { isScalarResource } from '../framework/resources.ts'

/** Scores of a RequestedToCapacityRatio shape go from 0 to 10. Source: pkg/scheduler/apis/config/types.go. */
const MAX_CUSTOM_SCORE = 10

export const CPU_AND_MEMORY: readonly WeightedResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

/** What stands for requests that a container does not name, where nodes are ranked. */
const MISSING = { cpu: `${DEFAULT_MILLI_CPU_REQUEST}m`, memory: `${DEFAULT_MEMORY_REQUEST}` }

/** How much of one resource would be taken with the Pod there, of how much. `allocatable` 0: it does not count here. */
export class Usage {
  requested = 0
  allocatable = 0

  /**
   * Source: plugins/noderesources/resource_allocation.go, calculateResourceAllocatableRequest.
   * @param real count what was requested, not the defaults for what was not
   */
  measure(node: NodeInfo, name: string, asked: number, real: boolean): void {
    const { allocatable, requested } = node
    this.requested = 0
    this.allocatable = 0
    switch (name) {
      case 'cpu':
        this.allocatable = allocatable.milliCPU
        this.requested = (real ? requested.milliCPU : node.nonZeroMilliCPU) + asked
        return
      case 'memory':
        this.allocatable = allocatable.memory
        this.requested = (real ? requested.memory : node.nonZeroMemory) + asked
        return
      case 'ephemeral-storage':
        this.allocatable = allocatable.ephemeralStorage
        this.requested = requested.ephemeralStorage + asked
        return
      default:
        if (asked === 0 && isScalarResource(name)) return
        this.allocatable = allocatable.scalars.get(name) ?? 0
        this.requested = (requested.scalars?.get(name) ?? 0) + asked
    }
  }
}

export interface ResourceScorer {
  prepare(state: CycleState, pod: PodInfo): readonly number[]
  score(state: CycleState, pod: PodInfo, node: NodeInfo): number
}

/** What the Pod counts for in each of the resources. */
export const askedFor = (requests: Resources, resources: readonly WeightedResource[]): readonly number[] =>
  resources.map(({ name }) => amountIn(requests, name))

/**
 * The scoring strategies of NodeResourcesFit.
 * Source: plugins/noderesources/{least,most}_allocated.go, requested_to_capacity_ratio.go (v1.36).
 */
export function resourceScorer(name: string, strategy: ScoringStrategy): ResourceScorer {
  const resources = strategy.resources ?? CPU_AND_MEMORY
  const weights = resources.map(({ weight }) => (weight === undefined || weight === 0 ? 1 : weight))
  const names = resources.map((resource) => resource.name)
  const asked = new StateKey<readonly number[]>(`${name}/asked`)
  const ratio = strategy.type === 'RequestedToCapacityRatio'
  const scoreOne = scoring(strategy)
  const usage = new Usage()
  const prepare = (state: CycleState, { pod }: PodInfo): readonly number[] => {
    const amounts = askedFor(resourcesOf(podRequestList(withoutPodLevel(pod), MISSING)), resources)
    state.write(asked, amounts)
    return amounts
  }
  return {
    prepare,
    score: (state, pod, node) => {
      const amounts = state.read(asked) ?? prepare(state, pod)
      let sum = 0
      let weightSum = 0
      for (let i = 0; i < names.length; i++) {
        usage.measure(node, names[i] ?? '', amounts[i] ?? 0, false)
        if (usage.allocatable === 0) continue
        const score = scoreOne(usage.requested, usage.allocatable)
        if (ratio && score <= 0) continue
        const weight = weights[i] ?? 1
        sum += score * weight
        weightSum += weight
      }
      if (weightSum === 0) return 0
      return ratio ? Math.round(sum / weightSum) : Math.trunc(sum / weightSum)
    },
  }
}

/** Requests on Pod level do not count here, as seen on the real scheduler: the containers' do, with defaults. */
const withoutPodLevel = (pod: Pod): Pod =>
  pod.spec.resources === undefined ? pod : { ...pod, spec: { ...pod.spec, resources: undefined } }

function scoring(strategy: ScoringStrategy): (requested: number, capacity: number) => number {
  switch (strategy.type) {
    case 'MostAllocated':
      return (requested, capacity) => Math.trunc((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity)
    case 'RequestedToCapacityRatio': {
      const line = brokenLine(strategy.requestedToCapacityRatio?.shape ?? [])
      return (requested, capacity) => line(requested > capacity ? 100 : Math.trunc((requested * 100) / capacity))
    }
    default:
      return (requested, capacity) =>
        requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_NODE_SCORE) / capacity)
  }
}

/** Straight lines between the points of the shape, flat before the first and after the last. Source: plugins/helper/shape_score.go. */
function brokenLine(
  shape: readonly { readonly utilization: number; readonly score: number }[],
): (utilization: number) => number {
  const points = shape.map(({ utilization, score }) => ({
    at: utilization,
    score: score * (MAX_NODE_SCORE / MAX_CUSTOM_SCORE),
  }))
  return (utilization) => {
    let before: { at: number; score: number } | undefined
    for (const point of points) {
      if (utilization <= point.at) {
        if (before === undefined) return point.score
        const rise = (point.score - before.score) * (utilization - before.at)
        return before.score + Math.trunc(rise / (point.at - before.at))
      }
      before = point
    }
    return before?.score ?? 0
  }
}

import { podRequests } from '../../../kubernetes/resources.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { MAX_NODE_SCORE, type SchedulerPlugin } from '../framework/plugin.ts'
import { SKIP } from '../framework/status.ts'
import { askedFor, CPU_AND_MEMORY, Usage } from './resource-scoring.ts'

const NAME = 'NodeResourcesBalancedAllocation'
const HALF = MAX_NODE_SCORE / 2

const asked = new StateKey<readonly number[]>(NAME)

/**
 * Prefers nodes whose resources the Pod brings into balance: how much better balanced the node is with it than without.
 * Source: plugins/noderesources/balanced_allocation.go (v1.36).
 */
export const balancedAllocation = (args: PluginArgs): SchedulerPlugin => {
  const resources = args.resources ?? CPU_AND_MEMORY
  const names = resources.map(({ name }) => name)
  const usage = new Usage()
  const withPod = new Float64Array(names.length)
  const without = new Float64Array(names.length)

  const score = (node: NodeInfo, amounts: readonly number[]): number => {
    let counted = 0
    for (let i = 0; i < names.length; i++) {
      const amount = amounts[i] ?? 0
      usage.measure(node, names[i] ?? '', amount, true)
      const { requested, allocatable } = usage
      if (allocatable === 0) continue
      withPod[counted] = Math.min(requested / allocatable, 1)
      without[counted] = Math.min((requested - amount) / allocatable, 1)
      counted++
    }
    return HALF + Math.trunc((HALF + balance(withPod, counted) - balance(without, counted)) / 2)
  }

  return {
    name: NAME,
    preScore: (state, pod) => {
      const amounts = askedFor(pod.requests, resources)
      if (amounts.every((amount) => amount === 0)) return SKIP
      state.write(asked, amounts)
      return undefined
    },
    score: (state, pod, node) => score(node, state.read(asked) ?? askedFor(pod.requests, resources)),
    sign: (pod) => JSON.stringify(askedFor(podRequests(pod).requests, resources)),
  }
}

/**
 * 100 where all resources are taken to the same part, less with the standard deviation of these parts.
 * @param n how many of `parts` count
 */
function balance(parts: Float64Array, n: number): number {
  let deviation = 0
  if (n === 2) deviation = Math.abs(((parts[0] ?? 0) - (parts[1] ?? 0)) / 2)
  else if (n > 2) {
    let total = 0
    for (let i = 0; i < n; i++) total += parts[i] ?? 0
    const mean = total / n
    let sum = 0
    for (let i = 0; i < n; i++) sum += ((parts[i] ?? 0) - mean) * ((parts[i] ?? 0) - mean)
    deviation = Math.sqrt(sum / n)
  }
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE)
}

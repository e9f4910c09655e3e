import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import type { CycleState } from '../framework/cycle-state.ts'
import { fitErrorMessage } from '../framework/fit-error.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { NodeStatuses } from '../framework/node-statuses.ts'
import type { PluginHandle, PostFilterResult } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { failure, unresolvable, unschedulable, type Status } from '../framework/status.ts'
import type { Candidate } from './candidate.ts'
import { chooseCandidate } from './choice.ts'
import { selectVictims } from './victims.ts'

const NAME = 'DefaultPreemption'
const NOT_HELPFUL = unresolvable(NAME, 'Preemption is not helpful for scheduling')
/** Source: pkg/scheduler/apis/config/v1/defaults.go, SetDefaults_DefaultPreemptionArgs. */
const MIN_CANDIDATE_PERCENT = 10
const MIN_CANDIDATES = 100

/** Whether a Pod on its way out was sent there by preemption. Source: default_preemption.go, podTerminatingByPreemption. */
const isPreempted = ({ pod, terminating }: PodInfo): boolean =>
  terminating &&
  (pod.status?.conditions ?? []).some(
    ({ type, status, reason }) =>
      type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  )

/**
 * Looks for a node that a Pod could have if less important Pods went, and for the node where that costs least.
 * Source: pkg/scheduler/framework/preemption/preemption.go, Evaluator (v1.36).
 */
export class Evaluator {
  private readonly handle: PluginHandle
  private readonly percentage: number
  private readonly absolute: number

  constructor(args: PluginArgs, handle: PluginHandle) {
    this.handle = handle
    this.percentage = args.minCandidateNodesPercentage ?? MIN_CANDIDATE_PERCENT
    this.absolute = args.minCandidateNodesAbsolute ?? MIN_CANDIDATES
  }

  preempt(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult {
    const refusal = this.refusal(pod, statuses)
    if (refusal !== undefined) return { status: unschedulable(NAME, refusal) }
    const all = this.handle.cache.nodeOrder()
    const rejected = new NodeStatuses()
    const candidates = this.candidates(state, pod, statuses.withCode('Unschedulable', all), rejected)
    if ('code' in candidates) return { status: candidates }
    const best = chooseCandidate(candidates)
    if (best === undefined) {
      rejected.absent = NOT_HELPFUL
      const message = fitErrorMessage(all.length, rejected, '', '')
      return { status: unschedulable(NAME, message), nominatedNodeName: '' }
    }
    const { node, victims, pdbViolations } = best
    // Who waits for this node with less right than the Pod would only be disappointed.
    const losesNomination = this.handle.nominations.on(node.name).filter((other) => other.priority < pod.priority)
    const preemption = {
      node: node.name,
      victims,
      losesNomination: losesNomination.map((other) => other.pod),
      pdbViolations,
      candidates,
    }
    return { status: undefined, nominatedNodeName: node.name, preemption }
  }

  /** Why the Pod must not preempt; undefined if it may. Source: default_preemption.go, PodEligibleToPreemptOthers. */
  private refusal({ pod, priority }: PodInfo, statuses: NodeStatuses): string | undefined {
    if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
    const nominated = pod.status?.nominatedNodeName ?? ''
    if (nominated === '' || statuses.of(nominated).code === 'UnschedulableAndUnresolvable') return undefined
    const leaving = this.handle.cache
      .node(nominated)
      ?.pods.some((other) => other.priority < priority && isPreempted(other))
    return leaving === true ? 'not eligible due to a terminating pod on the nominated node.' : undefined
  }

  /** Tries nodes from a random one on until there are enough candidates. Source: preemption.go, DryRunPreemption. */
  private candidates(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    rejected: NodeStatuses,
  ): readonly Candidate[] | Status {
    if (nodes.length === 0) return []
    const budgets: readonly PodDisruptionBudget[] = this.handle.view.list('PodDisruptionBudget')
    const wanted = Math.min(Math.max(Math.trunc((nodes.length * this.percentage) / 100), this.absolute), nodes.length)
    const offset = this.handle.below(nodes.length)
    const peaceful: Candidate[] = []
    const violating: Candidate[] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(offset + i) % nodes.length]
      if (node === undefined) continue
      const found = selectVictims(this.handle, state, pod, node, budgets)
      if ('code' in found) {
        if (found.code === 'Error') return found
        rejected.add(node, found)
      } else if (found.victims.length === 0) {
        return failure(NAME, `expected at least one victim pod on node "${node.name}"`)
      } else {
        if (found.pdbViolations === 0) peaceful.push(found)
        else violating.push(found)
        if (peaceful.length > 0 && peaceful.length + violating.length >= wanted) break
      }
    }
    return [...peaceful, ...violating]
  }
}

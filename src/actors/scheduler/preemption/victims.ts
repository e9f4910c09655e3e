import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import type { CycleState } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PluginHandle } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { unresolvable, type Status } from '../framework/status.ts'
import type { Candidate } from './candidate.ts'
import { protectedPods } from './disruption-budgets.ts'
import { byImportance } from './importance.ts'

const NO_VICTIMS = unresolvable('DefaultPreemption', 'No preemption victims found for incoming pod')

/**
 * Who would have to go for the Pod to fit on this node: all of lower priority are taken off, then put back one by one,
 * the most important first, as long as the Pod still fits.
 * Source: plugins/defaultpreemption/default_preemption.go, SelectVictimsOnNode (v1.36).
 *
 * @param state of the attempt; a copy is changed, as is one of the node
 * @returns why it does not help, if it does not
 */
export function selectVictims(
  handle: PluginHandle,
  state: CycleState,
  pod: PodInfo,
  original: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Candidate | Status {
  const potential = original.pods.filter(({ priority }) => priority < pod.priority)
  if (potential.length === 0) return NO_VICTIMS
  const [whatIf, node] = [state.clone(), original.clone()]
  const remove = (victim: PodInfo): void => {
    node.removePod(victim.uid)
    handle.removePod(whatIf, pod, victim, node)
  }
  const putBack = (victim: PodInfo): void => {
    node.addPod(victim)
    handle.addPod(whatIf, pod, victim, node)
  }
  potential.forEach(remove)
  const emptied = handle.filter(whatIf, pod, node)
  if (emptied !== undefined) return emptied

  const ranked = potential.sort(byImportance)
  const protectedOnes = protectedPods(ranked, budgets)
  const victims: PodInfo[] = []
  let pdbViolations = 0
  const reprieve = (victim: PodInfo): boolean => {
    putBack(victim)
    if (handle.filter(whatIf, pod, node) === undefined) return true
    remove(victim)
    victims.push(victim)
    return false
  }
  for (const victim of ranked) if (protectedOnes.has(victim) && !reprieve(victim)) pdbViolations++
  for (const victim of ranked) if (!protectedOnes.has(victim)) reprieve(victim)
  return { node: original, victims: victims.sort(byImportance), pdbViolations }
}

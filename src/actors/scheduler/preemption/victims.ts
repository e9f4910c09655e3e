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
  const whatIf = new WhatIf(handle, state, pod, original)
  for (const victim of potential) whatIf.remove(victim)
  const emptied = whatIf.verdict()
  if (emptied !== undefined) return emptied

  const ranked = potential.sort(byImportance)
  const protectedOnes = protectedPods(ranked, budgets)
  const victims: PodInfo[] = []
  let pdbViolations = 0
  for (const victim of ranked) {
    if (!protectedOnes.has(victim) || whatIf.reprieve(victim)) continue
    victims.push(victim)
    pdbViolations++
  }
  for (const victim of ranked) {
    if (!protectedOnes.has(victim) && !whatIf.reprieve(victim)) victims.push(victim)
  }
  return { node: original, victims: victims.sort(byImportance), pdbViolations }
}

/** One node as it would be with some of its Pods gone. Works on copies. */
class WhatIf {
  private readonly handle: PluginHandle
  private readonly state: CycleState
  private readonly pod: PodInfo
  private readonly node: NodeInfo

  constructor(handle: PluginHandle, state: CycleState, pod: PodInfo, node: NodeInfo) {
    this.handle = handle
    // Where no plugin counts Pods in it, the state does not change with them.
    this.state = state.observers.length === 0 ? state : state.clone()
    this.pod = pod
    this.node = node.clone()
  }

  remove(victim: PodInfo): void {
    this.node.removePod(victim.uid)
    this.handle.removePod(this.state, this.pod, victim, this.node)
  }

  /** Why the Pod still would not fit. */
  verdict(): Status | undefined {
    return this.handle.filter(this.state, this.pod, this.node)
  }

  /** Puts a Pod back if there is room for both. */
  reprieve(victim: PodInfo): boolean {
    this.node.addPod(victim)
    this.handle.addPod(this.state, this.pod, victim, this.node)
    if (this.verdict() === undefined) return true
    this.remove(victim)
    return false
  }
}

import type { NodeInfo } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'

/** A node on which a Pod would fit if these went. Source: pkg/scheduler/framework/preemption/preemption.go, Candidate (v1.36). */
export interface Candidate {
  readonly node: NodeInfo
  /** The most important first. */
  readonly victims: readonly PodInfo[]
  /** How many of them a PodDisruptionBudget would protect. */
  readonly pdbViolations: number
}

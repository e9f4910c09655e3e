import type { Micros } from '../../events/envelope.ts'
import { findCondition } from '../../kubernetes/conditions.ts'
import { parseTime } from '../../kubernetes/time.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import { isTainted, TO_BE_DELETED } from './taints.ts'

/** Taints that new nodes have until somebody has finished with them. Others are looked at by the scheduler's filters. */
const STARTUP_TAINTS: ReadonlySet<string> = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/network-unavailable',
  'node.cloudprovider.kubernetes.io/uninitialized',
])

export const isReadyNode = ({ spec, status }: Node): boolean =>
  findCondition(status?.conditions, 'Ready')?.status === 'True' &&
  spec.taints?.some(({ key }) => STARTUP_TAINTS.has(key)) !== true

/** Since when a node has been ready, or not. */
export const readySince = ({ metadata, status }: Node): Micros =>
  parseTime(findCondition(status?.conditions, 'Ready')?.lastTransitionTime ?? metadata.creationTimestamp) ?? 0

/** How a group, or the whole cluster, is. Source: cluster-autoscaler/clusterstate/clusterstate.go, Readiness (v1.36). */
export interface Readiness {
  registered: number
  ready: number
  /** Not ready, and too young to be called so. */
  notStarted: number
  unready: number
  /** About to be removed by us. */
  deleted: number
  /** Machines that have not joined: since a while, and for too long. */
  unregistered: number
  longUnregistered: number
}

export const noReadiness = (): Readiness => ({
  registered: 0,
  ready: 0,
  notStarted: 0,
  unready: 0,
  deleted: 0,
  unregistered: 0,
  longUnregistered: 0,
})

/** Counts a node. Source: clusterstate.go, updateReadinessStats: who is younger than it may take to provision is not unready. */
export const countNode = (readiness: Readiness, node: Node, provisionTime: Micros, now: Micros): void => {
  readiness.registered++
  const bornAt = parseTime(node.metadata.creationTimestamp) ?? 0
  if (isTainted(node, TO_BE_DELETED)) readiness.deleted++
  else if (isReadyNode(node)) readiness.ready++
  else if (bornAt + provisionTime >= now) readiness.notStarted++
  else readiness.unready++
}

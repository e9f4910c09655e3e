import { isConditionTrue } from '../../../kubernetes/conditions.ts'
import { milliValue } from '../../../kubernetes/quantity.ts'
import type { Node } from '../../../kubernetes/types/node.ts'

export const ZONE = 'topology.kubernetes.io/zone'

/** Nodes that serve nobody. Source: topologycache.go, hasExcludedLabels. */
const EXCLUDED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** Each zone's part of the processors of all nodes that count, by the zones' names. */
export type CpuRatios = ReadonlyMap<string, number>

export const isNodeReady = ({ status }: Node): boolean => isConditionTrue(status?.conditions, 'Ready')

/**
 * Undefined where a node's zone or processors are not known, or where there are not two zones.
 * Source: staging/src/k8s.io/endpointslice/topologycache/topologycache.go, SetNodes (v1.36).
 */
export const cpuRatios = (nodes: readonly Node[]): CpuRatios | undefined => {
  const millis = new Map<string, number>()
  let total = 0
  for (const node of nodes) {
    const { labels = {} } = node.metadata
    if (EXCLUDED.some((label) => label in labels) || !isNodeReady(node)) continue
    const zone = labels[ZONE] ?? ''
    const cpu = milliValue(node.status?.allocatable?.['cpu'] ?? '0')
    if (zone === '' || cpu === 0) return undefined
    millis.set(zone, (millis.get(zone) ?? 0) + cpu)
    total += cpu
  }
  if (millis.size < 2) return undefined
  const zones = [...millis].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return new Map(zones.map(([zone, cpu]) => [zone, cpu / total]))
}

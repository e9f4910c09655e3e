import type { Cluster } from '../cluster.ts'

/** Whether every machine of the beginning has joined, and Pods may be placed on each. */
export const nodesReady = (cluster: Pick<Cluster, 'list' | 'options'>): boolean => {
  const nodes = cluster.list('Node')
  return nodes.length >= cluster.options.nodes.length && nodes.every((node) => (node.spec.taints ?? []).length === 0)
}

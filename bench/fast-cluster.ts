import { createCluster, type Cluster, type CreateOptions } from '../src/cluster.ts'
import { nodesReady } from '../src/cluster/nodes-ready.ts'
import { minutes } from '../src/events/time.ts'

/** Limits that nobody meets: what is measured is the work, not the wait for a turn. */
const FAST = { qps: 5000, burst: 5000 }

/** A cluster whose nodes are ready, which keeps no more than it needs. */
export const fastCluster = (options: CreateOptions): Cluster => {
  const cluster = createCluster({
    controllerRate: FAST,
    schedulerRate: FAST,
    retain: 'none',
    history: 'compacted',
    ...options,
  })
  if (!cluster.runUntil(nodesReady, { within: minutes(2) })) throw new Error('the nodes did not become ready')
  return cluster
}

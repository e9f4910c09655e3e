/**
 * Fixtures for vitest: `import { test } from 'seatrial/vitest'`.
 *
 * Each test gets a cluster of its own in virtual time, made only if it asks for one. When it fails, what happened in the
 * cluster and its seed are printed with it.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import { test as base } from 'vitest'
import { createCluster, type Cluster, type CreateOptions } from './cluster.ts'
import { nodesReady } from './cluster/nodes-ready.ts'
import { minutes } from './events/time.ts'
import { renderTimeline } from './projections/timeline.ts'
import { serveInProcess, type InProcessApi, type InProcessOptions } from './server/in-process.ts'

export interface ClusterFixtures {
  /** Of what the cluster is made: `test.extend({ clusterOptions: { nodes: 5 } })`. Default: three nodes. */
  clusterOptions: CreateOptions
  /** How it is served; `users` says as whom clients come. */
  apiOptions: InProcessOptions
  cluster: Cluster
  /** Its API, without sockets. */
  api: InProcessApi
  /** For @kubernetes/client-node. */
  kubeConfig: KubeConfig
}

/** Rows of the timeline that a failed test shows. */
const ROWS_SHOWN = 40

export const test = base.extend<ClusterFixtures>({
  clusterOptions: { nodes: 3 },
  apiOptions: {},
  cluster: async ({ clusterOptions, onTestFailed }, use) => {
    const cluster = createCluster(clusterOptions)
    onTestFailed(() => {
      const rows = renderTimeline(cluster.timeline().slice(-ROWS_SHOWN))
      process.stderr.write(`seed ${cluster.seed}; the last that happened in the cluster:\n${rows}\n`)
    })
    // Nodes have joined, and Pods may be created.
    const isUp = (): boolean => nodesReady(cluster) && cluster.get('ServiceAccount', 'default', 'default') !== undefined
    cluster.runUntil(isUp, { within: minutes(1) })
    await use(cluster)
  },
  api: async ({ cluster, apiOptions }, use) => {
    const api = serveInProcess(cluster, apiOptions)
    await use(api)
    api.close()
  },
  kubeConfig: async ({ api }, use) => {
    const { KubeConfig } = await import('@kubernetes/client-node')
    await use(api.configure(new KubeConfig()))
  },
})

export { expect } from 'vitest'

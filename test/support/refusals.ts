import type { Cluster } from '../../src/cluster.ts'

/** What API servers refused because of who asked. */
export const refusals = (cluster: Cluster): readonly string[] => {
  const found: string[] = []
  for (const event of cluster.log.range(0)) {
    if (event.type !== 'ApiResponded' || (event.data.code !== 401 && event.data.code !== 403)) continue
    found.push(JSON.stringify(event.data.status))
  }
  return found
}

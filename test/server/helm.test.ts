/**
 * Goal: Helm, 4 and 3, keeps releases in a cluster of ours: installs, upgrades, rolls back, uninstalls.
 * Method: a chart of our own, each command a process, the outcome read in the cluster.
 */
import { expect, test } from 'vitest'
import { findProgram, whyLeftOut } from './kubectl/programs.ts'
import { startLive } from './kubectl/live.ts'

const chart = new URL('./chart', import.meta.url).pathname

for (const name of ['helm', 'helm-3'] as const) {
  const helm = findProgram(name)
  const title = `${name}: install, upgrade, rollback, uninstall`
  test.runIf(helm !== undefined)(
    helm === undefined ? `${title} (${whyLeftOut(name)})` : title,
    { timeout: 120_000 },
    async () => {
      const live = await startLive()
      const { cluster, good } = live
      const release = (line: string): Promise<string> => good(helm ?? '', line)
      const replicas = (): number | undefined => cluster.get('Deployment', 'default', 'shop-web')?.spec.replicas
      try {
        expect(await release(`install shop ${chart} --wait --timeout 60s`)).toContain('STATUS: deployed')
        expect(cluster.get('Deployment', 'default', 'shop-web')?.status?.readyReplicas).toBe(2)
        await release(`upgrade shop ${chart} --set replicas=3 --wait --timeout 60s`)
        expect(replicas()).toBe(3)
        await release('rollback shop 1 --wait --timeout 60s')
        expect(replicas()).toBe(2)
        expect(await release('history shop -o json')).toContain('Rollback to 1')
        expect(await release('list')).toMatch(/shop\s+default\s+3/)
        await release('uninstall shop --wait --timeout 60s')
        expect(cluster.get('Deployment', 'default', 'shop-web')).toBeUndefined()
        expect(cluster.list('Secret', 'default').filter(({ type }) => type === 'helm.sh/release.v1')).toEqual([])
      } finally {
        await live.close()
      }
    },
  )
}

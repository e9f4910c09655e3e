/**
 * Goal: of two replicas one works at any time, also while the API server is away, and the other takes over.
 * Method: both stand for election in this process, over one cluster in virtual time; what works is noted at each step.
 */
import { crash, kill, millis, minutes, seconds, type Cluster, type InProcessApi } from '../../src/index.ts'
import { expect, test as clusterTest } from '../../src/vitest.ts'
import { standForElection } from './leader.ts'
import type { KubeConfig } from '@kubernetes/client-node'

const test = clusterTest.extend({ clusterOptions: { nodes: 0, controlPlane: 3, seed: 7 } })

const replica = (identity: string, at: Set<string>, cluster: Cluster, api: InProcessApi, config: KubeConfig) =>
  standForElection(config, {
    identity,
    lease: { namespace: 'default', name: 'website-operator' },
    sleep: (ms) => api.sleep(millis(ms)),
    now: () => Date.parse('2026-01-01T00:00:00Z') + Math.floor(cluster.now / 1000),
    work: async () => {
      at.add(identity)
      return async () => void at.delete(identity)
    },
  })

test('one of two leads, and the other one after it', async ({ cluster, api, kubeConfig }) => {
  const working = new Set<string>()
  const stop = {
    a: replica('a', working, cluster, api, kubeConfig),
    b: replica('b', working, cluster, api, kubeConfig),
  }
  await api.run(seconds(5))
  const [first] = working
  expect(working.size).toBe(1)

  await stop[first === 'a' ? 'a' : 'b']()
  expect(await api.runUntil(() => working.size === 1, { within: seconds(30) })).toBe(true)
  expect([...working]).not.toEqual([first])
  await Promise.all([stop.a(), stop.b()])
})

test('never both: through the loss of an API server, of the etcd leader and of a machine', async ({
  cluster,
  api,
  kubeConfig,
}) => {
  const working = new Set<string>()
  const stop = ['a', 'b'].map((identity) => replica(identity, working, cluster, api, kubeConfig))
  cluster.inject(kill('etcd-leader'), { at: cluster.now + seconds(20) })
  cluster.inject(kill('kube-apiserver/0'), { at: cluster.now + seconds(60), for: seconds(40) })
  cluster.inject(crash('cp-2'), { at: cluster.now + seconds(120), for: minutes(1) })
  let most = 0
  await api.runUntil(() => ((most = Math.max(most, working.size)), false), { within: minutes(4) })
  expect(most).toBe(1)
  expect(working.size).toBe(1)
  await Promise.all(stop.map((one) => one()))
})

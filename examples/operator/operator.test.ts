/**
 * Goal: whatever happens to the cluster and to the operator, websites end as they should.
 * Method: the operator runs in this process against a whole cluster in virtual time. First a calm day, told step by step;
 * then storms that fast-check draws, each run twice: it must settle, and the same seed must give the same log.
 */
import { CoreV1Api, makeInformer, type V1ConfigMap } from '@kubernetes/client-node'
import fc from 'fast-check'
import { crash, kill, minutes, seconds } from '../../src/index.ts'
import { expect, test as clusterTest } from '../../src/vitest.ts'
import { reconcile } from './reconcile.ts'
import { reconcileFromMemory } from './reconcile-from-memory.ts'
import { Harness } from './harness.ts'
import { stormAndCalm, storms } from './storms.ts'

/** How many storms, and which: fast-check tells the seed and the path of one that was not weathered. */
const { RUNS = '4', STORM = '{"seed":1}' } = process.env

const test = clusterTest.extend({ clusterOptions: { nodes: 3, seed: 7 } })

test('a website comes up, changes, and goes with everything that it had', async ({ cluster, api, kubeConfig }) => {
  const it = await Harness.start(cluster, api, kubeConfig)
  await it.create('shop', { replicas: 3 })
  expect(await it.settle()).toEqual([])
  expect(it.dns.records).toEqual(new Map([['shop.example.com', 'shop.default.svc']]))
  expect(await it.status('shop')).toMatchObject({ readyReplicas: 3, conditions: [{ type: 'Ready', status: 'True' }] })

  await it.change('shop', { page: 'Closed', replicas: 1 })
  expect(await it.settle()).toEqual([])
  expect(cluster.get('ConfigMap', 'default', 'shop')?.data).toEqual({ 'index.html': 'Closed' })

  await it.remove('shop')
  expect(await it.settle()).toEqual([])
  expect(it.dns.records.size).toBe(0)
  expect(cluster.list('Deployment', 'default')).toEqual([])
  await it.stop()
})

test('it survives the loss of a node, of the API server and of its own memory', async ({
  cluster,
  api,
  kubeConfig,
}) => {
  const it = await Harness.start(cluster, api, kubeConfig)
  await it.create('shop', {})
  cluster.inject(crash('node-1'), { at: cluster.now + seconds(10), for: minutes(6) })
  cluster.inject(kill('kube-apiserver/0'), { at: cluster.now + seconds(20) })
  await api.run(minutes(2))
  await it.restart()
  await it.change('shop', { replicas: 4 })
  expect(await it.settle()).toEqual([])
  await it.stop()
})

test('a watch that is older than what etcd remembers begins again', async ({ cluster, api, kubeConfig }) => {
  const seen: string[] = []
  const list = () => kubeConfig.makeApiClient(CoreV1Api).listNamespacedConfigMap({ namespace: 'default' })
  const path = '/api/v1/namespaces/default/configmaps'
  const informer = makeInformer<V1ConfigMap>(kubeConfig, path, list)
  informer.on('add', ({ metadata }) => seen.push(metadata?.name ?? ''))
  await informer.start()
  await informer.stop()
  cluster.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late}\n')
  await api.run(minutes(15))
  await informer.start()
  await api.run(seconds(5))
  expect(seen).toContain('late')
  await informer.stop()
})

test('what users get wrong is refused by the definition', async ({ cluster, api, kubeConfig }) => {
  const it = await Harness.start(cluster, api, kubeConfig)
  await it.create('shop', {})
  await expect(it.change('shop', { host: 'other.example.com' })).rejects.toThrow(/a website keeps its host/)
  await expect(it.create('many', { replicas: 21 })).rejects.toThrow(/less than or equal to 20/)
  await it.stop()
})

test('storms: everything settles, and twice the same', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(storms, async (storm) => {
      const first = await stormAndCalm(storm, reconcile)
      expect(first.problems).toEqual([])
      expect((await stormAndCalm(storm, reconcile)).digest).toBe(first.digest)
    }),
    { numRuns: Number(RUNS), interruptAfterTimeLimit: 90_000, ...JSON.parse(STORM) },
  )
})

test('the planted bug passes a calm day', async ({ cluster, api, kubeConfig }) => {
  const it = await Harness.start(cluster, api, kubeConfig, reconcileFromMemory)
  await it.create('shop', { replicas: 3 })
  expect(await it.settle()).toEqual([])
  await it.change('shop', { replicas: 1 })
  expect(await it.settle()).toEqual([])
  await it.remove('shop')
  expect(await it.settle()).toEqual([])
  await it.stop()
})

test('storms find the planted bug', { timeout: 120_000 }, async () => {
  const calm = fc.asyncProperty(storms, async (storm) => {
    const { problems } = await stormAndCalm(storm, reconcileFromMemory)
    expect(problems).toEqual([])
  })
  const found = await fc.check(calm, { seed: 1, numRuns: 30, endOnFailure: true })
  expect(String(found.errorInstance)).toMatch(/(shop|blog) has [2-9] Deployments/)
})

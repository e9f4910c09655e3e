/** The operator of website-operator.ts against a whole cluster in this process. Explained in docs/testing-your-controller.md. */
import { AppsV1Api, CustomObjectsApi } from '@kubernetes/client-node'
import { crash, kill, minutes, seconds } from '../src/index.ts'
import { expect, test as clusterTest } from '../src/vitest.ts'
import { PATH, startOperator, WEBSITES } from './website-operator.ts'

const test = clusterTest.extend({ clusterOptions: { nodes: 3, seed: 7 } })

test('a website stays up through the loss of a node and of the API server', async ({ cluster, api, kubeConfig }) => {
  cluster.apply(WEBSITES)
  await api.run(seconds(5))
  const stop = await startOperator(kubeConfig)

  const body = { apiVersion: 'example.com/v1', kind: 'Website', metadata: { name: 'shop' }, spec: { image: 'nginx' } }
  const custom = kubeConfig.makeApiClient(CustomObjectsApi)
  await custom.createNamespacedCustomObject({ ...PATH, namespace: 'default', body })
  const ready = () => cluster.get('Deployment', 'default', 'shop')?.status?.readyReplicas ?? 0
  expect(await api.runUntil(() => ready() === 2, { within: minutes(1) })).toBe(true)

  const [pod] = cluster.list('Pod', 'default')
  cluster.inject(crash(pod?.spec.nodeName ?? ''))
  cluster.inject(kill('kube-apiserver/0'), { at: cluster.now + seconds(30) })
  await api.run(minutes(8))
  expect(ready()).toBe(2)

  await kubeConfig.makeApiClient(AppsV1Api).deleteNamespacedDeployment({ name: 'shop', namespace: 'default' })
  expect(await api.runUntil(() => ready() === 2, { within: minutes(1) })).toBe(true)
  await stop()
})

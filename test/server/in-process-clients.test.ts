/**
 * Goal: programs that use the official JavaScript client run unchanged against a cluster in their own process, in virtual
 * time: what they write, patch, watch, elect and execute.
 * Method: @kubernetes/client-node with a KubeConfig that is pointed at the cluster; no clock of the machine is waited for.
 */
import { PassThrough } from 'node:stream'
import {
  ApiException,
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  RequestContext,
  setHeaderOptions,
  V1MicroTime,
  type V1ConfigMap,
  type V1Deployment,
  type V1Lease,
} from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { kill } from '../../src/cluster/fault.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import { serveInProcess } from '../../src/server/in-process.ts'
import { test as clusterTest } from '../../src/vitest.ts'

const namespace = 'default'

const deployment = (name: string, replicas: number): V1Deployment => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
})

test('the client is version 2 where scripts/newest-clients.sh asks for it, else 1', () => {
  expect('setDispatcher' in RequestContext.prototype).toBe(process.env['CLIENT_NODE'] !== undefined)
})

clusterTest('objects are created, read, patched in every way, and deleted', async ({ api, cluster, kubeConfig }) => {
  const core = kubeConfig.makeApiClient(CoreV1Api)
  const body: V1ConfigMap = { metadata: { name: 'one', labels: { a: 'b' } }, data: { k: 'v' } }
  const created = await core.createNamespacedConfigMap({ namespace, body })
  expect(created.metadata?.resourceVersion).toMatch(/^\d+$/)
  const name = 'one'
  const patches: readonly (readonly [PatchStrategy, unknown])[] = [
    [PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/json', value: '1' }]],
    [PatchStrategy.MergePatch, { data: { merge: '2' } }],
    [PatchStrategy.StrategicMergePatch, { data: { strategic: '3' } }],
    [PatchStrategy.ServerSideApply, { apiVersion: 'v1', kind: 'ConfigMap', data: { apply: '4' } }],
  ]
  for (const [strategy, patch] of patches) {
    await core.patchNamespacedConfigMap(
      { name, namespace, body: patch, fieldManager: 'test' },
      setHeaderOptions('Content-Type', strategy),
    )
  }
  const read = await core.readNamespacedConfigMap({ name, namespace })
  expect(read.data).toEqual({ k: 'v', json: '1', merge: '2', strategic: '3', apply: '4' })
  expect(cluster.get('ConfigMap', namespace, name)?.data).toEqual(read.data)
  await core.deleteNamespacedConfigMap({ name, namespace })
  await expect(core.readNamespacedConfigMap({ name, namespace })).rejects.toMatchObject({ code: 404 })
  await api.run(seconds(1))
})

clusterTest('an informer hears each change once, in order, while time passes', async ({ api, kubeConfig }) => {
  const apps = kubeConfig.makeApiClient(AppsV1Api)
  await apps.createNamespacedDeployment({ namespace, body: deployment('web', 3) })
  const ready: number[] = []
  const list = () => apps.listNamespacedDeployment({ namespace })
  const informer = makeInformer<V1Deployment>(kubeConfig, `/apis/apps/v1/namespaces/${namespace}/deployments`, list)
  for (const verb of ['add', 'update'] as const) {
    informer.on(verb, ({ status }) => void ready.push(status?.readyReplicas ?? 0))
  }
  await informer.start()
  expect(await api.runUntil(() => ready.includes(3), { within: minutes(2) })).toBe(true)
  expect(ready).toEqual(ready.toSorted((a, b) => a - b))
  await informer.stop()
})

clusterTest('a list that would be compressed on a network comes whole', async ({ cluster, kubeConfig }) => {
  const core = kubeConfig.makeApiClient(CoreV1Api)
  for (let i = 0; i < 5; i++) {
    const body = { metadata: { name: `large-${i}` }, data: { k: 'x'.repeat(100_000) } }
    await core.createNamespacedConfigMap({ namespace, body })
  }
  const { items } = await core.listNamespacedConfigMap({ namespace })
  expect(items.filter(({ metadata }) => metadata?.name?.startsWith('large-'))).toHaveLength(5)
  expect(cluster.now).toBeLessThan(minutes(1))
})

/** A candidate that takes a Lease nobody holds, or that has not been renewed for 15 s, and renews it else. */
const candidate = (config: KubeConfig, identity: string, now: () => number) => {
  const leases = config.makeApiClient(CoordinationV1Api)
  const name = 'leader'
  const wanted = (): V1Lease['spec'] => ({
    holderIdentity: identity,
    leaseDurationSeconds: 15,
    renewTime: new V1MicroTime(new Date(now())),
  })
  return async (): Promise<boolean> => {
    try {
      const lease = await leases.readNamespacedLease({ name, namespace })
      const renewed = new Date(lease.spec?.renewTime ?? 0).getTime()
      if (lease.spec?.holderIdentity !== identity && now() - renewed < 15_000) return false
      await leases.replaceNamespacedLease({ name, namespace, body: { ...lease, spec: wanted() } })
      return true
    } catch (error) {
      if (!(error instanceof ApiException)) throw error
      if (error.code === 409) return false
      await leases.createNamespacedLease({ namespace, body: { metadata: { name }, spec: wanted() } })
      return true
    }
  }
}

clusterTest('two candidates have one leader, and the other one after its end', async ({ api, cluster, kubeConfig }) => {
  const now = (): number => Date.parse('2026-01-01T00:00:00Z') + cluster.now / 1000
  const [a, b] = [candidate(kubeConfig, 'a', now), candidate(kubeConfig, 'b', now)]
  expect([await a(), await b()]).toEqual([true, false])
  for (let i = 0; i < 5; i++) {
    await api.run(seconds(5))
    expect([await a(), await b()]).toEqual([true, false])
  }
  await api.run(seconds(16))
  expect(await b()).toBe(true)
  expect(await a()).toBe(false)
  expect(cluster.get('Lease', namespace, 'leader')?.spec?.holderIdentity).toBe('b')
})

clusterTest('a command runs in a container', async ({ api, cluster, kubeConfig }) => {
  cluster.apply('{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}]}}')
  const isReady = (): boolean => cluster.get('Pod', namespace, 'p')?.status?.phase === 'Running'
  expect(await api.runUntil(isReady, { within: minutes(2) })).toBe(true)
  const out = new PassThrough()
  let said = ''
  out.on('data', (chunk: Buffer) => (said += chunk.toString()))
  let status: string | undefined
  await new Exec(kubeConfig).exec(namespace, 'p', 'c', ['echo', 'hello'], out, null, null, false, (end) => {
    status = end.status
  })
  expect(await api.runUntil(() => status !== undefined, { within: seconds(10) })).toBe(true)
  expect({ said, status }).toEqual({ said: 'hello\n', status: 'Success' })
})

clusterTest(
  'a watch breaks with its API server, and the next one hears again',
  async ({ api, cluster, kubeConfig }) => {
    const core = kubeConfig.makeApiClient(CoreV1Api)
    const heard: string[] = []
    const list = () => core.listNamespacedConfigMap({ namespace })
    const informer = makeInformer<V1ConfigMap>(kubeConfig, `/api/v1/namespaces/${namespace}/configmaps`, list)
    informer.on('add', ({ metadata }) => void heard.push(metadata?.name ?? ''))
    informer.on('error', () => {
      heard.push('broken')
      void informer.start()
    })
    await informer.start()
    cluster.inject(kill('kube-apiserver/0'))
    await api.run(seconds(20))
    expect(heard).toContain('broken')
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'after' } } })
    await api.run(seconds(1))
    expect(heard.at(-1)).toBe('after')
    await informer.stop()
  },
)

const asBob = clusterTest.extend({
  clusterOptions: { nodes: 1, authorization: 'RBAC' },
  apiOptions: { users: [{ name: 'admin', groups: ['system:masters'] }, { name: 'bob' }] },
})

asBob('each context is another user', async ({ kubeConfig }) => {
  kubeConfig.setCurrentContext('bob')
  const list = kubeConfig.makeApiClient(CoreV1Api).listNode()
  await expect(list).rejects.toMatchObject({ code: 403 })
  kubeConfig.setCurrentContext('admin')
  expect((await kubeConfig.makeApiClient(CoreV1Api).listNode()).items).toBeInstanceOf(Array)
})

test('who sleeps is woken in cluster time, to the microsecond and in order', async () => {
  const cluster = createCluster({ nodes: 0, seed: 5 })
  const api = serveInProcess(cluster)
  const began = cluster.now
  const woken: [string, number][] = []
  const sleeper = async (name: string, micros: number): Promise<void> => {
    await api.sleep(micros)
    woken.push([name, cluster.now - began])
  }
  const all = [sleeper('long', seconds(2)), sleeper('short', 1_234), sleeper('never', minutes(5))]
  await api.run(seconds(3))
  await Promise.all(all.slice(0, 2))
  expect(woken).toEqual([
    ['short', 1_234],
    ['long', seconds(2)],
  ])
  api.close()
})

test('the same program against the same cluster makes the same log', async () => {
  const digest = async (): Promise<string> => {
    const cluster = createCluster({ nodes: 2, seed: 5 })
    const api = serveInProcess(cluster)
    const config = api.configure(new KubeConfig())
    const apps = config.makeApiClient(AppsV1Api)
    await apps.createNamespacedDeployment({ namespace, body: deployment('web', 2) })
    await api.run(seconds(30))
    await apps.deleteNamespacedDeployment({ namespace, name: 'web' })
    await api.run(seconds(60))
    api.close()
    return cluster.digest()
  }
  expect(await digest()).toBe(await digest())
})

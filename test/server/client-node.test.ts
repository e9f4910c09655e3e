/**
 * Goal: programs that speak to the API with the official JavaScript client run against a cluster of ours: a controller's
 * informer sees every change once and in order, patches of every kind work, two candidates elect one leader by a Lease,
 * and Pods are looked into.
 * Method: @kubernetes/client-node against a cluster at ten times the wall clock.
 */
import { PassThrough } from 'node:stream'
import {
  ApiException,
  CoordinationV1Api,
  CoreV1Api,
  AppsV1Api,
  Cp,
  Exec,
  KubeConfig,
  Log,
  PatchStrategy,
  PortForward,
  Watch,
  makeInformer,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Lease,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLive, type Live } from './kubectl/live.ts'

let live: Live
const config = new KubeConfig()
beforeAll(async () => {
  live = await startLive({ nodes: 2 }, 10)
  config.loadFromFile(live.kubeconfig)
}, 60_000)
afterAll(() => live.close())

const until = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 2400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25))
}

test('an informer sees what is there, then every change', { timeout: 90_000 }, async () => {
  const core = config.makeApiClient(CoreV1Api)
  const namespace = 'default'
  const seen: string[] = []
  const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'watched=yes' })
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const make = (name: string): V1ConfigMap => ({ metadata: { name, labels: { watched: 'yes' } }, data: { n: '1' } })
  await core.createNamespacedConfigMap({ namespace, body: make('before') })
  const informer = makeInformer<V1ConfigMap>(config, path, list, 'watched=yes')
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, ({ metadata, data }) => seen.push(`${verb} ${String(metadata?.name)} ${String(data?.['n'])}`))
  }
  await informer.start()
  await until(() => seen.length === 1)
  const made = await core.createNamespacedConfigMap({ namespace, body: make('later') })
  await core.replaceNamespacedConfigMap({ namespace, name: 'later', body: { ...made, data: { n: '2' } } })
  await core.deleteNamespacedConfigMap({ namespace, name: 'later' })
  await until(() => seen.length === 4)
  await informer.stop()
  expect(seen).toEqual(['add before 1', 'add later 1', 'update later 2', 'delete later 2'])
})

test('patches of every kind', { timeout: 90_000 }, async () => {
  const apps = config.makeApiClient(AppsV1Api)
  const at = { namespace: 'default', name: 'web' }
  const labels = { app: 'web' }
  const spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
  }
  await apps.createNamespacedDeployment({ namespace: 'default', body: { metadata: { name: 'web' }, spec } })
  const patched = (body: object, strategy: PatchStrategy, fieldManager?: string) =>
    apps.patchNamespacedDeployment(
      { ...at, body, ...(fieldManager === undefined ? {} : { fieldManager, force: true }) },
      setHeaderOptions('Content-Type', strategy),
    )
  const merged = await patched({ spec: { replicas: 2 } }, PatchStrategy.MergePatch)
  expect(merged.spec?.replicas).toBe(2)
  const byJson = await patched([{ op: 'replace', path: '/spec/replicas', value: 3 }], PatchStrategy.JsonPatch)
  expect(byJson.spec?.replicas).toBe(3)
  const container = { name: 'c', image: 'nginx:2' }
  const strategic = await patched(
    { spec: { template: { spec: { containers: [container] } } } },
    PatchStrategy.StrategicMergePatch,
  )
  expect(strategic.spec?.template.spec?.containers).toMatchObject([container])
  const identity = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }
  const applied = await patched({ ...identity, spec: { replicas: 4 } }, PatchStrategy.ServerSideApply, 'sizer')
  expect(applied.spec?.replicas).toBe(4)
  const applies = applied.metadata?.managedFields?.filter(({ operation }) => operation === 'Apply')
  expect(applies).toMatchObject([{ manager: 'sizer', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }])
  await until(() => live.cluster.get('Deployment', 'default', 'web')?.status?.readyReplicas === 4)
  expect(live.cluster.get('Deployment', 'default', 'web')?.status?.readyReplicas).toBe(4)
})

test('of two candidates one holds the Lease at a time', { timeout: 90_000 }, async () => {
  const api = config.makeApiClient(CoordinationV1Api)
  const at = { namespace: 'default', name: 'my-operator' }
  /** One try of leader election's: who finds the Lease free takes it, unless another was faster. */
  const acquire = async (candidate: string, lease: V1Lease, term: number): Promise<boolean> => {
    try {
      await api.replaceNamespacedLease({
        ...at,
        body: { ...lease, spec: { holderIdentity: candidate, leaseTransitions: term } },
      })
      return true
    } catch (error) {
      if (error instanceof ApiException && error.code === 409) return false
      throw error
    }
  }
  await api.createNamespacedLease({ namespace: 'default', body: { metadata: { name: at.name }, spec: {} } })
  for (let round = 0; round < 5; round++) {
    const free = await api.readNamespacedLease(at)
    const won = await Promise.all(['a', 'b'].map((candidate) => acquire(candidate, free, round + 1)))
    expect(won.filter(Boolean)).toHaveLength(1)
    const held = await api.readNamespacedLease(at)
    expect(held.spec?.holderIdentity).toBe(won[0] === true ? 'a' : 'b')
  }
})

test('a watch ends when its client has had enough', { timeout: 90_000 }, async () => {
  const core = config.makeApiClient(CoreV1Api)
  const heard: string[] = []
  let ends = 0
  const path = '/api/v1/namespaces/default/secrets'
  const told = (type: string, { metadata }: V1ConfigMap): void => void heard.push(`${type} ${metadata?.name ?? ''}`)
  const watch = await new Watch(config).watch(path, {}, told, () => void ends++)
  const make = (name: string) => core.createNamespacedSecret({ namespace: 'default', body: { metadata: { name } } })
  await make('heard')
  await until(() => heard.includes('ADDED heard'))
  watch.abort()
  await until(() => ends > 0)
  await make('unheard')
  expect(heard.at(-1)).toBe('ADDED heard')
  expect(ends).toBe(1)
})

/** A stream that keeps what is written to it. */
const kept = (): { readonly stream: PassThrough; readonly text: () => string } => {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

const startPod = async (name: string, container: string): Promise<void> => {
  live.cluster.apply(
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {restartPolicy: Never, containers: [{name: c, ${container}}]}}`,
  )
  const isReady = (): boolean => {
    const { conditions = [] } = live.cluster.get('Pod', 'default', name)?.status ?? {}
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  }
  await until(isReady)
  expect(isReady()).toBe(true)
}

test('logs are read, and followed to their end', { timeout: 90_000 }, async () => {
  await startPod('counter', `image: busybox, args: [/bin/sh, -c, 'echo one; sleep 10; echo two; sleep 10; echo three']`)
  const followed = kept()
  let isOver = false
  followed.stream.on('end', () => (isOver = true))
  await new Log(config).log('default', 'counter', 'c', followed.stream, { follow: true })
  await until(() => isOver)
  expect(followed.text()).toBe('one\ntwo\nthree\n')
  const last = kept()
  await new Log(config).log('default', 'counter', 'c', last.stream, { tailLines: 1 })
  await until(() => last.text() !== '')
  expect(last.text()).toBe('three\n')
})

test('commands run, files are copied, ports are forwarded', { timeout: 90_000 }, async () => {
  // Ready is who listens.
  await startPod('web', 'image: nginx, ports: [{containerPort: 80}], readinessProbe: {tcpSocket: {port: 80}}')
  const said = kept()
  let status: string | undefined
  const script = ['sh', '-c', 'cat > /tmp/said; cat /tmp/said']
  const input = new PassThrough()
  await new Exec(config).exec('default', 'web', 'c', script, said.stream, null, input, false, (end) => {
    status = end.status
  })
  input.end('hello')
  await until(() => status !== undefined)
  expect({ status, said: said.text() }).toEqual({ status: 'Success', said: 'hello' })

  live.file('copied', 'here')
  await new Cp(config).cpToPod('default', 'web', 'c', live.folder, '/tmp')
  const copied = async (): Promise<string> => {
    const { stream, text } = kept()
    let isOver = false
    await new Exec(config).exec('default', 'web', 'c', ['cat', '/tmp/copied'], stream, null, null, false, () => {
      isOver = true
    })
    await until(() => isOver)
    return text()
  }
  await expect.poll(copied).toBe('here')

  const page = kept()
  const asked = new PassThrough()
  await new PortForward(config).portForward('default', 'web', [80], page.stream, null, asked)
  asked.write('GET / HTTP/1.1\r\nHost: web\r\n\r\n')
  await until(() => page.text().includes('\r\n\r\n'))
  expect(page.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

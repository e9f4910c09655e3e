/**
 * Goal: a Pod's life on a node is told in the order in which real kubelets tell it, and ends with its deletion.
 * Method: Pods on one node of the real actors; the kubelet's own requests and Events, and the Pod's status, are read.
 */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/events/time.ts'
import type { PodStatus } from '../../../src/kubernetes/types/pod.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'

/** What each write of a node's kubelet about Pods says: phase and conditions that are set. */
const tellsOf = (cluster: SmallCluster): readonly string[] =>
  cluster
    .requestsBy('node-1')
    .filter(({ data }) => data.kind === 'Pod' && data.verb !== 'list')
    .map(({ data }) => {
      if (data.verb === 'delete') return `delete, grace ${data.options?.gracePeriodSeconds}`
      const { status } = data.body as { status: PodStatus }
      const set = (status.conditions ?? []).filter(({ status: is }) => is !== undefined)
      return [status.phase ?? '', ...set.map(({ type, status: is }) => `${type}=${is}`)]
        .filter((one) => one !== '')
        .join(' ')
    })

const cpu = { resources: { requests: { cpu: '50m' } } }

describe('a Pod', () => {
  const cluster = new SmallCluster({ images: [IMAGE] })
  cluster.createPod('web', { containers: [{ name: 'app', image: IMAGE, ...cpu }] })
  cluster.run(seconds(5))
  const alive = cluster.pod('web')
  const born = tellsOf(cluster)
  cluster.deletePod('web')
  cluster.run(seconds(5))

  test('comes up in three writes: not ready, sandbox, running', () => {
    expect(born).toEqual([
      'PodReadyToStartContainers=False Initialized=True Ready=False ContainersReady=False PodScheduled=True',
      'PodReadyToStartContainers=True',
      'Running Ready=True ContainersReady=True',
    ])
  })

  test('shows where it runs and since when', () => {
    const [container] = alive?.status?.containerStatuses ?? []
    expect(alive?.status).toMatchObject({
      phase: 'Running',
      podIP: '10.244.0.2',
      hostIP: '172.18.0.2',
      qosClass: 'Burstable',
    })
    expect(container).toMatchObject({ name: 'app', ready: true, started: true, restartCount: 0, image: IMAGE })
    expect(container?.state?.running?.startedAt).toBeDefined()
    expect(container?.containerID).toMatch(/^containerd:\/\/[0-9a-f]{16}$/)
  })

  test('goes in four: generation seen, ended, resources given back, deleted', () => {
    expect(tellsOf(cluster).slice(born.length)).toEqual([
      '',
      'Succeeded PodReadyToStartContainers=False Ready=False ContainersReady=False',
      '',
      'delete, grace 0',
    ])
    expect(cluster.pod('web')).toBeUndefined()
  })

  test('leaves nothing on the node', () => {
    expect(cluster.of('SandboxStopped')).toHaveLength(1)
    expect(cluster.of('RemovePod')).toHaveLength(1)
  })

  test('is told of as Events, in order', () => {
    expect(cluster.told('web')).toEqual([
      `Pulled: Container image "${IMAGE}" already present on machine and can be accessed by the pod`,
      'Created: Container created',
      'Started: Container started',
      'Killing: Stopping container app',
    ])
  })
})

describe('images', () => {
  test('are pulled one after the other, once per node', () => {
    const cluster = new SmallCluster()
    const containers = [{ name: 'app', image: IMAGE }]
    const annotations = { 'seatrial.dev/image-pull': '4s' }
    cluster.createPod('one', { containers }, annotations)
    cluster.createPod('two', { containers: [{ name: 'app', image: 'registry.example/other:1' }] }, annotations)
    cluster.run(seconds(1))
    cluster.createPod('three', { containers }, annotations)
    cluster.run(seconds(30))
    const pulls = cluster.of('ImagePulled')
    expect(pulls).toHaveLength(3)
    expect((pulls[1]?.at ?? 0) - (pulls[0]?.at ?? 0)).toBeGreaterThan(seconds(4))
    // The third was asked for before the first was there; it only checks.
    expect(pulls[2]?.data.tookMicros).toBeLessThan(seconds(1))
    const pulled = [...cluster.told('one'), ...cluster.told('two')].filter((line) => line.startsWith('Pulled'))
    expect(pulled.sort()).toEqual([
      expect.stringMatching(/^Pulled: Successfully pulled image "registry.example.*" in 4\.\d+s \(\d\.\d+s including/),
      expect.stringMatching(/^Pulled: Successfully pulled image "registry.example.*" in 4\.\d+s \(\d\.\d+s including/),
    ])
    expect(pulled.filter((line) => /\(8\.\d+s including waiting\)/.test(line))).toHaveLength(1)
  })

  test('that cannot be pulled are tried again with a back-off, and told as such', () => {
    const cluster = new SmallCluster()
    cluster.createPod('web', {}, { 'seatrial.dev/image-pull': 'fail' })
    const reasons = new Set<string>()
    cluster.runUntil(() => {
      const reason = cluster.pod('web')?.status?.containerStatuses?.[0]?.state?.waiting?.reason
      if (reason !== undefined) reasons.add(reason)
      return false
    }, seconds(60))
    expect([...reasons]).toEqual(['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff'])
    const tries = cluster.of('PullImage').map(({ at }) => at)
    expect(tries.length).toBeGreaterThanOrEqual(3)
    expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThan(seconds(10))
    expect((tries[2] ?? 0) - (tries[1] ?? 0)).toBeGreaterThan(seconds(20))
    expect(cluster.told('web')).toContain('Failed: Error: ErrImagePull')
    expect(cluster.told('web')).toContain('BackOff: Back-off pulling image "registry.example/app:1"')
    expect(cluster.pod('web')?.status?.phase).toBe('Pending')
  })
})

describe('init containers and sidecars', () => {
  test('run in order, each waiting for the one before', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod('web', {
      initContainers: [
        { name: 'first', image: 'busybox', command: ['sleep', '2'] },
        {
          name: 'side',
          image: IMAGE,
          restartPolicy: 'Always',
          startupProbe: { tcpSocket: { port: 15021 }, periodSeconds: 1, failureThreshold: 30 },
        },
        { name: 'last', image: 'busybox', command: ['sleep', '1'] },
      ],
      containers: [{ name: 'app', image: IMAGE }],
    })
    cluster.run(seconds(40))
    expect(cluster.of('ContainerStarted').map(({ data }) => data.name)).toEqual(['first', 'side', 'last', 'app'])
    expect(cluster.pod('web')?.status?.phase).toBe('Running')
    const init = cluster.pod('web')?.status?.initContainerStatuses ?? []
    expect(init.map(({ name, ready, started }) => [name, ready, started])).toEqual([
      ['first', true, false],
      ['side', true, true],
      ['last', true, false],
    ])
  })

  test('keep a Pod pending that fails to initialise, for good if it must not restart', () => {
    const cluster = new SmallCluster({ images: [IMAGE, 'busybox'] })
    const initContainers = [{ name: 'init', image: 'busybox', command: ['sh', '-c', 'exit 3'] }]
    const containers = [{ name: 'app', image: IMAGE }]
    cluster.createPod('stuck', { initContainers, containers })
    cluster.createPod('failed', { initContainers, containers, restartPolicy: 'Never' })
    const waits = (): boolean =>
      cluster.pod('stuck')?.status?.initContainerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff'
    expect(cluster.runUntil(waits, seconds(30))).toBe(true)
    expect(cluster.pod('stuck')?.status?.phase).toBe('Pending')
    expect(cluster.pod('failed')?.status?.phase).toBe('Failed')
    expect(cluster.of('ContainerStarted').some(({ data }) => data.name === 'app')).toBe(false)
  })
})

describe('a Pod that runs to its end', () => {
  test('succeeds, or fails with its code, and stays', () => {
    const cluster = new SmallCluster({ images: ['busybox'] })
    const job = (name: string, script: string): void =>
      cluster.createPod(name, {
        restartPolicy: 'Never',
        containers: [{ name: 'job', image: 'busybox', command: ['sh', '-c', script] }],
      })
    job('good', 'sleep 3')
    job('bad', 'sleep 2; exit 4')
    cluster.run(seconds(20))
    expect(cluster.pod('good')?.status?.phase).toBe('Succeeded')
    expect(cluster.pod('bad')?.status).toMatchObject({ phase: 'Failed' })
    expect(cluster.pod('bad')?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 4,
      reason: 'Error',
    })
    expect(cluster.pod('good')?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 0,
      reason: 'Completed',
    })
    cluster.deletePod('good')
    cluster.run(seconds(12))
    expect(cluster.pod('good')).toBeUndefined()
  })

  test('ends when its time is up', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod('late', { activeDeadlineSeconds: 10, containers: [{ name: 'app', image: IMAGE }] })
    cluster.run(seconds(8))
    expect(cluster.pod('late')?.status?.phase).toBe('Running')
    cluster.run(seconds(12))
    expect(cluster.pod('late')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
    expect(cluster.of('ContainerExited')).toHaveLength(1)
  })
})

describe('what a Pod refers to', () => {
  test('must be there: a volume is not mounted without, an environment not made', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    const volumes = [{ name: 'conf', configMap: { name: 'settings' } }]
    cluster.createPod('mounts', { volumes, containers: [{ name: 'app', image: IMAGE }] })
    const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }]
    cluster.createPod('reads', { containers: [{ name: 'app', image: IMAGE, env }] })
    cluster.run(seconds(20))
    expect(cluster.told('mounts')).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "conf" : configmap "settings" not found',
    )
    expect(cluster.pod('reads')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'secret "login" not found',
    })
    expect(cluster.of('ContainerStarted')).toHaveLength(0)
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { a: 'b' },
    }
    cluster.ask({ verb: 'create', kind: 'ConfigMap', namespace: 'default', name: 'settings', body })
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'default' },
      data: { password: 'eA==' },
    }
    cluster.ask({ verb: 'create', kind: 'Secret', namespace: 'default', name: 'login', body: secret })
    cluster.run(seconds(90))
    expect(cluster.pod('mounts')?.status?.phase).toBe('Running')
    expect(cluster.pod('reads')?.status?.phase).toBe('Running')
  })
})

/**
 * Goal: several schedulers work side by side, each for the Pods that name it; and since each knows only what it has seen, two
 * can give away the same room. The kubelet then refuses one of the Pods, and the log tells how it came.
 * Method: whole clusters; races are made by what wakes both at one moment.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'

const BATCH = `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection:
  resourceName: batch-scheduler
profiles:
- schedulerName: batch
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy:
        type: MostAllocated
        resources: [{name: cpu, weight: 1}]
`

const pod = (name: string, cpu: string, schedulerName?: string): ApiObject & { spec: Pod['spec'] } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: { schedulerName, containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu } } }] },
})

const withBatch = (seed: number, nodes: number): Cluster => {
  const cluster = createCluster({
    ...{ seed, nodes, controlPlane: 2 },
    otherSchedulers: [{ name: 'batch-scheduler', configuration: BATCH }],
  })
  cluster.run(seconds(40))
  return cluster
}

const deciderOf = (cluster: Cluster, name: string): readonly string[] =>
  [...cluster.log.range(1)].flatMap((event) =>
    event.type === 'SchedulingAttempted' && event.data.pod === name ? [event.by.split('/')[0] ?? ''] : [],
  )

test('each scheduler takes the Pods that name one of its profiles, with its own Lease', () => {
  const cluster = withBatch(1, 3)
  cluster.apply([pod('web', '1'), pod('job-1', '1', 'batch'), pod('job-2', '1', 'batch'), pod('lost', '1', 'nobody')])
  cluster.run(seconds(20))
  expect(deciderOf(cluster, 'web')).toEqual(['kube-scheduler'])
  expect(deciderOf(cluster, 'job-1')).toEqual(['batch-scheduler'])
  expect(deciderOf(cluster, 'lost')).toEqual([])
  // MostAllocated packs: the second job goes where the first is.
  const node = (name: string): string | undefined => cluster.get('Pod', 'default', name)?.spec.nodeName
  expect(node('job-2')).toBe(node('job-1'))
  expect(node('lost')).toBeUndefined()
  for (const lease of ['kube-scheduler', 'batch-scheduler']) {
    expect(cluster.get('Lease', 'kube-system', lease)?.spec?.holderIdentity).toBeDefined()
  }
})

const cordon = (cluster: Cluster, unschedulable: boolean): void =>
  cluster.call({
    ...{ verb: 'patch', kind: 'Node', name: 'node-1', patchType: 'merge' },
    body: { spec: { unschedulable } },
  })

/** Two Pods of three cores wait for a node of four, each with another scheduler; then the node is opened to both at once. */
const race = (): Cluster => {
  const cluster = withBatch(2, 1)
  cordon(cluster, true)
  cluster.run(seconds(5))
  cluster.apply([pod('a', '3'), pod('b', '3', 'batch')])
  cluster.run(seconds(30))
  expect([...cluster.scheduling.unschedulable.keys()].sort()).toEqual(['default/a', 'default/b'])
  cordon(cluster, false)
  cluster.run(minutes(1))
  return cluster
}

test('two schedulers give the same room away; the kubelet refuses one Pod with OutOfcpu, and the log shows how', () => {
  const cluster = race()
  const pods = ['a', 'b'].map((name) => cluster.get('Pod', 'default', name))
  expect(pods.map((one) => one?.spec.nodeName)).toEqual(['node-1', 'node-1'])
  const failed = pods.filter((one) => one?.status?.phase === 'Failed')
  expect(failed).toHaveLength(1)
  const [refused] = failed
  expect(refused?.status?.reason).toBe('OutOfcpu')
  expect(refused?.status?.message).toContain("Node didn't have enough resource: cpu, requested: 3000")
  // Each was right by what it had seen.
  const attempts = [...cluster.log.range(1)].flatMap((event) => (event.type === 'SchedulingAttempted' ? [event] : []))
  const told = attempts.filter(({ data }) => data.pod === 'a' || data.pod === 'b')
  const placed = told.filter(({ data }) => data.outcome === 'scheduled')
  expect(placed.map(({ data }) => [data.pod, data.outcome, data.node]).sort()).toEqual([
    ['a', 'scheduled', 'node-1'],
    ['b', 'scheduled', 'node-1'],
  ])
  expect(new Set(placed.map(({ by }) => by.split('/')[0])).size).toBe(2)
  const why = cluster.why(`pod/default/${refused?.metadata.name ?? ''}`).map(({ text }) => text)
  expect(why.some((text) => text.includes('node-1 chosen'))).toBe(true)
  expect(why.some((text) => text.includes('OutOfcpu'))).toBe(true)
})

test('the race runs again the same', () => {
  expect(race().digest()).toBe(race().digest())
})

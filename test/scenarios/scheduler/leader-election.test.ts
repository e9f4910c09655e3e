/**
 * Goal: schedulers that die lose no Pod, and none is bound by two.
 * Method: three control planes; the scheduler that leads is killed in the middle of a burst, again and again; in the end all
 * Pods run, each bound once, and the same seed tells the same story.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { kill, type Fault } from '../../../src/cluster/fault.ts'
import type { EventOf } from '../../../src/events/envelope.ts'
import { minutes, seconds } from '../../../src/events/time.ts'

const PODS = 60

const burst = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'burst', namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'burst' } },
    template: {
      metadata: { labels: { app: 'burst' } },
      spec: { containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '100m' } } }] },
    },
  },
})

const leader = (cluster: Cluster): string =>
  [...cluster.log.range(1)].findLast((event): event is EventOf<'LeaseAcquired'> => isLead(event))?.data.holder ?? ''

const isLead = (event: { readonly type: string; readonly data: unknown }): boolean =>
  event.type === 'LeaseAcquired' && (event.data as { lease?: string }).lease === 'kube-scheduler'

const boundPods = (cluster: Cluster): number =>
  cluster.list('Pod', 'default').filter(({ spec }) => (spec.nodeName ?? '') !== '').length

/** Slow enough that a burst takes seconds. */
const start = (seed: number): Cluster =>
  createCluster({ seed, nodes: 4, controlPlane: 3, schedulerRate: { qps: 5, burst: 5 } })

/** Kills the scheduler that leads when so many Pods are bound, for as long as said. */
const killMidBurst = (seed: number, fault: (process: string) => Fault, kills: number): Cluster => {
  const cluster = start(seed)
  cluster.runUntil(() => leader(cluster) !== '' && cluster.list('Node').length === 4, { within: minutes(1) })
  cluster.run(seconds(10))
  cluster.apply([burst(PODS)])
  for (let n = 1; n <= kills; n++) {
    const wanted = Math.floor((PODS * n) / (kills + 2))
    expect(cluster.runUntil(() => boundPods(cluster) >= wanted, { within: minutes(3) })).toBe(true)
    expect(boundPods(cluster)).toBeLessThan(PODS)
    cluster.inject(fault(leader(cluster)), { for: minutes(2) })
    cluster.run(seconds(1))
  }
  cluster.runUntil(() => cluster.converged, { within: minutes(10) })
  return cluster
}

/** How often each Pod got a node. */
const bindings = (cluster: Cluster): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const event of cluster.log.range(1)) {
    if (event.type !== 'RevisionCommitted') continue
    const version = event.data.object as { kind?: string; metadata?: { uid: string }; spec?: { nodeName?: string } }
    if (version?.kind !== 'Pod' || version.spec?.nodeName === undefined) continue
    const before = cluster.history.written(event.data.previous)?.object as typeof version | undefined
    if (before?.spec?.nodeName !== undefined) continue
    const uid = version.metadata?.uid ?? ''
    counts.set(uid, (counts.get(uid) ?? 0) + 1)
  }
  return counts
}

test('a scheduler killed in the middle of a burst is followed by another, and no Pod is lost or bound twice', () => {
  const cluster = killMidBurst(3, kill, 1)
  expect(cluster.unsettled()).toEqual([])
  expect(boundPods(cluster)).toBe(PODS)
  const leads = [...cluster.log.range(1)].filter(isLead).map(({ by }) => by)
  expect(new Set(leads).size).toBeGreaterThan(1)
  const counts = bindings(cluster)
  expect(counts.size).toBeGreaterThanOrEqual(PODS)
  expect([...counts.values()].every((count) => count === 1)).toBe(true)
  // Both have decided.
  const deciders = new Set(
    [...cluster.log.range(1)].flatMap(({ type, by }) => (type === 'SchedulingAttempted' ? [by] : [])),
  )
  expect(deciders.size).toBeGreaterThan(1)
})

test('two schedulers killed one after the other', () => {
  const cluster = killMidBurst(4, kill, 2)
  expect(cluster.unsettled()).toEqual([])
  expect(boundPods(cluster)).toBe(PODS)
  expect([...bindings(cluster).values()].every((count) => count === 1)).toBe(true)
})

test('the only scheduler is killed and comes back: it waits for its own old Lease to run out, then goes on', () => {
  const cluster = createCluster({ seed: 5, nodes: 2, schedulerRate: { qps: 5, burst: 5 } })
  cluster.run(seconds(30))
  cluster.apply([burst(20)])
  cluster.runUntil(() => boundPods(cluster) >= 5, { within: minutes(1) })
  const killedAt = cluster.now
  cluster.inject(kill('kube-scheduler/0'))
  expect(cluster.runUntil(() => cluster.converged, { within: minutes(5) })).toBe(true)
  expect(boundPods(cluster)).toBe(20)
  const [again] = [...cluster.log.range(1)].filter((event) => isLead(event) && event.at > killedAt)
  // A Lease counts for 15 s after it was last seen to change.
  expect((again?.at ?? 0) - killedAt).toBeGreaterThan(seconds(12))
})

test('the same seed tells the same story', () => {
  expect(killMidBurst(3, kill, 1).digest()).toBe(killMidBurst(3, kill, 1).digest())
})

/**
 * Goal: workloads go through their lives on a whole cluster as they do on a real one of v1.36.2.
 * Method: apply, change, crash; the order of writes is that of ../shared/recordings (06-statefulset, 07-daemonset,
 * 15-jobs-cronjob), the end is what was asked for.
 */
import { describe, expect, test } from 'vitest'
import { crash, kill } from '../../../src/cluster/fault.ts'
import type { Cluster } from '../../../src/cluster.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import { asObject, names, podsOf, readyCluster, template, told, writes } from './story.ts'

const IMPATIENT = ['not-ready', 'unreachable'].map((key) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 10,
}))

const statefulSet = (replicas: number, spec: object = {}): ApiObject =>
  asObject({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template('db', { tolerations: IMPATIENT }),
      ...spec,
    },
  })

const daemonSet = (podSpec: object = {}): ApiObject =>
  asObject({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent', podSpec) },
  })

const job = (name: string, spec: object, annotations: Readonly<Record<string, string>>): ApiObject =>
  asObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default' },
    spec: { ...spec, template: template(name, { restartPolicy: 'Never', tolerations: IMPATIENT }, annotations) },
  })

const ENDS = { 'seatrial.dev/exit-after': '3s' }

const settle = (cluster: Cluster, within = minutes(5)): void => {
  cluster.run(seconds(2))
  cluster.runUntil((one) => one.converged, { within })
  expect(cluster.unsettled()).toEqual([])
}

const setImage = (cluster: Cluster, kind: 'StatefulSet' | 'DaemonSet', name: string, image: string): void => {
  const body = { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } }
  cluster.call({ verb: 'patch', kind, namespace: 'default', name, patchType: 'strategic', body })
}

const images = (cluster: Cluster, app: string): readonly (string | undefined)[] =>
  podsOf(cluster, app).map(({ spec }) => spec.containers[0]?.image)

const podWrites = (cluster: Cluster, controller: string, since = 0): readonly string[] =>
  writes(cluster, controller, since).filter((line) => line.includes(' Pod '))

describe('a StatefulSet', () => {
  test('is built up, rolled from the top and scaled down, one Pod at a time', () => {
    const cluster = readyCluster()
    cluster.apply([statefulSet(3)])
    settle(cluster)
    expect(writes(cluster, 'statefulset-controller').slice(0, 7)).toEqual([
      expect.stringMatching(/^create ControllerRevision db-/),
      'create Pod db-0',
      'update StatefulSet/status db',
      'update StatefulSet/status db',
      'create Pod db-1',
      'update StatefulSet/status db',
      'update StatefulSet/status db',
    ])
    const rolled = cluster.log.length
    setImage(cluster, 'StatefulSet', 'db', 'registry.example/web:2')
    settle(cluster)
    expect(podWrites(cluster, 'statefulset-controller', rolled)).toEqual(
      [2, 1, 0].flatMap((n) => [`delete Pod db-${n}`, `create Pod db-${n}`]),
    )
    expect(images(cluster, 'db')).toEqual(Array.from({ length: 3 }, () => 'registry.example/web:2'))
    const scaled = cluster.log.length
    cluster.call({
      ...{ verb: 'patch', kind: 'StatefulSet', namespace: 'default', name: 'db', patchType: 'merge' },
      body: { spec: { replicas: 1 } },
    })
    settle(cluster)
    expect(podWrites(cluster, 'statefulset-controller', scaled)).toEqual(['delete Pod db-2', 'delete Pod db-1'])
    expect(told(cluster, 'db')).toContain('SuccessfulDelete: Delete Pod db-1 in StatefulSet db successful')
  })

  test('a Pod on a dead node is replaced only when it is gone', () => {
    const cluster = readyCluster()
    cluster.apply([statefulSet(2)])
    settle(cluster)
    const node = cluster.get('Pod', 'default', 'db-1')?.spec.nodeName ?? ''
    const { uid } = cluster.get('Pod', 'default', 'db-1')?.metadata ?? {}
    cluster.inject(crash(node))
    cluster.run(minutes(3))
    const stuck = cluster.get('Pod', 'default', 'db-1')
    expect(stuck?.metadata.uid).toBe(uid)
    expect(stuck?.metadata.deletionTimestamp).toBeDefined()
    cluster.heal()
    settle(cluster)
    expect(cluster.get('Pod', 'default', 'db-1')?.metadata.uid).not.toBe(uid)
  })

  test('in parallel does not wait', () => {
    const cluster = readyCluster()
    cluster.apply([statefulSet(3, { podManagementPolicy: 'Parallel' })])
    cluster.run(seconds(1))
    expect(names(podsOf(cluster, 'db'))).toEqual(['db-0', 'db-1', 'db-2'])
    settle(cluster)
  })
})

describe('a DaemonSet', () => {
  test('has a Pod on each node, rolls node by node, and stays on a node that dies', () => {
    const cluster = readyCluster()
    cluster.apply([daemonSet()])
    settle(cluster)
    const nodes = (): readonly string[] =>
      podsOf(cluster, 'agent')
        .map(({ spec }) => spec.nodeName ?? '')
        .toSorted()
    expect(nodes()).toEqual(['node-1', 'node-2', 'node-3'])
    const rolled = cluster.log.length
    setImage(cluster, 'DaemonSet', 'agent', 'registry.example/web:2')
    settle(cluster)
    expect(podWrites(cluster, 'daemonset-controller', rolled).map((line) => line.split(' ')[0])).toEqual([
      ...['delete', 'create', 'delete', 'create', 'delete', 'create'],
    ])
    expect(new Set(images(cluster, 'agent'))).toEqual(new Set(['registry.example/web:2']))
    const before = names(podsOf(cluster, 'agent'))
    cluster.inject(crash('node-2'))
    cluster.run(minutes(3))
    // It tolerates for ever that its node is gone; but no new Pod would come there.
    expect(names(podsOf(cluster, 'agent'))).toEqual(before)
    expect(cluster.get('DaemonSet', 'default', 'agent')?.status).toMatchObject({
      desiredNumberScheduled: 2,
      numberMisscheduled: 1,
      numberAvailable: 2,
    })
    cluster.heal()
    settle(cluster)
    expect(nodes()).toEqual(['node-1', 'node-2', 'node-3'])
  })

  test('leaves a node that drives it out, and comes back', () => {
    const cluster = readyCluster()
    cluster.apply([daemonSet()])
    settle(cluster)
    const taint = (taints: readonly object[] | null): void =>
      cluster.call({ verb: 'patch', kind: 'Node', name: 'node-1', patchType: 'merge', body: { spec: { taints } } })
    taint([{ key: 'maintenance', value: 'yes', effect: 'NoExecute' }])
    settle(cluster)
    expect(podsOf(cluster, 'agent').map(({ spec }) => spec.nodeName)).not.toContain('node-1')
    taint(null)
    settle(cluster)
    expect(podsOf(cluster, 'agent').filter(isReady)).toHaveLength(3)
    expect(told(cluster, 'agent').filter((line) => line.startsWith('FailedDaemonPod'))).toEqual([])
  })

  test('comes to a node as soon as it is labelled: its kubelet has seen the label too', () => {
    const cluster = readyCluster()
    cluster.apply([daemonSet({ nodeSelector: { disk: 'ssd' } })])
    settle(cluster)
    expect(podsOf(cluster, 'agent')).toEqual([])
    const labelled = cluster.log.length
    const body = { metadata: { labels: { disk: 'ssd' } } }
    cluster.call({ verb: 'patch', kind: 'Node', name: 'node-1', patchType: 'merge', body })
    settle(cluster)
    expect(podsOf(cluster, 'agent').filter(isReady)).toHaveLength(1)
    expect(podWrites(cluster, 'daemonset-controller', labelled)).toEqual(['create Pod agent-'])
  })
})

describe('Jobs', () => {
  const condition = (cluster: Cluster, name: string): string | undefined => {
    const last = cluster.get('Job', 'default', name)?.status?.conditions?.at(-1)
    return last === undefined ? undefined : `${last.type} ${last.reason}`
  }

  test('end as their Pods do', () => {
    const cluster = readyCluster()
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }]
    const fails = { ...ENDS, 'seatrial.dev/exit-code': '42' }
    cluster.apply([
      job('once', {}, ENDS),
      job('many', { completions: 5, parallelism: 2 }, ENDS),
      job('indexed', { completions: 3, parallelism: 3, completionMode: 'Indexed' }, ENDS),
      job('fails', { backoffLimit: 1 }, fails),
      job('policy', { podFailurePolicy: { rules } }, fails),
      job('late', { activeDeadlineSeconds: 20 }, { 'seatrial.dev/exit-after': '1h' }),
      job('short', { ttlSecondsAfterFinished: 30 }, ENDS),
    ])
    cluster.run(minutes(2))
    expect(condition(cluster, 'once')).toBe('Complete CompletionsReached')
    expect(cluster.get('Job', 'default', 'many')?.status).toMatchObject({ succeeded: 5, uncountedTerminatedPods: {} })
    expect(cluster.get('Job', 'default', 'indexed')?.status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' })
    expect(condition(cluster, 'fails')).toBe('Failed BackoffLimitExceeded')
    expect(condition(cluster, 'policy')).toBe('Failed PodFailurePolicy')
    expect(condition(cluster, 'late')).toBe('Failed DeadlineExceeded')
    expect(podsOf(cluster, 'late')).toEqual([])
    expect(cluster.get('Job', 'default', 'short')).toBeUndefined()
    expect(podsOf(cluster, 'short')).toEqual([])
    const held = cluster.list('Pod').filter(({ metadata }) => (metadata.finalizers ?? []).length > 0)
    expect(names(held)).toEqual([])
    const lines = writes(cluster, 'job-controller').filter((line) => / once/.test(line))
    expect(lines).toEqual([
      'create Pod once-',
      'update Job/status once',
      'update Job/status once',
      'update Job/status once',
      expect.stringMatching(/^patch Pod once-/),
      'update Job/status once',
    ])
  })

  test('go on when a node dies', () => {
    const cluster = readyCluster()
    cluster.apply([job('task', { completions: 2, parallelism: 2 }, { 'seatrial.dev/exit-after': '40s' })])
    cluster.run(seconds(15))
    const node = podsOf(cluster, 'task')[0]?.spec.nodeName ?? ''
    cluster.inject(crash(node), { for: minutes(4) })
    cluster.run(minutes(12))
    settle(cluster)
    expect(condition(cluster, 'task')).toBe('Complete CompletionsReached')
  })
})

test('a CronJob makes a Job each minute and keeps the last ones', () => {
  const cluster = readyCluster()
  const jobTemplate = { spec: { template: template('tick', { restartPolicy: 'Never' }, ENDS) } }
  const spec = { schedule: '* * * * *', successfulJobsHistoryLimit: 2, jobTemplate }
  cluster.apply([
    asObject({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick', namespace: 'default' }, spec }),
  ])
  cluster.run(minutes(4) + seconds(30) - cluster.now)
  expect(cluster.list('Job').map(({ metadata }) => metadata.name)).toEqual(['tick-29453763', 'tick-29453764'])
  expect(podsOf(cluster, 'tick')).toHaveLength(2)
  expect(cluster.get('CronJob', 'default', 'tick')?.status).toMatchObject({
    lastScheduleTime: '2026-01-01T00:04:00Z',
    lastSuccessfulTime: expect.stringMatching(/^2026-01-01T00:04/) as string,
  })
})

describe('the controller-manager dies after any write', () => {
  const writesSoFar = (cluster: Cluster): number =>
    ['statefulset', 'daemonset', 'job']
      .map((name) => writes(cluster, `${name}-controller`).length)
      .reduce((sum, count) => sum + count, 0)

  test.each([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22])('after the %i. one', (n) => {
    const cluster = readyCluster()
    cluster.apply([statefulSet(2), daemonSet(), job('task', { completions: 3, parallelism: 2 }, ENDS)])
    const limit = cluster.now + minutes(2)
    let seen = cluster.log.length
    let count = writesSoFar(cluster)
    while (count < n && cluster.now < limit && cluster.step()) {
      if (cluster.log.length === seen) continue
      seen = cluster.log.length
      const last = cluster.log.get(seen - 1)
      if (last?.type === 'ApiRequested' && /^(statefulset|daemonset|job)-/.test(last.by)) count = writesSoFar(cluster)
    }
    cluster.inject(kill('kube-controller-manager/0'))
    cluster.run(seconds(60))
    settle(cluster)
    expect(names(podsOf(cluster, 'db'))).toEqual(['db-0', 'db-1'])
    expect(podsOf(cluster, 'agent')).toHaveLength(3)
    expect(cluster.get('Job', 'default', 'task')?.status).toMatchObject({ succeeded: 3 })
    expect(podsOf(cluster, 'task')).toHaveLength(3)
  })
})

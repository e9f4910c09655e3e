/**
 * Goal: each node that fits has one Pod of a DaemonSet, and an update replaces them within its limits.
 * Method: the calls that syncs make for given views and answers; then a small world in which the view lags in every way.
 */
import { describe, expect, test } from 'vitest'
import { daemonSetController } from '../../../src/actors/controllers/daemonset/daemonset.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { targetNode } from '../../../src/actors/controllers/daemonset/node-choice.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Taint } from '../../../src/kubernetes/types/scheduling.ts'
import type { DaemonSet, DaemonSetStatus } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { meta, node, template } from './objects.ts'
import { describeDisturbance, disturbances, live, withPhase, type SmallWorld, round, settled } from './small-world.ts'

const daemonSet = (spec: Partial<DaemonSet['spec']> = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: meta('agent', { generation: 1, annotations: { 'deprecated.daemonset.template.generation': '1' } }),
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: template('app:1'),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    revisionHistoryLimit: 10,
    ...spec,
  },
  status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
})

const bench = (nodes: readonly Node[], daemon = daemonSet()): ControllerBench =>
  controllerBench(daemonSetController(true)).given(...nodes, daemon)

const nodes = (count: number): readonly Node[] => Array.from({ length: count }, (_, n) => node(`node-${n + 1}`))

const tainted = (name: string, taint: Taint): Node => node(name, 'True', { taints: [taint] })

const statusOf = (b: ControllerBench): DaemonSetStatus | undefined => b.get('DaemonSet', 'default', 'agent')?.status

const where = (b: ControllerBench): readonly (string | undefined)[] => b.list('Pod').map(targetNode).toSorted()

const images = (b: ControllerBench): readonly (string | undefined)[] =>
  b.list('Pod').map(({ spec }) => spec.containers[0]?.image)

const roll = (b: ControllerBench, image: string): ControllerBench =>
  b.change('DaemonSet', 'default', 'agent', (daemon) => {
    const generation = String((daemon.metadata.generation ?? 0) + 1)
    return {
      ...daemon,
      metadata: {
        ...daemon.metadata,
        generation: Number(generation),
        annotations: { 'deprecated.daemonset.template.generation': generation },
      },
      spec: { ...daemon.spec, template: template(image) },
    }
  })

describe('nodes', () => {
  test('each has a Pod, bound to it by affinity, which tolerates what befalls nodes', () => {
    const b = bench(nodes(3)).show().run(seconds(1))
    const [revision, first, ...rest] = b.take()
    const hash = (revision?.body as { metadata: { labels: Record<string, string> } }).metadata.labels[
      'controller-revision-hash'
    ]
    expect(rest.map(({ kind, subresource = '' }) => kind + subresource)).toContain('DaemonSetstatus')
    expect(where(b)).toEqual(['node-1', 'node-2', 'node-3'])
    expect(first?.body).toMatchObject({
      metadata: {
        generateName: 'agent-',
        labels: { app: 'web', 'controller-revision-hash': hash, 'pod-template-generation': '1' },
      },
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }],
            },
          },
        },
        tolerations: [
          { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
          { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
          { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
        ],
      },
    })
    settled(b)
    expect(statusOf(b)).toEqual({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    })
  })

  test('on the host network a Pod also tolerates that a node has no network', () => {
    const spec = { ...template('app:1').spec, hostNetwork: true }
    const b = settled(bench(nodes(1), daemonSet({ template: { ...template('app:1'), spec } })))
    const keys = b.list('Pod')[0]?.spec.tolerations?.map(({ key }) => key)
    expect(keys).toContain('node.kubernetes.io/network-unavailable')
  })

  test('a new one gets its Pod; what a kubelet reports of an old one wakes nobody', () => {
    const b = settled(bench(nodes(1)))
    b.change('Node', undefined, 'node-1', (one) => ({ ...one, status: { ...one.status, phase: 'Running' } }) as Node)
    expect(b.show().run(seconds(1)).takeLines()).toEqual([])
    b.given(node('node-2'))
    expect(where(settled(b))).toEqual(['node-1', 'node-2'])
  })

  test('NoSchedule keeps new Pods away, NoExecute drives them out', () => {
    const taint = (effect: Taint['effect']): Taint => ({ key: 'x', effect })
    const b = settled(bench([node('node-1'), node('node-2'), tainted('node-3', taint('NoSchedule'))]))
    expect(where(b)).toEqual(['node-1', 'node-2'])
    b.given(tainted('node-1', taint('NoSchedule')), tainted('node-2', taint('NoExecute')))
    settled(b)
    expect(where(b)).toEqual(['node-1'])
    expect(statusOf(b)).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 1 })
  })

  test('only those that the template selects', () => {
    const spec = { ...template('app:1').spec, nodeSelector: { role: 'edge' } }
    const edge = { ...node('node-2'), metadata: { ...node('node-2').metadata, labels: { role: 'edge' } } }
    const b = settled(bench([node('node-1'), edge], daemonSet({ template: { ...template('app:1'), spec } })))
    expect(where(b)).toEqual(['node-2'])
    b.given(node('node-2'))
    expect(where(settled(b))).toEqual([])
  })
})

describe('an update', () => {
  test('replaces node by node: never is more than one missing', () => {
    const b = roll(settled(bench(nodes(3))), 'app:2')
    const steps: string[] = []
    for (let i = 0; i < 15; i++) {
      steps.push(
        ...round(b)
          .takeLines()
          .filter((line) => / Pod /.test(line))
          .map((line) => line.split(' ')[0] ?? ''),
      )
      expect(b.list('Pod').length).toBeGreaterThanOrEqual(2)
    }
    expect(steps).toEqual(['delete', 'create', 'delete', 'create', 'delete', 'create'])
    expect(images(b)).toEqual(['app:2', 'app:2', 'app:2'])
  })

  test('with surge the new Pod comes first', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } as const
    const b = roll(settled(bench(nodes(2), daemonSet({ updateStrategy }))), 'app:2')
    let most = 0
    for (let i = 0; i < 15; i++) {
      round(b)
      most = Math.max(most, b.list('Pod').length)
      expect(new Set(where(b)).size).toBe(2)
    }
    expect(most).toBe(3)
    expect(images(b)).toEqual(['app:2', 'app:2'])
  })

  test('with surge no new Pod comes to a node that no longer fits: the old one goes when the others can spare it', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } as const
    const b = settled(bench(nodes(2), daemonSet({ updateStrategy })))
    const closed: Taint = { key: 'closed', effect: 'NoSchedule' }
    b.change('Node', undefined, 'node-2', (node) => ({ ...node, spec: { ...node.spec, taints: [closed] } }))
    settled(b)
    expect(where(b)).toEqual(['node-1', 'node-2'])
    roll(b, 'app:2')
    for (let i = 0; i < 15; i++) {
      round(b)
      const fresh = b.list('Pod').filter(({ spec }) => spec.containers[0]?.image === 'app:2')
      expect(fresh.map(targetNode).filter((name) => name === 'node-2')).toEqual([])
    }
    expect(where(b)).toEqual(['node-1'])
    expect(images(b)).toEqual(['app:2'])
  })

  test('with OnDelete waits for somebody else', () => {
    const b = settled(roll(settled(bench(nodes(2), daemonSet({ updateStrategy: { type: 'OnDelete' } }))), 'app:2'))
    expect(images(b)).toEqual(['app:1', 'app:1'])
    b.remove('Pod', 'default', b.list('Pod')[0]?.metadata.name ?? '')
    expect(images(settled(b)).toSorted()).toEqual(['app:1', 'app:2'])
  })

  test('keeps as many old revisions as it should', () => {
    const b = settled(bench(nodes(1), daemonSet({ revisionHistoryLimit: 1 })))
    for (const image of ['app:2', 'app:3', 'app:4']) settled(roll(b, image))
    expect(b.list('ControllerRevision').map(({ revision }) => revision)).toEqual([3, 4])
    settled(roll(b, 'app:3'))
    expect(b.list('ControllerRevision').map(({ revision }) => revision)).toEqual([5, 4])
  })
})

test('a Pod that fails is replaced at once, then ever more slowly', () => {
  const b = settled(bench(nodes(1)))
  const deleted: number[] = []
  for (let second = 0; second < 70; second++) {
    for (const pod of b.list('Pod')) {
      if (pod.metadata.deletionTimestamp !== undefined) b.remove('Pod', 'default', pod.metadata.name)
      else b.change('Pod', 'default', pod.metadata.name, (before) => withPhase(before, 'Failed', b))
    }
    b.show().run(seconds(1))
    if (b.takeLines().some((line) => line.startsWith('delete Pod'))) deleted.push(second)
  }
  const pauses = deleted.slice(1).map((second, i) => second - (deleted[i] ?? 0))
  for (const [i, pause] of pauses.entries()) {
    // 1 s, 2 s, 4 s … and what a deletion and a creation take.
    expect(pause).toBeGreaterThanOrEqual(2 ** i)
    expect(pause).toBeLessThanOrEqual(2 ** i + 3)
  }
  expect(pauses.length).toBeGreaterThan(3)
  expect(
    b.events.some((line) => /^FailedDaemonPod: Found failed daemon pod default\/agent-\S+ on node node-1/.test(line)),
  ).toBe(true)
})

test('refused Pods are told of and tried again', () => {
  const b = bench(nodes(2)).fail('create Pod', { code: 403, reason: 'Forbidden', message: 'no' })
  b.show().run(seconds(1))
  expect(b.events[0]).toBe('FailedCreate: Error creating: no')
  expect(where(settled(b))).toEqual(['node-1', 'node-2'])
})

test('a selector that means everything means nothing', () => {
  const b = bench(nodes(1), daemonSet({ selector: {} }))
    .show()
    .run(minutes(1))
  expect(b.takeLines()).toEqual([])
  expect(b.events).toEqual(['SelectingAll: This daemon set is selecting all pods. A non-empty selector is required.'])
})

describe('in a small world', () => {
  const world: SmallWorld = {
    controller: () => daemonSetController(true),
    kinds: ['DaemonSet', 'Pod', 'Node', 'ControllerRevision'],
    given: [...nodes(2), daemonSet()],
    inputs: { 4: (b) => roll(b, 'app:2'), 9: (b) => b.given(node('node-3')) },
    rounds: 24,
    always: (b) => {
      const living = b.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      expect(new Set(living.map(targetNode)).size).toBe(living.length)
    },
    finally: (b) => {
      expect(where(b)).toEqual(['node-1', 'node-2', 'node-3'])
      expect(images(b)).toEqual(['app:2', 'app:2', 'app:2'])
      expect(statusOf(b)).toMatchObject({ desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 })
      expect(b.list('ControllerRevision')).toHaveLength(2)
    },
  }

  test.each(disturbances(world).map((one) => [describeDisturbance(one), one] as const))('%s', (_name, disturbance) => {
    live(world, disturbance)
  })
})

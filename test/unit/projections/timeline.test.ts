/**
 * Goal: the timeline says what matters about a change in the words of kubectl, once, with its author, and nothing else.
 * Method: versions of objects written by hand; the text of the rows asserted.
 */
import { describe, expect, test } from 'vitest'
import { Projections } from '../../../src/engine/projection.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { DeploymentStatus } from '../../../src/kubernetes/types/workloads.ts'
import { renderTimeline, timelineProjection } from '../../../src/projections/timeline.ts'
import { describe as describeChange } from '../../../src/projections/timeline/describe.ts'
import { object, Story } from './story.ts'

const pod = (fields: Partial<Pod['spec']>, status: Pod['status'] = {}, deletionTimestamp?: string): Pod =>
  object(
    'Pod',
    'web-1',
    { spec: { containers: [], ...fields }, status },
    {
      namespace: 'default',
      deletionTimestamp,
      deletionGracePeriodSeconds: deletionTimestamp === undefined ? undefined : 30,
    },
  )

const running = (ready: 'True' | 'False', reason?: string, restartCount = 0): Pod['status'] => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: ready, reason }],
  containerStatuses: [
    {
      name: 'web',
      ready: ready === 'True',
      restartCount,
      image: 'web:1',
      imageID: '',
      lastState: restartCount === 0 ? undefined : { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    },
  ],
})

describe('a Pod', () => {
  test.each([
    ['created', undefined, pod({}), ['created']],
    ['bound', pod({}), pod({ nodeName: 'node-2' }), ['bound to node-2']],
    ['starts', pod({}), pod({}, running('False')), ['Pending → Running']],
    ['gets ready', pod({}, running('False')), pod({}, running('True')), ['Ready']],
    [
      'gets unready',
      pod({}, running('True')),
      pod({}, running('False', 'ContainersNotReady')),
      ['NotReady (ContainersNotReady)'],
    ],
    [
      'restarts',
      pod({}, running('True')),
      pod({}, running('True', undefined, 1)),
      ['container web restarted, restart 1 (exit code 137, OOMKilled)'],
    ],
    ['terminates', pod({}), pod({}, {}, '2026-01-01T00:05:00Z'), ['terminating, grace 30s']],
    ['gone', pod({}), undefined, ['deleted']],
    [
      'finds no node',
      pod({}),
      pod(
        {},
        { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] },
      ),
      ['unschedulable: 0/3 nodes'],
    ],
    [
      'waits for its image',
      pod({}),
      pod(
        {},
        {
          containerStatuses: [
            {
              name: 'web',
              ready: false,
              restartCount: 0,
              image: '',
              imageID: '',
              state: { waiting: { reason: 'ImagePullBackOff' } },
            },
          ],
        },
      ),
      ['container web waiting: ImagePullBackOff'],
    ],
    ['only gets an address', pod({}, running('True')), pod({}, { ...running('True'), podIP: '10.0.0.1' }), []],
  ] as const)('%s', (_name, before, after, lines) => {
    expect(describeChange('Pod', before, after)).toEqual(lines)
  })
})

describe('a Node', () => {
  const node = (ready: 'True' | 'Unknown', taints: readonly string[] = [], unschedulable?: boolean) =>
    object(
      'Node',
      'node-2',
      {
        spec: { unschedulable, taints: taints.map((key) => ({ key, effect: 'NoExecute' as const })) },
        status: {
          conditions: [
            { type: 'Ready', status: ready, reason: ready === 'True' ? 'KubeletReady' : 'NodeStatusUnknown' },
            { type: 'MemoryPressure', status: ready === 'True' ? 'False' : 'Unknown' },
          ],
        },
      },
      {},
    )

  test.each([
    ['joins', undefined, node('True'), ['registered', 'Ready False → True (KubeletReady)']],
    ['falls silent', node('True'), node('Unknown'), ['Ready True → Unknown (NodeStatusUnknown)']],
    ['is tainted', node('True'), node('True', ['a/b']), ['tainted a/b:NoExecute']],
    ['is no longer tainted', node('True', ['a/b']), node('True'), ['untainted a/b:NoExecute']],
    ['is cordoned', node('True'), node('True', [], true), ['cordoned']],
    ['leaves', node('True'), undefined, ['deleted']],
  ] as const)('%s', (_name, before, after, lines) => {
    expect(describeChange('Node', before, after)).toEqual(lines)
  })
})

describe('a Deployment', () => {
  const deployment = (replicas: number, image: string, status: Partial<DeploymentStatus> = {}) =>
    object('Deployment', 'web', {
      spec: {
        replicas,
        selector: {},
        template: { spec: { containers: [{ name: 'web', image, resources: {} }] } },
      },
      status,
    })
  const progressing = (reason: string, message?: string): Partial<DeploymentStatus> => ({
    conditions: [{ type: 'Progressing', status: 'True', reason, message }],
  })

  test.each([
    ['created', undefined, deployment(3, 'web:1'), ['created, replicas 3']],
    ['scaled', deployment(3, 'web:1'), deployment(5, 'web:1'), ['scaled 3 → 5']],
    ['gets a new image', deployment(3, 'web:1'), deployment(3, 'web:2'), ['new image web:1 → web:2']],
    [
      'progresses',
      deployment(3, 'web:1', { updatedReplicas: 1 }),
      deployment(3, 'web:1', { updatedReplicas: 2, availableReplicas: 1 }),
      ['rollout: 2 of 3 updated', '1 of 3 available'],
    ],
    [
      'is complete',
      deployment(3, 'web:1', progressing('ReplicaSetUpdated')),
      deployment(3, 'web:1', progressing('NewReplicaSetAvailable')),
      ['rollout complete'],
    ],
    [
      'is stalled',
      deployment(3, 'web:1', progressing('ReplicaSetUpdated')),
      deployment(3, 'web:1', progressing('ProgressDeadlineExceeded', 'it took too long')),
      ['rollout stalled: it took too long'],
    ],
  ] as const)('%s', (_name, before, after, lines) => {
    expect(describeChange('Deployment', before, after)).toEqual(lines)
  })
})

test('other kinds say when they change in a way that matters', () => {
  const replicaSet = (replicas: number) => object('ReplicaSet', 'web', { spec: { replicas, selector: {} } })
  expect(describeChange('ReplicaSet', replicaSet(1), replicaSet(0))).toEqual(['scaled 1 → 0'])
  const configMap = (value: string, name = 'config') => object('ConfigMap', name, { data: { key: value } })
  expect(describeChange('ConfigMap', configMap('a'), configMap('b'))).toEqual(['changed'])
  expect(describeChange('ConfigMap', configMap('a'), configMap('a'))).toEqual([])
  expect(describeChange('ConfigMap', undefined, configMap('a', 'kube-root-ca.crt'))).toEqual([])
  const namespace = (deletionTimestamp?: string) => object('Namespace', 'shop', {}, { deletionTimestamp })
  expect(describeChange('Namespace', namespace(), namespace('2026-01-01T00:00:00Z'))).toEqual(['terminating'])
  const claim = (phase: 'Pending' | 'Bound') =>
    object('PersistentVolumeClaim', 'disk', { spec: { volumeName: 'pv-1' }, status: { phase } })
  expect(describeChange('PersistentVolumeClaim', claim('Pending'), claim('Bound'))).toEqual(['bound to pv-1'])
  const job = (status: object) => object('Job', 'batch', { spec: { template: { spec: { containers: [] } } }, status })
  expect(describeChange('Job', job({ failed: 1 }), job({ failed: 2 }))).toEqual(['failed 1 → 2'])
  expect(
    describeChange(
      'Job',
      job({}),
      job({ conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] }),
    ),
  ).toEqual(['failed (BackoffLimitExceeded)'])
  const lease = (holderIdentity: string) => object('Lease', 'lease', { spec: { holderIdentity } })
  expect(describeChange('Lease', lease('a'), lease('b'))).toEqual([])
})

describe('the timeline', () => {
  const slice = (name: string, ready: readonly boolean[]) =>
    object(
      'EndpointSlice',
      name,
      { addressType: 'IPv4', endpoints: ready.map((one) => ({ addresses: ['10.0.0.1'], conditions: { ready: one } })) },
      { namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    )

  const told = (tell: (story: Story) => void): string => {
    const story = new Story()
    const projections = new Projections()
    const { rows } = projections.add(timelineProjection(story.store, story.log.causeOf))
    story.folds.push(projections.fold)
    tell(story)
    return renderTimeline(rows)
  }

  test('names who asked for a change, tells faults, and says when a Service has nobody left', () => {
    const text = told((story) => {
      story.at(1).write('replicaset-controller', pod({}))
      story.at(2).write('kube-scheduler/0', pod({ nodeName: 'node-2' }))
      story.at(3).write('endpointslice-controller', slice('web-a', [true, true]))
      story.at(3).write('endpointslice-controller', slice('web-b', [true]))
      story.at(60).tell('outside', 'HostPoweredOff', { fault: 1, host: 'node-2' })
      story.at(110).write('endpointslice-controller', slice('web-b', [false]))
      story.at(110.5).write('endpointslice-controller', slice('web-a', [false, false]))
      story.at(111).write('kubelet/node-2', object('Lease', 'node-2', { spec: {} }))
      story.at(112).tell('kernel', 'ProcessStarted', { process: 'kubelet/node-2', host: 'node-2', incarnation: 1 })
      story.at(120).commit(pod({}), undefined)
    })
    expect(text.split('\n')).toEqual([
      '  +1.000s  replicaset-controller     pod/web-1 created',
      '  +2.000s  kube-scheduler/0          pod/web-1 bound to node-2',
      '  +3.000s  endpointslice-controller  service/web has ready endpoints: 2',
      '  +3.000s  endpointslice-controller  service/web ready endpoints 2 → 3',
      ' +60.000s  outside                   host node-2 lost power',
      '+110.000s  endpointslice-controller  service/web ready endpoints 3 → 2',
      '+110.500s  endpointslice-controller  service/web has no ready endpoints',
      '+120.000s  etcd/1                    pod/web-1 deleted',
    ])
  })

  test('tells a commit once, however often etcd tells it', () => {
    const text = told((story) => {
      story.commit(pod({}), pod({}))
      const first = story.events[0]
      if (first?.type !== 'RevisionCommitted') throw new Error('the story begins with a commit')
      story.tell('etcd/2', 'RevisionCommitted', first.data)
    })
    expect(text).toBe('+0.000s  etcd/1  pod/web-1 created')
  })
})

/**
 * Goal: `why` names what an operator would name, in order, and nothing that only carried it there; what an absence caused
 * is joined to the fault behind it.
 * Method: the log of a Pod that is replaced after its node was lost, made by hand event by event, with the noise of a real
 * one; the rendered chain asserted.
 */
import { describe, expect, test } from 'vitest'
import type { LogEvent, Seq } from '../../../src/events/envelope.ts'
import type { Pod, PodStatus } from '../../../src/kubernetes/types/pod.ts'
import type { CauseLog } from '../../../src/projections/causes.ts'
import { renderWhy, why } from '../../../src/projections/why.ts'
import { object, Story } from './story.ts'

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', uid: 'uid-of-web-5d', controller: true }

const pod = (name: string, nodeName?: string, status: PodStatus = {}, deletionTimestamp?: string): Pod =>
  object(
    'Pod',
    name,
    { spec: { containers: [], nodeName }, status },
    {
      namespace: 'default',
      ownerReferences: [owner],
      deletionTimestamp,
      deletionGracePeriodSeconds: deletionTimestamp === undefined ? undefined : 30,
    },
  )

const node = (ready: 'True' | 'Unknown', tainted = false) =>
  object(
    'Node',
    'node-2',
    {
      spec: { taints: tainted ? [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' as const }] : [] },
      status: { conditions: [{ type: 'Ready', status: ready }] },
    },
    {},
  )

const RUNNING: PodStatus = { phase: 'Running' }
const READY: PodStatus = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
const DISRUPTED: PodStatus = {
  phase: 'Running',
  conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' }],
}
const OLD_UID = 'uid-of-web-old'

/** A controller's look at everything, every five seconds: each alarm follows the one before. */
const monitor = (story: Story, from: number, to: number, since: Seq): Seq => {
  let timer = since
  for (let second = from; second <= to; second += 5) {
    timer = story.at(second).tell('node-lifecycle', 'TimerFired', { name: 'tick', key: 'monitor' }, timer)
  }
  return timer
}

interface Loss {
  /** What happens at 60 s; gives nothing, for nobody hears of it. */
  readonly fault: (story: Story) => void
  /** What happens before and is over, or concerns others. */
  readonly noise?: (story: Story) => void
}

const lostNode = ({ fault, noise }: Loss): Story => {
  const story = new Story()
  const started = story.tell('kernel', 'ProcessStarted', { process: 'kubelet/node-2', host: 'node-2', incarnation: 1 })
  const elected = story.tell('node-lifecycle', 'LeaseAcquired', { lease: 'kube-system/kcm', holder: 'kcm/0' }, started)
  const asked = story.at(1).tell('outside', 'KubectlInvoked', {
    invocation: 1,
    apply: [{ kind: 'ReplicaSet', metadata: { name: 'web-5d' } }],
  })
  const replicaSet = object('ReplicaSet', 'web-5d', { spec: { replicas: 1, selector: {} } })
  const made = story.write('kubectl', replicaSet, asked)
  const woken = story.watched(made, 'replicaset')
  const first = story.at(2).write('replicaset', pod('web-old'), woken)
  const bound = story.at(3).write('scheduler', pod('web-old', 'node-2'), story.watched(first, 'scheduler'))
  story.at(5).write('kubelet/node-2', pod('web-old', 'node-2', READY), story.watched(bound, 'kubelet/node-2'))
  story.at(5).write('kubelet/node-2', node('True'), started)
  const calm = monitor(story, 10, 15, elected)
  noise?.(story)
  fault(story.at(60))
  const looked = monitor(story, 65, 110, calm)
  const missed = story
    .at(110)
    .tell(
      'node-lifecycle',
      'NodeHeartbeatMissed',
      { node: 'node-2', lastRenewMicros: 59_000_000, silentMicros: 51_000_000 },
      looked,
    )
  story.write('node-lifecycle', node('Unknown'), missed)
  const again = monitor(story, 115, 115, looked)
  const tainted = story.write('node-lifecycle', node('Unknown', true), again)
  const seen = story.watched(tainted, 'taint-eviction')
  const expired = story.at(415).tell(
    'taint-eviction',
    'TolerationExpired',
    {
      namespace: 'default',
      name: 'web-old',
      uid: OLD_UID,
      node: 'node-2',
      taint: 'unreachable:NoExecute',
      seconds: 300,
    },
    seen,
  )
  story.write('taint-eviction', pod('web-old', 'node-2', DISRUPTED), expired)
  const deleted = story.write('taint-eviction', pod('web-old', 'node-2', DISRUPTED, '2026-01-01T00:07:25Z'), expired)
  const replaced = story.at(415.1).write('replicaset', pod('web-new'), story.watched(deleted, 'replicaset'))
  const placed = story.at(415.2).write('scheduler', pod('web-new', 'node-1'), story.watched(replaced, 'scheduler'))
  const running = story
    .at(417)
    .write('kubelet/node-1', pod('web-new', 'node-1', RUNNING), story.watched(placed, 'kubelet/node-1'))
  story.at(418).write('kubelet/node-1', pod('web-new', 'node-1', READY), running)
  story.at(500).tell('outside', 'HostPoweredOff', { fault: 9, host: 'node-2' })
  return story
}

const newPod = { kind: 'Pod', namespace: 'default', name: 'web-new' } as const

const explained = (story: Story, log: CauseLog = story.log): readonly string[] =>
  why(log, story.store, newPod).map(({ text, inferred }) => (inferred ? `~ ${text}` : text))

const AFTER_THE_FAULT = [
  'node/node-2 silent for 51s',
  '~ node/node-2 Ready True → Unknown',
  'node/node-2 tainted node.kubernetes.io/unreachable:NoExecute',
  'pod/web-old tolerated unreachable:NoExecute on node-2 for 300s, no longer',
  'pod/web-old terminating, grace 30s',
  'pod/web-new created for replicaset/web-5d',
  'pod/web-new bound to node-1',
  'pod/web-new Pending → Running',
  'pod/web-new Ready',
]

describe('a Pod that replaces another after its node lost power', () => {
  const story = lostNode({ fault: (it) => it.tell('outside', 'HostPoweredOff', { fault: 1, host: 'node-2' }) })

  test('is there because of the fault, by way of silence, taint and toleration', () => {
    expect(explained(story)).toEqual(['~ host node-2 lost power', ...AFTER_THE_FAULT])
  })

  test('each step has its position, its time and who did it', () => {
    for (const step of why(story.log, story.store, newPod)) {
      const event = story.events[step.seq - 1] as LogEvent
      expect([event.seq, event.at]).toEqual([step.seq, step.at])
    }
    const [, silent, , , expired, , , bound] = renderWhy(why(story.log, story.store, newPod)).split('\n')
    expect(silent).toMatch(/^\+110\.000s +#\d+ {2}node-lifecycle +node\/node-2 silent for 51s$/)
    expect(expired).toMatch(/^\+415\.000s +#\d+ {2}taint-eviction +pod\/web-old tolerated/)
    expect(bound).toMatch(/^\+415\.200s +#\d+ {2}scheduler +pod\/web-new bound to node-1$/)
  })

  test('is explained as well by a log that keeps facts only', () => {
    const kept = new Set(['RevisionCommitted', 'HostPoweredOff', 'NodeHeartbeatMissed', 'TolerationExpired'])
    const facts: CauseLog = {
      causeOf: story.log.causeOf,
      get: (seq) => {
        const event = story.log.get(seq)
        return event !== undefined && kept.has(event.type) ? event : undefined
      },
    }
    const texts = (steps: readonly string[]): readonly string[] => steps.map((text) => text.replace('~ ', ''))
    expect(texts(explained(story, facts))).toEqual(texts(['~ host node-2 lost power', ...AFTER_THE_FAULT]))
  })

  test('the first Pod is there because somebody applied its ReplicaSet', () => {
    const old = { kind: 'Pod', namespace: 'default', name: 'web-old', uid: OLD_UID } as const
    expect(
      why(story.log, story.store, old)
        .map(({ text }) => text)
        .slice(0, 5),
    ).toEqual([
      'kubectl apply replicaset/web-5d',
      'replicaset/web-5d created, replicas 1',
      'pod/web-old created for replicaset/web-5d',
      'pod/web-old bound to node-2',
      'pod/web-old Pending → Running; Ready',
    ])
  })
})

describe('what kept the node silent', () => {
  const firstStep = (loss: Loss): string | undefined => explained(lostNode(loss))[0]

  test('a kubelet that was killed', () => {
    const fault = (it: Story): Seq => it.tell('outside', 'ProcessKilled', { fault: 1, process: 'kubelet/node-2' })
    expect(firstStep({ fault })).toBe('~ kubelet/node-2 killed')
  })

  test('a kubelet that crashed by itself', () => {
    const fault = (it: Story): Seq =>
      it.tell('kernel', 'ProcessExited', { process: 'kubelet/node-2', host: 'node-2', reason: 'panic' })
    expect(firstStep({ fault })).toBe('~ kubelet/node-2 exited: panic')
  })

  test('a network that was cut, rather than trouble elsewhere or trouble that was over', () => {
    const fault = (it: Story): Seq =>
      it.tell('outside', 'LinkPartitioned', { fault: 3, from: '*', to: 'node-2', bothWays: true })
    const noise = (it: Story): void => {
      it.at(20).tell('outside', 'HostPoweredOff', { fault: 1, host: 'node-2' })
      it.at(30).tell('outside', 'HostPoweredOn', { fault: 1, host: 'node-2' })
      it.at(59).tell('outside', 'HostPoweredOff', { fault: 2, host: 'node-3' })
    }
    expect(firstStep({ fault, noise })).toBe('~ network cut: everyone ↔ node-2')
  })

  test('the control plane, when nothing was wrong with the node', () => {
    const fault = (it: Story): Seq => it.tell('outside', 'ProcessPaused', { fault: 1, process: 'kube-apiserver/0' })
    expect(firstStep({ fault })).toBe('~ kube-apiserver/0 paused')
  })

  test('nothing that the log knows of', () => {
    expect(firstStep({ fault: () => {} })).toBe('node/node-2 silent for 51s')
  })
})

/**
 * Goal: the property that everything converges is worth something: it notices components that are a little wrong.
 * Method: an actor of a running cluster is replaced by one with a planted bug, as it boots; a handful of calm and stormy
 * runs, of which the sound cluster passes every one, must show it: not converged, an invariant broken, or another digest.
 */
import { describe, expect, test } from 'vitest'
import { crash, kill, partition } from '../../src/cluster/fault.ts'
import { createCluster, RunFailure } from '../../src/cluster.ts'
import type { HostedActor } from '../../src/engine/actor.ts'
import type { Substitute } from '../../src/engine/kernel/actors.ts'
import type { ActorId, LogEvent } from '../../src/events/envelope.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import { isReady } from '../../src/kubernetes/pods.ts'

/** An actor that never gets certain events. */
const deaf = (actor: HostedActor, ignores: (event: LogEvent) => boolean): HostedActor => ({
  logic: {
    ...actor.logic,
    transition: (snapshot, event, scope) =>
      ignores(event) ? snapshot : actor.logic.transition(snapshot, event, scope),
  },
})

/** A bug in all actors whose id begins so; the state of the bug is new with each boot. */
const planted =
  (prefix: ActorId, ignores: () => (event: LogEvent) => boolean): Substitute =>
  (id, actor) =>
    id.startsWith(prefix) ? deaf(actor, ignores()) : actor

/** True for every n-th event of a type. */
const everyNth = (n: number, matches: (event: LogEvent) => boolean) => () => {
  let count = 0
  return (event: LogEvent): boolean => matches(event) && ++count % n === 0
}

const always = (matches: (event: LogEvent) => boolean) => () => matches

const application = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        tolerations: [
          { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 },
        ],
        terminationGracePeriodSeconds: 2,
        containers: [{ name: 'main', image: 'registry.example/web:1', ports: [{ containerPort: 8080 }] }],
      },
    },
  },
}
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
}

/** Runs the story and tells what is not as it should be at its milestones. */
const story = (seed: number, substitute?: Substitute): readonly string[] => {
  const cluster = createCluster({ seed, nodes: 3, controlPlane: 1, etcd: 3, substitute })
  const change = (verb: 'patch' | 'delete', body?: object): void =>
    cluster.call({ verb, kind: 'Deployment', namespace: 'default', name: 'web', patchType: 'merge', body })
  const readyElsewhere = (): number =>
    cluster.list('Pod').filter((pod) => isReady(pod) && pod.spec.nodeName !== 'node-2').length
  cluster.inject(crash('node-2'), { at: minutes(2), for: minutes(4) })
  cluster.inject(kill('kube-controller-manager/0'), { at: minutes(5), for: seconds(5) })
  cluster.inject(partition('node-3'), { at: minutes(8), for: minutes(2) })
  cluster.run(seconds(20))
  cluster.apply([application, service].map((object) => JSON.stringify(object)).join('\n---\n'))
  cluster.run(minutes(4.5) - cluster.now)
  // The node has been dead for long: its Pods must run elsewhere.
  const moved = readyElsewhere() === 4 ? [] : [`${readyElsewhere()} of 4 ready while node-2 is dead`]
  cluster.run(minutes(7) - cluster.now)
  change('patch', { spec: { template: { spec: { priorityClassName: 'system-node-critical' } } } })
  cluster.run(minutes(20) - cluster.now)
  const settled = cluster.unsettled()
  change('delete')
  cluster.run(minutes(3))
  const left = cluster.list('Pod').length
  return [...moved, ...settled, ...(left === 0 ? [] : [`${left} pods outlive their deployment`])]
}

/** What the checks say about a cluster with this bug; empty: nothing was noticed. */
const noticed = (substitute?: Substitute): readonly string[] => {
  for (const seed of [1, 2, 3]) {
    try {
      const problems = story(seed, substitute)
      if (problems.length > 0) return problems
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error
      return [error.message]
    }
  }
  return []
}

const isPush =
  (change?: string) =>
  (event: LogEvent): boolean =>
    event.type === 'WatchPushed' && (change === undefined || event.data.change === change)

describe('a cluster with a planted bug does not pass', () => {
  test('the sound cluster does', () => {
    expect(noticed()).toEqual([])
  })

  test.each<[bug: string, substitute: Substitute]>([
    ['the controllers’ watch skips every ninth event', planted('kube-controller-manager/', everyNth(9, isPush()))],
    [
      'the garbage collector is deaf',
      planted(
        'garbage-collector-controller/',
        always(() => true),
      ),
    ],
    ['the scheduler’s watch skips every fifth event', planted('kube-scheduler/', everyNth(5, isPush()))],
    ['a kubelet’s watch skips every third event', planted('kubelet/node-1', everyNth(3, isPush()))],
    ['kubelets never see a Pod change', planted('kubelet/', always(isPush('MODIFIED')))],
    [
      'the API server’s watch of etcd skips every seventh event',
      planted(
        'kube-apiserver/',
        everyNth(7, (event) => event.type === 'EtcdWatchPushed'),
      ),
    ],
    [
      'the ReplicaSet controller never tries again',
      planted(
        'replicaset-controller/',
        always((event) => event.type === 'ApiResponded' && event.data.code < 300),
      ),
    ],
    [
      'the node-lifecycle-controller has no clock',
      planted(
        'node-lifecycle-controller/',
        always((event) => event.type === 'TimerFired'),
      ),
    ],
    [
      'etcd members lose every answer to AppendEntries',
      planted(
        'etcd/',
        always((event) => event.type === 'AppendAnswered'),
      ),
    ],
    [
      'containerd forgets every second command to stop',
      planted(
        'containerd/',
        everyNth(2, (event) => event.type === 'StopContainer'),
      ),
    ],
    [
      'the endpointslice-controller is deaf',
      planted(
        'endpointslice-controller/',
        always(() => true),
      ),
    ],
    [
      'the taint-eviction-controller has no clock',
      planted(
        'taint-eviction-controller/',
        always((event) => event.type === 'TimerFired'),
      ),
    ],
  ])('%s', (_bug, substitute) => {
    expect(noticed(substitute)).not.toEqual([])
  })
})

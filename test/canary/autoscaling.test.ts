/**
 * Goal: the checks on autoscalers are worth something: they notice one that removes a node whose Pods must stay, one that
 * recommends less than the minimum, one that grows a group beyond its maximum.
 * Method: an actor of a running cluster is replaced by one with a planted bug, as it boots. The sound cluster passes the
 * same story.
 */
import { expect, test } from 'vitest'
import { createCluster, RunFailure, type Cluster } from '../../src/cluster.ts'
import type { HostedActor } from '../../src/engine/actor.ts'
import type { Substitute } from '../../src/engine/kernel/actors.ts'
import type { ActorId, LogEvent } from '../../src/events/envelope.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { minutes } from '../../src/events/time.ts'
import { controllerInvariants } from '../support/autoscaling.ts'

/** An actor that is told something else than what was said. */
const misled = (actor: HostedActor, lie: (event: LogEvent) => LogEvent): HostedActor => ({
  logic: {
    ...actor.logic,
    transition: (snapshot, event, scope) => actor.logic.transition(snapshot, lie(event), scope),
  },
})

const planted =
  (id: ActorId, lie: (event: LogEvent) => LogEvent): Substitute =>
  (one, actor) =>
    one === id ? misled(actor, lie) : actor

/** What was noticed; empty: nothing. */
const noticed = (story: () => readonly string[]): readonly string[] => {
  try {
    return story()
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    return [error.message.split('\n')[0] ?? '']
  }
}

const web = (replicas: number, annotations: object = {}, cpu = '900m'): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, annotations },
      spec: { containers: [{ name: 'app', image: 'web:1', resources: { requests: { cpu, memory: '64Mi' } } }] },
    },
  },
})

const apply = (cluster: Cluster, ...objects: readonly object[]): void => cluster.apply(objects as readonly ApiObject[])

const growing = (substitute?: Substitute): readonly string[] =>
  noticed(() => {
    const cluster = createCluster({
      seed: 2,
      nodes: 1,
      cloud: { nodeGroups: [{ name: 'pool', max: 1, cpu: '2' }] },
      addons: { clusterAutoscaler: {} },
      invariants: controllerInvariants(),
      substitute,
    })
    cluster.run(minutes(1))
    apply(cluster, web(10))
    cluster.run(minutes(2))
    return []
  })

test('a group that grows beyond its maximum', () => {
  expect(growing()).toEqual([])
  // The bug: the maximum is read as two more than it is.
  const bug = planted('static-autoscaler/0', (event) =>
    event.type === 'CloudAnswered' && event.data.groups !== undefined
      ? {
          ...event,
          data: { ...event.data, groups: event.data.groups.map((group) => ({ ...group, max: group.max + 2 })) },
        }
      : event,
  )
  expect(growing(bug)[0]).toContain('group pool is asked to have 3 machines of at most 1')
})

const shrinking = (substitute?: Substitute): readonly string[] =>
  noticed(() => {
    const cluster = createCluster({
      seed: 2,
      nodes: 1,
      cloud: { nodeGroups: [{ name: 'pool', max: 2, cpu: '2', labels: { pool: 'yes' } }] },
      addons: { clusterAutoscaler: {} },
      invariants: controllerInvariants(),
      substitute,
    })
    cluster.run(minutes(1))
    // A Pod that nobody makes anew, on a machine of the pool.
    apply(cluster, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone', namespace: 'default' },
      spec: {
        nodeSelector: { pool: 'yes' },
        containers: [{ name: 'app', image: 'alone:1', resources: { requests: { cpu: '100m' } } }],
      },
    })
    cluster.run(minutes(25))
    const pod = cluster.get('Pod', 'default', 'alone')
    return pod?.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined ? [] : ['the Pod is gone']
  })

test('a machine that is given back with a Pod on it that cannot be moved', () => {
  expect(shrinking()).toEqual([])
  // The bug: ten minutes after it was made, a machine is taken for one that could not be made.
  const bug = planted('static-autoscaler/0', (event) => {
    if (event.type !== 'CloudAnswered' || event.data.groups === undefined || event.at < minutes(10)) return event
    const groups = event.data.groups.map((group) => ({
      ...group,
      instances: group.instances.map((instance) => ({ ...instance, problem: 'OutOfResources' })),
    }))
    return { ...event, data: { ...event.data, groups } }
  })
  expect(shrinking(bug)[0]).toContain('pool-1 is given back with /registry/pods/default/alone on it')
})

const advising = (substitute?: Substitute): readonly string[] =>
  noticed(() => {
    const cluster = createCluster({
      seed: 2,
      nodes: 1,
      addons: { verticalPodAutoscaler: true },
      invariants: controllerInvariants(),
      substitute,
    })
    cluster.run(minutes(1))
    apply(cluster, web(2, { 'seatrial.dev/cpu': '1m', 'seatrial.dev/memory': '1Mi' }, '100m'), {
      apiVersion: 'autoscaling.k8s.io/v1',
      kind: 'VerticalPodAutoscaler',
      metadata: { name: 'web', namespace: 'default' },
      spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    })
    cluster.run(minutes(10))
    const requests = cluster.list('Pod', 'default').map(({ spec }) => spec.containers[0]?.resources?.requests?.['cpu'])
    return requests.every((cpu) => cpu === '25m') ? [] : [`Pods ask for ${requests.join(', ')}`]
  })

/** A context whose API calls can be changed on their way out. */
const distorted = (actor: HostedActor, change: (body: unknown) => unknown): HostedActor => ({
  logic: {
    ...actor.logic,
    getInitialSnapshot: (scope, context) =>
      actor.logic.getInitialSnapshot(
        scope,
        new Proxy(context, {
          get: (target, member) => {
            if (member !== 'emit') return Reflect.get(target, member)
            const emit: typeof target.emit = (type, data, options) =>
              target.emit(type, 'body' in data ? { ...data, body: change(data.body) } : data, options)
            return emit
          },
        }),
      ),
  },
})

test('a recommendation below the minimum', () => {
  expect(advising()).toEqual([])
  // The bug: the minimum is forgotten, so a millicore is enough.
  const bug: Substitute = (id, actor) =>
    id === 'vpa-recommender-loop/0'
      ? distorted(actor, (body) => JSON.parse((JSON.stringify(body) ?? 'null').replaceAll('"25m"', '"1m"')))
      : actor
  expect(advising(bug)[0]).toContain('app is recommended 1m')
})

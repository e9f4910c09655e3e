/**
 * Goal: the three patterns of Sieve are sharp.
 * Method: small controllers that are right while nothing disturbs them and have one planted bug each; the very same check
 * must find it, and by the pattern that it is meant for; without the bug it must find nothing.
 */
import { describe, expect, test } from 'vitest'
import { defineController, type Controller, type World } from '../../src/engine/client/controller.ts'
import { splitKey } from '../../src/engine/client/keys.ts'
import { call, type Sync } from '../../src/engine/client/sync.ts'
import type { Change } from '../../src/kubernetes/view.ts'
import { exhaust } from '../sieve/exhaust.ts'
import { atMost, kubelets, living, made, selector, template } from '../sieve/objects.ts'
import type { Stage } from '../sieve/stage.ts'
import type { Disturbance, SmallWorld } from '../sieve/world.ts'

type Bug =
  'no expectations' | 'counts in memory' | 'acts on what changed' | 'status first' | 'ignores deletionTimestamp'

interface Memory {
  /** Pods that were made for each ReplicaSet: what must not be believed after a crash. */
  made: number
}

/** Keeps `spec.replicas` Pods, as replicaset-controller does in few lines, with or without a bug. */
const replicas = (bug?: Bug): Controller =>
  defineController<Memory>({
    name: 'replicaset-controller',
    kinds: ['ReplicaSet', 'Pod'],
    workers: 1,
    memory: () => ({ made: 0 }),
    readsOwnWrites: bug !== 'no expectations',
    wakes: (change, { expectations }) => {
      if (change.kind === 'Pod' && change.before === undefined) expectations.created('default/web')
      return wakesOf(change, bug)
    },
    reconcile: (key, world) => sync(key, world, bug),
  })

const wakesOf = ({ kind, before, after }: Change, bug: Bug | undefined): readonly string[] => {
  if (kind === 'ReplicaSet') return ['default/web']
  // Hears only of the moment in which a Pod is marked, not of one that is gone.
  if (bug === 'acts on what changed') {
    const isMarked = before?.metadata.deletionTimestamp === undefined && after?.metadata.deletionTimestamp !== undefined
    return isMarked && before !== undefined ? ['default/web'] : []
  }
  // Undisturbed, all that it made is in view before it looks again.
  if (bug === 'no expectations' && after !== undefined && after.metadata.deletionTimestamp === undefined) return []
  return ['default/web']
}

function* sync(key: string, world: World<Memory>, bug: Bug | undefined): Sync {
  const { namespace, name } = splitKey(key)
  const set = world.view.get('ReplicaSet', namespace, name)
  if (set === undefined) return
  if (set.metadata.deletionTimestamp !== undefined && bug !== 'ignores deletionTimestamp') return
  if (bug !== 'no expectations' && !world.expectations.satisfied(key, world.monotonic)) return
  const pods = world.view.list('Pod', namespace)
  const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const count = bug === 'counts in memory' ? Math.max(world.memory.made, 0) : alive.length
  const missing = (set.spec.replicas ?? 1) - count
  const isTold = set.status?.replicas === set.spec.replicas
  if (bug === 'status first' && isTold) return
  if (bug === 'status first') yield* tell(set, world)
  if (missing > 0) world.expectations.expectCreations(key, missing, world.monotonic)
  for (let i = 0; i < missing; i++) {
    world.memory.made++
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { generateName: 'web-', namespace },
      spec: set.spec.template?.spec,
    }
    const answer = yield* call({ verb: 'create', kind: 'Pod', namespace, body: body as never })
    if (!answer.ok) return { retry: answer.message }
  }
  const victim = missing < 0 ? alive[0] : undefined
  if (victim !== undefined) {
    const preconditions = { uid: victim.metadata.uid }
    yield* call({ verb: 'delete', kind: 'Pod', namespace, name: victim.metadata.name, options: { preconditions } })
  }
  if (bug !== 'status first' && !isTold) yield* tell(set, world)
}

function* tell(set: NonNullable<ReturnType<World['view']['get']>>, { view }: World): Sync<void> {
  const fresh = view.get('ReplicaSet', set.metadata.namespace, set.metadata.name)
  if (fresh === undefined) return
  const { namespace, name } = fresh.metadata
  const body = { ...fresh, status: { ...fresh.status, replicas: fresh.spec.replicas ?? 1 } }
  yield* call({ verb: 'update', kind: 'ReplicaSet', namespace, name, subresource: 'status', body })
}

const world = (bug?: Bug): SmallWorld => ({
  name: 'canary',
  controllers: () => [replicas(bug)],
  given: [made('ReplicaSet', 'web', { spec: { replicas: 2, selector, template: template() } })],
  steps: 6,
  around: kubelets,
  script: {
    3: (stage) => {
      const [pod] = living(stage)
      if (pod !== undefined && bug !== 'counts in memory' && bug !== 'status first')
        stage.delete('Pod', pod.metadata.name)
    },
  },
  never: atMost(2),
})

/** The garbage collector: of a set that is deleted in the foreground first the Pods, then the set; and what has no owner. */
const collector = (stage: Stage): void => {
  const set = stage.get('ReplicaSet', 'web')
  if (set !== undefined && set.metadata.deletionTimestamp === undefined) return
  const pods = stage.list('Pod')
  for (const { metadata } of pods) stage.delete('Pod', metadata.name)
  if (pods.length === 0) stage.remove('ReplicaSet', 'web')
}

/** The same world, in which somebody deletes the set in the end. */
const ended = (bug?: Bug): SmallWorld => ({
  ...world(bug),
  script: { 4: (stage) => stage.delete('ReplicaSet', 'web', { propagationPolicy: 'Foreground' }) },
  around: (stage) => {
    collector(stage)
    kubelets(stage)
  },
  finally: (stage) => {
    const left = [...stage.list('ReplicaSet'), ...stage.list('Pod')].length
    return left === 0 ? undefined : `${left} objects are left of what was deleted`
  },
})

const patterns = (bug?: Bug, of = world): ReadonlySet<Disturbance['pattern']> =>
  new Set(exhaust(of(bug)).findings.map(({ disturbance }) => disturbance.pattern))

test.each([world, ended])('without a bug nothing is found', (of) => {
  expect([...patterns(undefined, of)]).toEqual([])
})

describe('a controller that', () => {
  test('creates again what it does not see yet is found by a stale view', () => {
    expect(patterns('no expectations')).toContain('stale')
  })
  test('counts in memory what it should read is found by a restart', () => {
    expect(patterns('counts in memory')).toContain('restart')
  })
  test('acts on one change instead of on what is there is found by hiding that change', () => {
    expect(patterns('acts on what changed')).toContain('hidden')
  })
  test('writes that it is done before it is done is found by a restart in between', () => {
    expect(patterns('status first')).toContain('restart')
  })
  test('goes on making what belongs to something that is being deleted is found by the end that never comes', () => {
    expect(patterns('ignores deletionTimestamp', ended)).toContain('none')
  })
})

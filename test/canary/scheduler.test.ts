/**
 * Goal: the properties of the scheduler are sharp: a bug of the kind they are there for is caught.
 * Method: plant one bug, run the very same checks, and demand that they fail.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Action } from '../../src/actors/scheduler/framework/events.ts'
import type { View } from '../../src/kubernetes/view.ts'
import type { PluginFactory } from '../../src/actors/scheduler/framework/plugin.ts'
import { unschedulable } from '../../src/actors/scheduler/framework/status.ts'
import { lives, LivingCluster, wrongPreemptions, type LifeOptions } from '../properties/scheduler-life.ts'
import { broken, essence, histories, restarted, SmallCluster, type Tell } from '../properties/scheduler-checker.ts'

const finds = (check: (history: Parameters<SmallCluster['run']>[0]) => boolean): boolean =>
  fc.check(fc.property(histories, check), { numRuns: 300, seed: 1, endOnFailure: true }).failed

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const livesRight = (tell: Tell) => (history: Parameters<SmallCluster['run']>[0]) => {
  const cluster = new SmallCluster({}, tell)
  cluster.run(history)
  return same(cluster.probe().map(essence), restarted(cluster).probe().map(essence))
}

test('a scheduler that misses deletions of Pods on nodes is caught', () => {
  const deaf: Tell = (core, change, now) => {
    const gone =
      change.kind === 'Pod' && change.after === undefined && core.cache.placedPod(change.before?.metadata.uid ?? '')
    if (!gone) core.observe(change, now)
  }
  expect(finds(livesRight(deaf))).toBe(true)
})

test('a scheduler that does not see a node move to another zone is caught', () => {
  const blind: Tell = (core, change, now) => {
    if (change.kind !== 'Node' || change.before === undefined || change.after === undefined) core.observe(change, now)
  }
  expect(finds(livesRight(blind))).toBe(true)
})

test('a scheduler that does not hear that a Pod is on its way out is caught', () => {
  const unaware: Tell = (core, change, now) => {
    const leaving = change.after?.metadata.deletionTimestamp !== undefined
    if (!leaving) core.observe(change, now)
  }
  expect(finds(livesRight(unaware))).toBe(true)
})

for (const [plugin, what] of [
  ['NodeResourcesFit', 'room'],
  ['NodePorts', 'ports'],
] as const) {
  test(`a scheduler without ${plugin} is caught: it gives ${what} away twice`, () => {
    const filter = { disabled: [{ name: plugin }] }
    const configuration = { profiles: [{ plugins: { filter } }] }
    const keepsRules = (history: Parameters<SmallCluster['run']>[0]): boolean => {
      const cluster = new SmallCluster({ configuration })
      cluster.run(history)
      return broken(cluster).length === 0
    }
    expect(finds(keepsRules)).toBe(true)
  })
}

for (const [plugin, what] of [
  ['InterPodAffinity', 'whom a Pod wants near or far'],
  ['PodTopologySpread', 'how Pods are to be spread'],
] as const) {
  test(`a scheduler without ${plugin} is caught: it does not mind ${what}`, () => {
    const disabled = [{ name: plugin }]
    const configuration = { profiles: [{ plugins: { filter: { disabled }, preFilter: { disabled } } }] }
    const keepsPromises = (history: Parameters<SmallCluster['run']>[0]): boolean => {
      const cluster = new SmallCluster({ configuration })
      cluster.run(history)
      return cluster.brokenPromises.length === 0
    }
    expect(finds(keepsPromises)).toBe(true)
  })
}

const findsInLife = (options: () => LifeOptions, holds: (cluster: LivingCluster) => boolean): boolean =>
  fc.check(
    fc.property(lives(false), (life) => {
      const cluster = new LivingCluster(options())
      cluster.live(life)
      cluster.wait(11)
      return holds(cluster)
    }),
    { numRuns: 300, seed: 1, endOnFailure: true },
  ).failed

test('a scheduler that is not woken by what goes is caught: Pods wait though they would fit', () => {
  const tell: Tell = (core, change, now) => {
    const { move } = core.queue
    if (change.after === undefined) core.queue.move = () => {}
    core.observe(change, now)
    core.queue.move = move
  }
  expect(
    findsInLife(
      () => ({ tell }),
      (cluster) => cluster.overlooked().length === 0,
    ),
  ).toBe(true)
})

test('a preemption that knows no budgets is caught', () => {
  const shown = (view: View): View => ({
    get: view.get.bind(view),
    list: (kind, namespace) => (kind === 'PodDisruptionBudget' ? [] : view.list(kind, namespace)),
    revision: view.revision.bind(view),
    indexed: view.indexed.bind(view),
  })
  const sparing = (cluster: LivingCluster): boolean => wrongPreemptions(cluster).length === 0
  expect(findsInLife(() => ({ budget: true, shown }), sparing)).toBe(true)
})

test('a preemption among equals is caught: it never ends', () => {
  const amongEquals: PluginFactory = (_args, { cache }) => ({
    name: 'DefaultPreemption',
    postFilter: (_state, pod) => {
      const node = cache.nodeOrder().find(({ pods }) => pods.length > 0)
      if (node === undefined) return { status: unschedulable('DefaultPreemption', 'nobody is there') }
      const preemption = {
        node: node.name,
        victims: [...node.pods],
        losesNomination: [],
        pdbViolations: 0,
        candidates: [],
      }
      return { status: undefined, nominatedNodeName: pod.namespace === '' ? '' : node.name, preemption }
    },
    hints: [{ resource: 'AssignedPod', actions: Action.delete }],
  })
  const plugins = new Map([['DefaultPreemption', amongEquals]])
  expect(
    findsInLife(
      () => ({ plugins }),
      (cluster) => !cluster.endless && wrongPreemptions(cluster).length === 0,
    ),
  ).toBe(true)
})

test('a scheduler whose chance is not its own stream is caught: the same history is decided otherwise', () => {
  let draws = 0
  const below = (n: number): number => (draws = (draws + 1) % 7919) % n
  const same = (life: Parameters<LivingCluster['live']>[0]): boolean => {
    const [first, second] = [0, 1].map(() => new LivingCluster({ below, parallelFilter: true }))
    first?.live(life)
    second?.live(life)
    return JSON.stringify(first?.decisions) === JSON.stringify(second?.decisions)
  }
  const { failed } = fc.check(fc.property(lives(true), same), { numRuns: 300, seed: 1, endOnFailure: true })
  expect(failed).toBe(true)
})

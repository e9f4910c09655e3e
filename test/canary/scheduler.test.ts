/**
 * Goal: the properties of the scheduler are sharp: a bug of the kind they are there for is caught.
 * Method: plant one bug, run the very same checks, and demand that they fail.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
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

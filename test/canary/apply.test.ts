/**
 * Goal: the checks of test/properties/apply-checker.ts are sharp: each notices a mistake that an implementation is prone to.
 * Method: one planted mistake per check; the very same check must fail with it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applied } from '../../src/kubernetes/apply/field-manager.ts'
import { EMPTY_SET, recursiveDifference, union, type FieldSet } from '../../src/kubernetes/apply/field-set.ts'
import { entriesOf, withEntries } from '../../src/kubernetes/apply/owners.ts'
import { mergePatch } from '../../src/kubernetes/patch/merge-patch.ts'
import type { JsonObject } from '../../src/kubernetes/patch/json.ts'
import { isStatus } from '../../src/kubernetes/status.ts'
import {
  checkAlgebra,
  checkCommuting,
  checkForce,
  checkIdempotence,
  checkLeaving,
  configs,
  DEPLOYMENTS,
  OUR_ALGEBRA,
  pathSets,
  type Apply,
  type SetAlgebra,
} from '../properties/apply-checker.ts'

const fails = (property: fc.IProperty<unknown>): boolean =>
  fc.check(property, { numRuns: 500, seed: 1, endOnFailure: true }).failed

const MISTAKES: readonly (readonly [string, Partial<SetAlgebra>])[] = [
  ['a difference that takes along what stands below', { difference: recursiveDifference }],
  ['a recursive difference that leaves what stands below', { recursiveDifference: OUR_ALGEBRA.difference }],
  ['a union that forgets paths on the way to others', { union: (a, b) => withoutMarks(union(a, b)) }],
  ['an intersection of elements, not of paths', { intersection: (a, b) => commonElements(a, b) }],
  ['a union that copies where nothing is new', { union: (a, b) => ({ ...union(a, b) }) }],
]

function withoutMarks(node: FieldSet): FieldSet {
  const entries = Object.entries(node).filter(([element]) => element !== '.')
  return entries.length === 0
    ? EMPTY_SET
    : Object.fromEntries(entries.map(([key, child]) => [key, withoutMarks(child)]))
}

const commonElements = (a: FieldSet, b: FieldSet): FieldSet =>
  Object.fromEntries(Object.entries(a).filter(([element]) => element in b))

test.each(MISTAKES)('%s is noticed', (_name, mistake) => {
  const algebra = { ...OUR_ALGEBRA, ...mistake }
  expect(fails(fc.property(pathSets, pathSets, (a, b) => checkAlgebra(algebra, a, b)))).toBe(true)
})

let clock = 0
const at = (manager: string) => ({ manager, time: '2026-01-01T00:00:00Z' })
const right: Apply = (live, config, manager, force) => applied(DEPLOYMENTS, live, config, at(manager), force)

/** Remembers nothing of what it applied before. */
const forgetful: Apply = (live, config, manager, force) => {
  const others = entriesOf(live).filter((entry) => entry.manager !== manager)
  return right(withEntries(live, others), config, manager, force)
}

/** Sees no contradictions. */
const ruthless: Apply = (live, config, manager) => right(live, config, manager, true)

/** Takes lists as a whole. */
const coarse: Apply = (live, config, manager, force) => {
  const result = right(live, config, manager, force)
  return isStatus(result) ? result : withEntries(mergePatch(result, config) as JsonObject, entriesOf(result))
}

/** Writes the time even where nothing happened. */
const restless: Apply = (live, config, manager, force) => {
  clock += 1
  const result = right(live, config, manager, force)
  const entries = isStatus(result) ? [] : entriesOf(result)
  return isStatus(result)
    ? result
    : withEntries(
        result,
        entries.map((entry) => ({ ...entry, time: `${clock}` })),
      )
}

/** Takes fields by force, and leaves them to their former owners all the same. */
const generous: Apply = (live, config, manager, force) => {
  const result = right(live, config, manager, force)
  if (isStatus(result) || !force) return result
  const lost = entriesOf(live).filter((entry) => entry.manager !== manager)
  return withEntries(result, [...entriesOf(result).filter((entry) => entry.manager === manager), ...lost].reverse())
}

test('the planted appliers are built on one that passes', () => {
  expect(fails(fc.property(configs, (config) => checkIdempotence(right, config)))).toBe(false)
})

test('a time that changes although nothing else does is noticed', () => {
  expect(fails(fc.property(configs, (config) => checkIdempotence(restless, config)))).toBe(true)
})

test('lists that are taken as a whole are noticed', () => {
  expect(fails(fc.property(configs, configs, (a, b) => void checkCommuting(coarse, a, b)))).toBe(true)
})

test('contradictions that are not told are noticed', () => {
  expect(fails(fc.property(configs, configs, (a, b) => void checkCommuting(ruthless, a, b)))).toBe(true)
})

test('fields that outlive their only applier are noticed', () => {
  expect(fails(fc.property(configs, configs, (a, b) => void checkLeaving(forgetful, a, b)))).toBe(true)
})

test('former owners who keep what was taken by force are noticed', () => {
  expect(fails(fc.property(configs, configs, (a, b) => checkForce(generous, a, b)))).toBe(true)
})

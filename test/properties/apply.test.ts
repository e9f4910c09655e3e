/**
 * Goal: field sets obey set algebra path by path; applying is idempotent, commutes where nobody contradicts, takes away what
 * nobody applies any more and no more, and force settles contradictions.
 * Method: random sets over few paths against the plain meaning of each operation; random parts of a Deployment applied by two
 * managers. That the checks are sharp: test/canary/apply.test.ts.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applied } from '../../src/kubernetes/apply/field-manager.ts'
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
} from './apply-checker.ts'

const apply: Apply = (live, config, manager, force) =>
  applied(DEPLOYMENTS, live, config, { manager, time: '2026-01-01T00:00:00Z' }, force)

test('every operation on field sets does to each path what it says', () => {
  fc.assert(
    fc.property(pathSets, pathSets, (a, b) => checkAlgebra(OUR_ALGEBRA, a, b)),
    { numRuns: 500 },
  )
})

test('who applies the same again changes nothing', () => {
  fc.assert(fc.property(configs, (config) => checkIdempotence(apply, config)))
})

test('applies that do not contradict each other commute', () => {
  const seen = { conflict: 0, checked: 0 }
  fc.assert(
    fc.property(configs, configs, (first, second) => {
      seen[checkCommuting(apply, first, second)]++
    }),
    { numRuns: 500 },
  )
  expect(seen.conflict).toBeGreaterThan(50)
  expect(seen.checked).toBeGreaterThan(50)
})

test('who leaves takes along what he alone applied', () => {
  fc.assert(
    fc.property(configs, configs, (first, second) => {
      checkLeaving(apply, first, second)
    }),
    { numRuns: 300 },
  )
})

test('what was forced stands', () => {
  fc.assert(
    fc.property(configs, configs, (first, second) => checkForce(apply, first, second)),
    { numRuns: 300 },
  )
})

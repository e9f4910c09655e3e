/**
 * Goal: the check of quotas is sharp.
 * Method: let API servers write a quota's status without asking whether it still is what they added to, as a server that trusts its
 * cache would; the very same check must fail.
 */
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { etcd } from '../../src/actors/apiserver/procedure.ts'
import { Store, withoutVersion } from '../../src/actors/apiserver/storage/store.ts'
import { bounds, quotaProblem, wishes } from '../properties/quota-checker.ts'

const { put } = Store.prototype

afterEach(() => {
  Store.prototype.put = put
})

const finds = (): boolean =>
  fc.check(
    fc.property(
      fc.nat(1_000_000),
      bounds,
      wishes,
      (seed, hard, asked) => quotaProblem(seed, hard, asked) === undefined,
    ),
    { numRuns: 60, seed: 1, endOnFailure: true },
  ).failed

test('a quota that is written over is found out', () => {
  Store.prototype.put = function* (ref, object, expected) {
    if (ref.kind !== 'ResourceQuota') return yield* put.call(this, ref, object, expected)
    const { revision } = yield* etcd({ op: 'put', key: ref.key, size: 100, value: withoutVersion(object) })
    return { revision }
  }
  expect(finds()).toBe(true)
})

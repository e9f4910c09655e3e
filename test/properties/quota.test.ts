/**
 * Goal: a quota is never overdrawn, never miscounted and refuses nothing for which there is room, however many API servers charge
 * it at once.
 * Method: three API servers over three etcd members create Pods of random sizes at the same moments; the answers, the Pods and the
 * quota's status must agree. test/canary/quota.test.ts shows that the check bites.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bounds, quotaProblem, wishes } from './quota-checker.ts'

test('three servers charging one quota neither overdraw nor miscount it', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), bounds, wishes, (seed, hard, asked) => {
      expect(quotaProblem(seed, hard, asked)).toBeUndefined()
    }),
    { numRuns: 25 },
  )
})

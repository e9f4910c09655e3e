/**
 * Goal: a leader revokes a lease when nobody has kept it alive for its time to live, never earlier.
 * Method: one clock over a few leases, asked at chosen moments.
 */
import { expect, test } from 'vitest'
import { LeaseClock, Leases } from '../../../src/actors/etcd/mvcc/leases.ts'
import { seconds } from '../../../src/events/time.ts'

const leases = new Leases()
leases.grant(1, 10)
leases.grant(2, 20)

const promoted = (): LeaseClock => {
  const clock = new LeaseClock()
  clock.promote(leases, seconds(100), seconds(1))
  return clock
}

test('a new leader gives every lease its whole time again, and an election timeout', () => {
  const clock = promoted()
  expect(clock.nextAt()).toBe(seconds(111))
  expect(clock.remaining(2, seconds(100))).toBe(21)
  expect(clock.takeExpired(seconds(111) - 1)).toEqual([])
  expect(clock.takeExpired(seconds(111))).toEqual([1])
})

test('who is kept alive lives on', () => {
  const clock = promoted()
  clock.renew(1, 10, seconds(109))
  expect(clock.nextAt()).toBe(seconds(119))
  expect(clock.takeExpired(seconds(115))).toEqual([])
  clock.renew(1, 10, seconds(118))
  expect(clock.nextAt()).toBe(seconds(121))
})

test('a revocation that takes no effect is proposed again after 3 seconds, and not once it did', () => {
  const clock = promoted()
  expect(clock.takeExpired(seconds(111))).toEqual([1])
  expect(clock.takeExpired(seconds(113))).toEqual([])
  expect(clock.takeExpired(seconds(114))).toEqual([1])
  clock.forget(1)
  expect(clock.takeExpired(seconds(117))).toEqual([])
  expect(clock.nextAt()).toBe(seconds(121))
})

test('who does not lead revokes nothing', () => {
  const clock = promoted()
  clock.demote()
  expect(clock.nextAt()).toBeUndefined()
  expect(clock.takeExpired(seconds(999))).toEqual([])
})

test('at most 500 at once', () => {
  const many = new Leases()
  for (let id = 1; id <= 700; id++) many.grant(id, 2)
  const clock = new LeaseClock()
  clock.promote(many, 0, 0)
  expect(clock.takeExpired(seconds(2)).length).toBe(500)
  expect(clock.takeExpired(seconds(2)).length).toBe(200)
})

/**
 * Goal: a crashing container is restarted at once, then after 10 s, 20 s … 300 s, and from the start again after a quiet time.
 * Method: the back-off alone, with ends and starts at moments of our choice.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backoff } from '../../../src/actors/kubelet/backoff.ts'
import { minutes, seconds } from '../../../src/events/time.ts'

const KEY = 'uid_app'

/** Restarts a container that ends at once, as soon as it may be; gives the pauses between end and start. */
const pauses = (times: number): readonly number[] => {
  const backoff = new Backoff()
  const found: number[] = []
  let now = seconds(100)
  for (let i = 0; i < times; i++) {
    const ended = now
    now = backoff.until(KEY, ended, now) ?? now
    expect(backoff.until(KEY, ended, now)).toBeUndefined()
    backoff.next(KEY, ended, now)
    found.push((now - ended) / seconds(1))
  }
  return found
}

describe('the back-off of restarts', () => {
  test('is nothing at first, then doubles from 10 s to 300 s', () => {
    expect(pauses(9)).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300])
  })

  test('counts from the end of the last run, so a run that was long enough is followed at once', () => {
    const backoff = new Backoff()
    backoff.next(KEY, 0, 0)
    backoff.next(KEY, seconds(1), seconds(1))
    expect(backoff.get(KEY)).toBe(seconds(20))
    expect(backoff.until(KEY, seconds(50), seconds(60))).toBe(seconds(70))
    expect(backoff.until(KEY, seconds(50), seconds(70))).toBeUndefined()
  })

  test('begins again when the run ended more than 10 min after the last restart', () => {
    const backoff = new Backoff()
    for (let i = 0; i < 6; i++) backoff.next(KEY, seconds(i), seconds(i))
    expect(backoff.get(KEY)).toBe(seconds(300))
    const ended = seconds(5) + minutes(10) + 1
    expect(backoff.until(KEY, ended, ended)).toBeUndefined()
    backoff.next(KEY, ended, ended)
    expect(backoff.get(KEY)).toBe(seconds(10))
  })

  test('never exceeds its maximum nor falls below its base, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2_000 }), { minLength: 1, maxLength: 30 }), (gaps) => {
        const backoff = new Backoff()
        let now = 0
        for (const gap of gaps) {
          now += seconds(gap)
          backoff.next(KEY, now, now)
          expect(backoff.get(KEY)).toBeGreaterThanOrEqual(seconds(10))
          expect(backoff.get(KEY)).toBeLessThanOrEqual(seconds(300))
        }
      }),
    )
  })
})

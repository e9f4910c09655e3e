/**
 * Goal: who repeats himself costs the API little, and what is wrong is told however much is said that is normal.
 * Method: events at chosen times through one correlator; what is written, what adds to it, what is dropped.
 */
import { expect, test } from 'vitest'
import { EventCorrelator, type EventIdentity } from '../../../src/engine/client/event-correlator.ts'
import { minutes, seconds } from '../../../src/events/time.ts'

const about = (type: string, reason: string, message: string): EventIdentity => ({
  subject: 'ReplicaSet/team-a/web',
  fieldPath: '',
  type,
  reason,
  message,
})

test('the same again is a higher count', () => {
  const correlator = new EventCorrelator()
  const event = about('Warning', 'Unhealthy', 'no answer')
  expect(correlator.correlate(event, 'first', seconds(1), seconds(1))).toMatchObject({ count: 1, patch: false })
  expect(correlator.correlate(event, 'second', seconds(2), seconds(2))).toMatchObject({
    ...{ name: 'first', count: 2, first: seconds(1), patch: true },
  })
})

test('from the tenth different message on they are one event', () => {
  const correlator = new EventCorrelator()
  const names = Array.from({ length: 12 }, (_, i) =>
    correlator.correlate(about('Warning', 'FailedCreate', `no ${i}`), `e${i}`, seconds(i), seconds(i)),
  )
  expect(names.map((one) => one?.combined)).toEqual([...Array<boolean>(9).fill(false), true, true, true])
  expect(names.slice(9)).toMatchObject([
    { name: 'e9', count: 1, message: '(combined from similar events): no 9' },
    { name: 'e9', count: 2, message: '(combined from similar events): no 10' },
    { name: 'e9', count: 3, message: '(combined from similar events): no 11' },
  ])
})

test('25 of each type about one object are let through, of all reasons, then one in five minutes', () => {
  const correlator = new EventCorrelator()
  let now = 0
  const isTold = (type: string, reason: string): boolean => {
    now += seconds(1)
    return correlator.correlate(about(type, reason, `at ${now}`), `e${now}`, now, now) !== undefined
  }
  const passed = (count: number, ...told: Parameters<typeof isTold>): number =>
    Array.from({ length: count }, () => isTold(...told)).filter(Boolean).length
  expect(passed(20, 'Normal', 'SuccessfulCreate')).toBe(20)
  expect(passed(30, 'Warning', 'FailedCreate')).toBe(25)
  expect(passed(30, 'Normal', 'SuccessfulDelete')).toBe(5)
  now += minutes(10)
  expect(passed(10, 'Warning', 'FailedCreate')).toBe(2)
})

/**
 * Goal: of two histories the first event that differs is found, and which field of it, whatever is known of either.
 * Method: one log and a copy with a single change at a random place, compared as logs, as recordings, and crosswise.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstDivergence, historyOfLog, historyOfRecording, type History } from '../../../src/events/diverge.ts'
import { encodeEvent } from '../../../src/events/encode.ts'
import type { LogEvent } from '../../../src/events/envelope.ts'
import { InvariantError } from '../../../src/events/invariant.ts'
import { createMemoryLog } from '../../../src/events/memory-log.ts'
import type { Keep } from '../../../src/events/recording.ts'
import { RecordingEncoder } from '../../../src/events/recording-encoder.ts'
import { readRecordingBytes } from '../../../src/events/file/recording-reader.ts'
import { plainEvent, plainLog } from '../../arbitraries/plain-log.ts'

const asLog = (events: readonly LogEvent[], retain: Keep): History => {
  const log = createMemoryLog({ retain })
  for (const event of events) log.append(event)
  return historyOfLog(log)
}

const asRecording = (events: readonly LogEvent[], keep: Keep): History => {
  const encoder = new RecordingEncoder({ seed: 1, options: {}, keep, version: '0' })
  const text = [encoder.begin(), ...events.map((event) => encoder.take(event, encodeEvent(event))), encoder.end()]
  const read = readRecordingBytes([Buffer.from(text.join(''))])
  if (either.isLeft(read)) throw new Error('a fresh recording is sound')
  return historyOfRecording(read.right)
}

const FORMS: readonly (readonly [string, (events: readonly LogEvent[]) => History])[] = [
  ['log', (events) => asLog(events, 'all')],
  ['log of facts', (events) => asLog(events, 'facts')],
  ['recording', (events) => asRecording(events, 'all')],
  ['recording of facts', (events) => asRecording(events, 'facts')],
]

const PAIRS = FORMS.flatMap(([left, makeLeft]) =>
  FORMS.map(([right, makeRight]) => [left, right, makeLeft, makeRight] as const),
)

/** Every fourth plain event is a fact, the third of each four; only a change of a fact can be seen by all forms. */
const factAt = (n: number): number => 4 * n + 3

const changed = (events: readonly LogEvent[], seq: number): LogEvent[] =>
  events.map((event) => (event.seq === seq ? { ...event, by: 'someone/else' } : event))

describe.each(PAIRS)('a %s and a %s', (left, right, makeLeft, makeRight) => {
  const whole = !left.includes('facts') && !right.includes('facts')

  test('of the same run do not diverge', () => {
    const events = plainLog(4_321)
    expect(firstDivergence(makeLeft(events), makeRight(events))).toBeUndefined()
  })

  test('diverge at the one fact that differs', () => {
    fc.assert(
      fc.property(fc.nat(1_070), (n) => {
        const events = plainLog(4_321)
        const seq = factAt(n)
        expect(firstDivergence(makeLeft(events), makeRight(changed(events, seq)))).toMatchObject({
          ...{ index: whole ? seq - 1 : n, field: 'by' },
          left: { seq, by: 'kernel' },
          right: { seq, by: 'someone/else' },
        })
      }),
      { numRuns: 5 },
    )
  })

  test('diverge where one of them ends', () => {
    const divergence = firstDivergence(makeLeft(plainLog(1_402)), makeRight(plainLog(1_403)))
    expect(divergence).toMatchObject({ index: whole ? 1_402 : 350, field: 'length', right: { seq: 1_403 } })
    expect(divergence?.left).toBeUndefined()
  })
})

describe('the field that differs is named', () => {
  const event = plainEvent(4)
  const fieldOf = (other: LogEvent): string | undefined => {
    const history = (last: LogEvent): History => ({ keep: 'all', checkpoints: [], events: () => [last] })
    return firstDivergence(history(event), history(other))?.field
  }
  const created = (object: unknown): LogEvent => ({
    ...{ seq: 4, at: 28, by: 'x', cause: 0, type: 'ApiRequested', v: 1 },
    data: { request: 1, verb: 'create', kind: 'Pod', user: 'me', body: object },
  })

  test.each([
    [{ ...event, at: 29 }, 'at'],
    [{ ...event, to: undefined }, 'to'],
    [{ ...event, cause: 3 }, 'cause'],
    [{ ...event, data: { watch: 4, kind: 'Pod', revision: 4, change: 'DELETED' } } as LogEvent, 'data.change'],
    [
      { ...event, data: { kind: 'Pod', watch: 4, revision: 4, change: 'MODIFIED' } } as LogEvent,
      'data, order of fields',
    ],
    [event, undefined],
  ])('%#', (other, field) => {
    expect(fieldOf(other)).toBe(field)
  })

  test('deep inside data', () => {
    const events = (object: unknown): History => ({ keep: 'all', checkpoints: [], events: () => [created(object)] })
    const field = (left: unknown, right: unknown): string | undefined =>
      firstDivergence(events(left), events(right))?.field
    expect(field({ a: [{ b: 1 }, 2] }, { a: [{ b: 2 }, 2] })).toBe('data.body.a.0.b')
    expect(field({ a: [1] }, { a: [1, 2] })).toBe('data.body.a.1')
    expect(field({ a: {} }, { a: [] })).toBe('data.body.a')
    expect(field({ a: null }, { a: {} })).toBe('data.body.a')
    expect(field({}, { c: null })).toBe('data.body.c')
    expect(field({ c: 1 }, {})).toBe('data.body.c')
  })
})

test('checkpoints that agree are not read again', () => {
  const events = plainLog(5_000)
  const asked: number[] = []
  const watched = (history: History): History => ({
    ...history,
    events: (from) => {
      asked.push(from)
      return history.events(from)
    },
  })
  const left = watched(asLog(events, 'all'))
  const right = watched(asLog(changed(events, 3_777), 'all'))
  expect(firstDivergence(left, right)).toMatchObject({ index: 3_776 })
  expect(asked).toEqual([3_001, 3_001])
})

test('a log that retains nothing cannot be compared', () => {
  expect(() => historyOfLog(createMemoryLog({ retain: 'none' }))).toThrow(InvariantError)
})

/**
 * Goal: an event has one line, whatever its content, and the line gives the event back.
 * Method: random events of every type of the catalogue; the line is compared with plain JSON of the fields in the
 * envelope's order, and read back by the decoder.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeLine } from '../../../src/events/decode.ts'
import { encodeEvent, withCause } from '../../../src/events/encode.ts'
import type { EventOf, LogEvent } from '../../../src/events/envelope.ts'
import { InvariantError } from '../../../src/events/invariant.ts'
import { describeProblem } from '../../../src/events/problem.ts'
import { rows } from '../../../src/events/rows.ts'
import { eventOfType, logs } from '../../arbitraries/events.ts'

const written = ({ type, data }: LogEvent): unknown => rows.get(type)?.encode?.(data) ?? data

test('there is a catalogue to test', () => {
  expect(rows.size).toBeGreaterThan(30)
})

describe.each([...rows.keys()])('%s', (type) => {
  test('is written as JSON with the keys of the envelope in their order', () => {
    fc.assert(
      fc.property(eventOfType(type), (event) => {
        const { seq, at, by, to, cause, v } = event
        expect(encodeEvent(event)).toBe(JSON.stringify({ seq, at, by, to, cause, type, v, data: written(event) }))
      }),
      { numRuns: 20 },
    )
  })

  test('is read back, and what was read is written the same way', () => {
    fc.assert(
      fc.property(eventOfType(type), (event) => {
        const line = encodeEvent(event)
        const read = decodeLine(line, 1)
        if (either.isLeft(read)) expect.fail(describeProblem(read.left))
        expect(encodeEvent(read.right)).toBe(line)
        if (rows.get(type)?.encode === undefined) expect(read.right).toEqual(event)
        expect(line).not.toContain('\n')
      }),
      { numRuns: 20 },
    )
  })
})

const timer: EventOf<'TimerFired'> = {
  seq: 8,
  at: 5,
  by: 'kubelet/node-1',
  to: 'kubelet/node-1',
  cause: 3,
  type: 'TimerFired',
  v: 1,
  data: { name: 'sync', key: 'a/b' },
}

test('the line of a timer, letter by letter', () => {
  expect(encodeEvent(timer)).toBe(
    '{"seq":8,"at":5,"by":"kubelet/node-1","to":"kubelet/node-1","cause":3,"type":"TimerFired","v":1,"data":{"name":"sync","key":"a/b"}}',
  )
})

test('an addressee that is undefined is no addressee', () => {
  expect(encodeEvent({ ...timer, to: undefined })).not.toContain('"to"')
})

test('the order in which the fields of the envelope were set does not show', () => {
  const { data, type, ...rest } = timer
  expect(encodeEvent({ data, type, ...rest })).toBe(encodeEvent(timer))
})

test('another cause changes the cause and nothing else, even where an actor’s name looks like the next key', () => {
  fc.assert(
    fc.property(logs({ minLength: 1, maxLength: 4 }), fc.nat(1_000), (events, cause) => {
      for (const event of events) {
        expect(withCause(event, encodeEvent(event), cause)).toBe(encodeEvent({ ...event, cause }))
      }
    }),
  )
})

test('a type that is not in the catalogue cannot be written', () => {
  const stray = { ...timer, type: 'PodDreamt' } as unknown
  expect(() => encodeEvent(stray as LogEvent)).toThrow(InvariantError)
})

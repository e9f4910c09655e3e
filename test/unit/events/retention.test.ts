/**
 * Goal: facts alone still tell why: each kept event names its nearest kept ancestor.
 * Method: random logs; the ancestor is found a second time by walking the causes one by one.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogEvent, Seq } from '../../../src/events/envelope.ts'
import { factsOf, isKept } from '../../../src/events/retention.ts'
import { rows } from '../../../src/events/rows.ts'
import { logs } from '../../arbitraries/events.ts'

const nearestKept = (events: readonly LogEvent[], cause: Seq): Seq => {
  const event = events[cause - 1]
  return event === undefined ? 0 : isKept('facts', event) ? cause : nearestKept(events, event.cause)
}

const never = (seq: Seq): never => {
  throw new Error(`${seq} is there`)
}

test('a fact, a fault and an input from outside are kept; a message, a timer and an inner command are not', () => {
  fc.assert(
    fc.property(logs(), (events) => {
      for (const event of events) {
        const kind = rows.get(event.type)?.class ?? ''
        expect(isKept('facts', event)).toBe(['fact', 'fault'].includes(kind) || event.by === 'outside')
        expect(isKept('all', event)).toBe(true)
        expect(isKept('none', event)).toBe(false)
      }
    }),
  )
})

test('causes are lifted to what is kept, and nothing else changes', () => {
  fc.assert(
    fc.property(logs({ maxLength: 40 }), (events) => {
      const expected = events
        .filter((event) => isKept('facts', event))
        .map((event) => ({ ...event, cause: nearestKept(events, event.cause) }))
      expect([...factsOf(events, never)]).toEqual(expected)
    }),
  )
})

test('it makes no difference whether the others are shown or only their causes', () => {
  fc.assert(
    fc.property(logs({ maxLength: 40 }), (events) => {
      const kept = events.filter((event) => isKept('facts', event))
      const causes = events.map(({ cause }) => cause)
      expect([...factsOf(kept, (seq) => causes[seq - 1] ?? 0)]).toEqual([...factsOf(events, never)])
    }),
  )
})

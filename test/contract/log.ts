import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../src/events/encode.ts'
import type { LogEvent, Seq } from '../../src/events/envelope.ts'
import { InvariantError } from '../../src/events/invariant.ts'
import type { EventLog, LogOptions } from '../../src/events/log.ts'
import { isKept, type Retain } from '../../src/events/retention.ts'
import { logs } from '../arbitraries/events.ts'
import { plainEvent, plainLog } from '../arbitraries/plain-log.ts'

const MODES: readonly Retain[] = ['all', 'facts', 'none']

/** What every log owes its readers, wherever it keeps its events. */
export const logContract = (name: string, makeLog: (options: LogOptions) => EventLog): void => {
  const filled = (retain: Retain, events: readonly LogEvent[], digest = true): EventLog => {
    const log = makeLog({ retain, digest })
    for (const event of events) log.append(event)
    return log
  }

  describe.each(MODES)(`${name} that retains %s`, (retain) => {
    const kept = (events: readonly LogEvent[]): LogEvent[] => events.filter((event) => isKept(retain, event))

    test('begins empty', () => {
      const log = makeLog({ retain, digest: true })
      expect([log.retain, log.length, log.nextSeq, log.get(1), [...log.range(1)]]).toEqual([
        retain,
        0,
        1,
        undefined,
        [],
      ])
      expect(log.checkpoints).toEqual([])
    })

    test('gives back what it retains, as it was, and nothing else', () => {
      fc.assert(
        fc.property(logs(), (events) => {
          const log = filled(retain, events)
          expect([log.length, log.nextSeq]).toEqual([events.length, events.length + 1])
          expect(events.map(({ seq }) => log.get(seq))).toEqual(
            events.map((event) => (isKept(retain, event) ? event : undefined)),
          )
          expect([log.get(0), log.get(-1), log.get(log.nextSeq)]).toEqual([undefined, undefined, undefined])
        }),
      )
    })

    test('gives any range in order', () => {
      fc.assert(
        fc.property(logs(), fc.integer({ min: -2, max: 14 }), fc.integer({ min: -2, max: 14 }), (events, from, to) => {
          const log = filled(retain, events)
          expect([...log.range(from, to)]).toEqual(kept(events).filter(({ seq }) => seq >= from && seq < to))
          expect([...log.range(from)]).toEqual(kept(events).filter(({ seq }) => seq >= from))
        }),
      )
    })

    test('knows the cause of every event, also of those it does not retain', () => {
      const events = plainLog(5_000)
      const log = filled(retain, events)
      expect(events.map(({ seq }) => log.causeOf(seq))).toEqual(events.map(({ cause }) => cause))
      for (const seq of [0, -1, log.nextSeq]) expect(() => log.causeOf(seq)).toThrow(InvariantError)
    })

    test('has the digest of everything that was ever appended', () => {
      for (const length of [0, 1, 250, 1_300]) {
        const events = plainLog(length)
        expect(filled(retain, events).digest()).toBe(digestOf(events))
      }
    })

    test('has a checkpoint after every thousand events, asked for its digest in between or not', () => {
      const events = plainLog(2_345)
      const log = makeLog({ retain, digest: true })
      for (const event of events) {
        log.append(event)
        if (event.seq % 77 === 0) log.digest()
      }
      expect(log.checkpoints).toEqual([1_000, 2_000].map((seq) => ({ seq, digest: digestOf(events.slice(0, seq)) })))
    })

    test('has another digest when any field of any event is another', () => {
      const digest = filled(retain, plainLog(20)).digest()
      for (let seq = 1; seq <= 20; seq++) {
        const event = plainEvent(seq)
        const others: LogEvent[] = [
          { ...event, by: 'someone/else' },
          { ...event, to: 'someone/else' },
          { ...event, at: event.at + 1 },
          { ...event, cause: event.cause === 0 ? seq - 1 : 0 },
          { ...event, type: 'WatchCancelled', data: { watch: 1 } },
        ]
        for (const other of others.filter((one) => encodeEvent(one) !== encodeEvent(event))) {
          const events = plainLog(20)
          events[seq - 1] = other
          expect(filled(retain, events).digest()).not.toBe(digest)
        }
      }
    })

    test('costs no digest when none is wanted, and cannot be asked for one', () => {
      const log = filled(retain, plainLog(1_000), false)
      expect(log.checkpoints).toEqual([])
      expect(() => log.digest()).toThrow(InvariantError)
    })

    test('shows every event with its line to its sinks, once and in order', () => {
      const events = plainLog(50)
      for (const digest of [true, false]) {
        const seen: [LogEvent, string][] = []
        const others: Seq[] = []
        const log = makeLog({
          ...{ retain, digest },
          sinks: [(event, line) => seen.push([event, line]), ({ seq }) => others.push(seq)],
        })
        for (const event of events) log.append(event)
        expect(seen).toEqual(events.map((event) => [event, encodeEvent(event)]))
        expect(others).toEqual(events.map(({ seq }) => seq))
      }
    })

    test('takes nothing but the next event, and is unchanged when it refuses', () => {
      const log = filled(retain, plainLog(10))
      const next = plainEvent(11)
      const refused: LogEvent[] = [
        plainEvent(10),
        plainEvent(12),
        { ...next, cause: 11 },
        { ...next, cause: -1 },
        { ...next, cause: 0.5 },
        { ...next, at: plainEvent(10).at - 1 },
        { ...next, at: next.at + 0.5 },
      ]
      for (const event of refused) expect(() => log.append(event)).toThrow(InvariantError)
      log.append(next)
      expect([log.length, log.digest()]).toEqual([11, digestOf(plainLog(11))])
    })
  })

  test(`${name}: several events may happen at the same time`, () => {
    const log = filled('all', [plainEvent(1), { ...plainEvent(2), at: plainEvent(1).at }])
    expect(log.length).toBe(2)
  })
}

/** The digest as its documentation tells it. */
const digestOf = (events: readonly LogEvent[]): string => {
  let link = '0'.repeat(64)
  for (let start = 0; start < events.length; start += 250) {
    const lines = events.slice(start, start + 250).map((event) => `${encodeEvent(event)}\n`)
    link = createHash('sha256')
      .update(`${link}\n${lines.join('')}`)
      .digest('hex')
  }
  return link
}

/**
 * Goal: whatever happens to the bytes of a recording, reading it does not throw, gives no event that was not recorded, and
 * keeps silent about nothing.
 * Method: sound recordings of random catalogue events and of more than a thousand plain ones; bytes changed, removed and
 * put in, lines removed, doubled and exchanged, files cut everywhere, plain and gzipped; and bytes that never were one.
 * What is read is compared with the lines that were written, not with what the reader says about itself.
 */
import { gzipSync } from 'node:zlib'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../src/events/encode.ts'
import type { LogEvent } from '../../src/events/envelope.ts'
import { readRecordingBytes } from '../../src/events/file/recording-reader.ts'
import { describeProblem } from '../../src/events/problem.ts'
import type { Keep, ReadOutcome } from '../../src/events/recording.ts'
import { RecordingEncoder } from '../../src/events/recording-encoder.ts'
import { factsOf } from '../../src/events/retention.ts'
import { json, keys } from '../arbitraries/codec.ts'
import { logs } from '../arbitraries/events.ts'
import { plainLog } from '../arbitraries/plain-log.ts'

const keeps = fc.constantFrom<Keep>('all', 'facts')

const record = (events: readonly LogEvent[], keep: Keep, options: Readonly<Record<string, unknown>> = {}): Buffer => {
  const encoder = new RecordingEncoder({ seed: 7, options, keep, version: '0.1.0' })
  let text = encoder.begin()
  for (const event of events) text += encoder.take(event, encodeEvent(event))
  return Buffer.from(text + encoder.end())
}

/** One gzip member per 200 lines or so, as a writer leaves them, only smaller. */
const zipped = (bytes: Buffer): Buffer => {
  const members: Buffer[] = []
  for (let start = 0; start < bytes.length; start += 20_000)
    members.push(gzipSync(bytes.subarray(start, start + 20_000)))
  return Buffer.concat(members)
}

const read = (bytes: Buffer): ReadOutcome => readRecordingBytes([bytes])

const eventsIn = (outcome: ReadOutcome): readonly LogEvent[] =>
  either.isRight(outcome) ? outcome.right.events : outcome.left.events

const saysSomething = (outcome: ReadOutcome): boolean =>
  either.isLeft(outcome)
    ? outcome.left.problems.length > 0 && outcome.left.errorCount > 0
    : outcome.right.warnings.length > 0

/** Every event read is the one that was recorded at its place. */
const isBeginningOf = (recorded: readonly LogEvent[], outcome: ReadOutcome): boolean =>
  eventsIn(outcome).every((event, index) => {
    const original = recorded[index]
    return original !== undefined && encodeEvent(original) === encodeEvent(event)
  })

const events = plainLog(1_300)
const facts = [...factsOf(plainLog(5_000), () => 0)]
const samples = [
  { name: 'all', bytes: record(events, 'all'), recorded: events },
  { name: 'facts', bytes: record(plainLog(5_000), 'facts'), recorded: facts },
]

test('random events of the whole catalogue come back as they were written, with their header', () => {
  fc.assert(
    fc.property(
      logs({ maxLength: 30 }),
      keeps,
      fc.dictionary(keys, json, { noNullPrototype: true }),
      (log, keep, options) => {
        const bytes = record(log, keep, options)
        for (const form of [bytes, zipped(bytes)]) {
          const outcome = read(form)
          if (either.isLeft(outcome)) expect.fail(outcome.left.problems.map(describeProblem).join('\n'))
          const { events: found, header, warnings } = outcome.right
          const lines = [...(keep === 'all' ? log : factsOf(log, () => 0))].map(encodeEvent)
          expect(found.map(encodeEvent)).toEqual(lines)
          expect([JSON.stringify(header.options), warnings]).toEqual([JSON.stringify(options), []])
        }
      },
    ),
  )
})

describe.each(samples)('a recording of $name', ({ bytes, recorded }) => {
  const spoilt = (change: (place: number) => Buffer, runs = 100): void =>
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (place) => {
        const outcome = read(change(place))
        expect([saysSomething(outcome), isBeginningOf(recorded, outcome)]).toEqual([true, true])
      }),
      { numRuns: runs },
    )

  test('is sound before it is spoilt', () => {
    const outcome = read(bytes)
    expect([eventsIn(outcome).length, saysSomething(outcome)]).toEqual([recorded.length, false])
  })

  test('with one byte changed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, bits) => {
        const changed = Buffer.from(bytes)
        changed.writeUInt8(changed.readUInt8(place) ^ bits, place)
        const outcome = read(changed)
        expect([saysSomething(outcome), isBeginningOf(recorded, outcome)]).toEqual([true, true])
      }),
      { numRuns: 200 },
    )
  })

  test('with one byte of the header or of a digest line changed', () => {
    const text = bytes.toString('latin1')
    const places = [...text.matchAll(/^\{"(seatrial|digest)".*$/gm)].flatMap(({ index, 0: line }) =>
      Array.from({ length: line.length + 1 }, (_, offset) => index + offset),
    )
    expect(places.length).toBeGreaterThan(300)
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 255 }), (place, bits) => {
        const changed = Buffer.from(bytes)
        changed.writeUInt8(changed.readUInt8(place) ^ bits, place)
        const outcome = read(changed)
        expect([saysSomething(outcome), isBeginningOf(recorded, outcome)]).toEqual([true, true])
      }),
      { numRuns: 200 },
    )
  })

  test('with one byte removed or put in', () => {
    spoilt((place) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]))
    spoilt((place) => Buffer.concat([bytes.subarray(0, place), Buffer.from(' '), bytes.subarray(place)]))
  })

  test('cut anywhere, in front or behind', () => {
    spoilt((place) => bytes.subarray(0, place))
    spoilt((place) => bytes.subarray(place + 1))
  })

  describe('with lines', () => {
    const lines = bytes.toString().split('\n').slice(0, -1)
    const spoiltLines = (change: (lines: string[], index: number, other: number) => string[]): void =>
      fc.assert(
        fc.property(fc.nat(lines.length - 1), fc.nat(lines.length - 1), (index, other) => {
          const changed = change(lines, index, other)
          fc.pre(changed.join('\n') !== lines.join('\n'))
          const outcome = read(Buffer.from(changed.map((line) => `${line}\n`).join('')))
          expect([saysSomething(outcome), isBeginningOf(recorded, outcome)]).toEqual([true, true])
        }),
        { numRuns: 200 },
      )
    const line = (index: number): string => lines[index] ?? ''

    test('removed', () => spoiltLines((all, index) => all.toSpliced(index, 1)))
    test('removed up to another', () =>
      spoiltLines((all, index, other) => all.toSpliced(index, Math.max(other - index, 1))))
    test('doubled', () => spoiltLines((all, index) => all.toSpliced(index, 0, line(index))))
    test('put elsewhere', () => spoiltLines((all, index, other) => all.toSpliced(other, 0, line(index))))
    test('exchanged', () => spoiltLines((all, index, other) => all.with(index, line(other)).with(other, line(index))))
  })

  describe('gzipped', () => {
    const packed = zipped(bytes)

    /** A byte of a gzip header that means nothing may change and nobody loses anything. */
    const honest = (outcome: ReadOutcome): boolean =>
      isBeginningOf(recorded, outcome) && (saysSomething(outcome) || eventsIn(outcome).length === recorded.length)

    test('with one byte changed', () => {
      fc.assert(
        fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (place, bits) => {
          const changed = Buffer.from(packed)
          changed.writeUInt8(changed.readUInt8(place) ^ bits, place)
          expect(honest(read(changed))).toBe(true)
        }),
        { numRuns: 200 },
      )
    })

    test('cut anywhere', () => {
      fc.assert(
        fc.property(fc.nat(packed.length - 1), (length) => {
          const outcome = read(packed.subarray(0, length))
          expect([saysSomething(outcome), isBeginningOf(recorded, outcome)]).toEqual([true, true])
        }),
        { numRuns: 200 },
      )
    })
  })
})

test('bytes that never were a recording are refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(either.isLeft(readRecordingBytes([bytes]))).toBe(true)
      },
    ),
  )
})

test('it does not matter how the bytes arrive', () => {
  const bytes = record(plainLog(1_100), 'all')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.boolean(), (size, gzip) => {
      const all = gzip ? zipped(bytes) : bytes
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
        all.subarray(index * size, (index + 1) * size),
      )
      const outcome = readRecordingBytes(chunks)
      expect([eventsIn(outcome).length, saysSomething(outcome)]).toEqual([1_100, false])
    }),
    { numRuns: 30 },
  )
})

/**
 * Goal: what is recorded in a file is read back, plain or gzipped, from a recorder that ran along or from a log that was
 * kept; a recorder that is stopped at any moment leaves a beginning that can be read.
 * Method: real files in a directory of their own.
 */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { either } from 'fp-ts'
import { afterAll, describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../../src/events/envelope.ts'
import { openRecording, readRecording } from '../../../../src/events/file/recording-reader.ts'
import { RecordingWriter, writeRecording } from '../../../../src/events/file/recording-writer.ts'
import { InvariantError } from '../../../../src/events/invariant.ts'
import type { EventLog } from '../../../../src/events/log.ts'
import { createMemoryLog } from '../../../../src/events/memory-log.ts'
import { describeProblem } from '../../../../src/events/problem.ts'
import type { DamagedRecording, Keep, Recording, RecordingHeader } from '../../../../src/events/recording.ts'
import { isKept, type Retain } from '../../../../src/events/retention.ts'
import { plainEvent, plainLog } from '../../../arbitraries/plain-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'seatrial-recordings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string): string => join(folder, name)
const header = (keep: Keep): RecordingHeader => ({ seed: 7, options: { nodes: 3 }, keep, version: '0.1.0' })

const fill = (log: EventLog, length: number): EventLog => {
  for (const event of plainLog(length)) log.append(event)
  return log
}

/** Records while the log grows; the log itself keeps nothing. */
const recordAlong = (path: string, keep: Keep, length: number): void => {
  const writer = new RecordingWriter(path, header(keep))
  const log = fill(createMemoryLog({ retain: 'none', sinks: [writer.sink] }), length)
  writer.close(log.digest())
}

const sound = (path: string): Recording => {
  const read = readRecording(path)
  if (either.isLeft(read)) expect.fail(read.left.problems.map(describeProblem).join('\n'))
  return read.right
}

const damaged = (path: string): DamagedRecording => {
  const read = readRecording(path)
  if (either.isRight(read)) expect.fail('the recording is sound')
  return read.left
}

const factsOfPlainLog = (length: number): number[] =>
  plainLog(length)
    .filter((event) => isKept('facts', event))
    .map(({ seq }) => seq)

describe.each(['jsonl', 'jsonl.gz'])('a file .%s', (extension) => {
  const path = file(`run.${extension}`)

  test('that keeps all gives every event back', () => {
    recordAlong(path, 'all', 12_345)
    const { header: found, events, end, warnings, checkpoints } = sound(path)
    expect(found).toEqual({ ...header('all'), tz: process.versions['tz'] })
    expect(events).toEqual(plainLog(12_345))
    expect(end).toEqual({ digest: fill(createMemoryLog(), 12_345).digest(), seq: 12_345 })
    expect([warnings, checkpoints.length]).toEqual([[], 12])
  })

  test('that keeps facts gives those back and the digest of the whole log', () => {
    recordAlong(path, 'facts', 12_345)
    const { events, end, warnings } = sound(path)
    expect(events.map(({ seq }) => seq)).toEqual(factsOfPlainLog(12_345))
    expect(end).toMatchObject({ seq: 12_345, log: fill(createMemoryLog(), 12_345).digest() })
    expect(warnings).toEqual([])
  })

  test('is the same whether it was recorded along or from a log that had kept enough', () => {
    const kept: readonly (readonly [Keep, Retain])[] = [
      ['all', 'all'],
      ['facts', 'all'],
      ['facts', 'facts'],
    ]
    for (const [keep, retain] of kept) {
      recordAlong(path, keep, 5_000)
      const log = fill(createMemoryLog({ retain }), 5_000)
      writeRecording(file(`later.${extension}`), header(keep), log, log.digest())
      expect(readFileSync(file(`later.${extension}`)).equals(readFileSync(path))).toBe(true)
    }
  })

  test('cannot keep more than its log does, and is not ended when that comes out', () => {
    const log = fill(createMemoryLog({ retain: 'facts' }), 100)
    expect(() => writeRecording(path, header('all'), log)).toThrow(InvariantError)
    expect(sound(path)).toMatchObject({ events: [], end: undefined })
  })

  test('takes nothing more once it is closed', () => {
    const writer = new RecordingWriter(path, header('all'))
    const log = createMemoryLog({ sinks: [writer.sink] })
    fill(log, 10)
    writer.close()
    expect(() => log.append(plainEvent(11))).toThrow(InvariantError)
    expect(sound(path).events).toHaveLength(10)
  })

  test('can be read block by block, each block sound', () => {
    recordAlong(path, 'all', 3_500)
    const reader = openRecording(path)
    const sizes: number[] = []
    const events: LogEvent[] = []
    for (const block of reader.blocks()) {
      expect(reader.header?.seed).toBe(7)
      sizes.push(block.length)
      events.push(...block)
    }
    expect([sizes, reader.damaged, reader.end?.seq]).toEqual([[1_000, 1_000, 1_000, 500], false, 3_500])
    expect(events).toEqual(plainLog(3_500))
  })

  test('can be left after the first block', () => {
    recordAlong(path, 'all', 3_500)
    for (const block of openRecording(path).blocks()) {
      expect(block).toHaveLength(1_000)
      break
    }
    expect(sound(path).events).toHaveLength(3_500)
  })

  test('of a recorder that was not closed is a beginning, and says so', () => {
    const writer = new RecordingWriter(path, header('all'))
    fill(createMemoryLog({ retain: 'none', sinks: [writer.sink] }), 12_345)
    const { events, end, warnings } = sound(path)
    expect(events).toEqual(plainLog(12_345).slice(0, events.length))
    expect(events.length).toBeGreaterThan(10_000)
    expect(end).toBeUndefined()
    expect(warnings.map(describeProblem).at(-1)).toMatch(
      /^warning: the recording stops after event \d+ without an end line; the last \d+ events are not covered/,
    )

    writer.flush()
    expect(sound(path).events).toEqual(plainLog(12_345))
    writer.close()
    expect(sound(path).warnings).toEqual([])
    writer.close()
    expect(sound(path).warnings).toEqual([])
  })

  test('of no event is a recording of none', () => {
    recordAlong(path, 'all', 0)
    expect(sound(path)).toMatchObject({ events: [], end: { seq: 0 }, warnings: [] })
  })
})

test('a gzipped recording is the plain one for everybody who unpacks it', () => {
  recordAlong(file('same.jsonl'), 'all', 5_000)
  recordAlong(file('same.jsonl.gz'), 'all', 5_000)
  expect(gunzipSync(readFileSync(file('same.jsonl.gz'))).equals(readFileSync(file('same.jsonl')))).toBe(true)
})

test('a recording that somebody gzipped, or whose name hides that it is gzipped, is read', () => {
  recordAlong(file('by-hand.jsonl'), 'all', 5_000)
  writeFileSync(file('by-hand'), gzipSync(readFileSync(file('by-hand.jsonl'))))
  expect(sound(file('by-hand')).events).toEqual(plainLog(5_000))
})

test('of a gzipped recording that is cut off, everything that is there is read', () => {
  const path = file('cut.jsonl.gz')
  recordAlong(path, 'all', 12_345)
  truncateSync(path, readFileSync(path).length - 20_000)
  const { events, warnings } = sound(path)
  expect(events.length).toBeGreaterThan(8_000)
  expect(events).toEqual(plainLog(12_345).slice(0, events.length))
  expect(warnings.map(describeProblem)[0]).toBe('warning: the compressed data end early; read as far as they go')
})

test('of a gzipped recording that is damaged in the middle, the part before it is given and the recording refused', () => {
  const path = file('damaged.jsonl.gz')
  recordAlong(path, 'all', 12_345)
  const bytes = readFileSync(path)
  const middle = Math.floor(bytes.length * 0.8)
  bytes.fill(0xff, middle, middle + 10)
  writeFileSync(path, bytes)
  const { events, problems } = damaged(path)
  expect(events.length).toBeGreaterThan(1_000)
  expect(events).toEqual(plainLog(12_345).slice(0, events.length))
  expect(problems.map(describeProblem)[0]).toMatch(/^the compressed data are damaged/)
})

test('a file that is not there, a directory and an empty file are problems, not exceptions', () => {
  writeFileSync(file('empty'), '')
  const says = (path: string): string[] => damaged(path).problems.map(describeProblem)
  expect(says(file('nowhere'))[0]).toMatch(/^cannot be read: ENOENT/)
  expect(says(folder)[0]).toMatch(/^cannot be read: EISDIR/)
  expect(says(file('empty'))[0]).toBe('empty: no header of a Seatrial recording')
})

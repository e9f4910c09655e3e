/**
 * What the log costs: appending, encoding, writing and reading recordings, memory.
 *
 * Run with `npx tsx bench/log.ts`; for the memory figures `node --expose-gc --import tsx bench/log.ts`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { decodeLine } from '../src/events/decode.ts'
import { DigestChain } from '../src/events/digest.ts'
import { encodeEvent } from '../src/events/encode.ts'
import type { LogEvent } from '../src/events/envelope.ts'
import { openRecording } from '../src/events/file/recording-reader.ts'
import { RecordingWriter } from '../src/events/file/recording-writer.ts'
import type { LogOptions } from '../src/events/log.ts'
import { createMemoryLog } from '../src/events/memory-log.ts'
import type { Keep } from '../src/events/recording.ts'
import type { Retain } from '../src/events/retention.ts'
import { plainLog } from '../test/arbitraries/plain-log.ts'

export interface LogFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'ns/event' | 'bytes/event' | 'events/s'
}

/** Best of this many passes: other work on the machine only ever makes a pass slower. */
const PASSES = 5

const nanosPerEvent = (events: number, work: () => void): number => {
  let best = Number.POSITIVE_INFINITY
  for (let pass = 0; pass < PASSES; pass++) {
    const begin = process.hrtime.bigint()
    work()
    best = Math.min(best, Number(process.hrtime.bigint() - begin))
  }
  return Math.round(best / events)
}

/** All figures for a log of ordinary events, 170 bytes a line. */
export const benchLog = (length = 200_000): readonly LogFigure[] => {
  const events = plainLog(length)
  const time = (name: string, work: () => void): LogFigure => ({
    ...{ name, unit: 'ns/event' },
    value: nanosPerEvent(length, work),
  })
  return [
    time('JSON.stringify of data alone', () => events.forEach((event) => JSON.stringify(event.data))),
    time('encode', () => events.forEach(encodeEvent)),
    ...lineFigures(
      events.map((event) => Buffer.from(encodeEvent(event)).toString()),
      time,
    ),
    time('append, facts without digest', () => append(events, { retain: 'facts', digest: false })),
    time('append, all without digest', () => append(events, { retain: 'all', digest: false })),
    time('append, all with digest', () => append(events, { retain: 'all', digest: true })),
    ...fileFigures(events),
    ...memoryFigures(length),
  ]
}

const append = (events: readonly LogEvent[], options: LogOptions): unknown => {
  const log = createMemoryLog(options)
  for (const event of events) log.append(event)
  return log
}

const lineFigures = (lines: readonly string[], time: (name: string, work: () => void) => LogFigure): LogFigure[] => [
  time('digest of lines', () => {
    const chain = new DigestChain()
    for (const line of lines) chain.append(line)
  }),
  time('JSON.parse of lines alone', () => lines.forEach((line) => void JSON.parse(line))),
  time('decode', () => lines.forEach((line) => decodeLine(line, 1))),
]

const fileFigures = (events: readonly LogEvent[]): LogFigure[] => {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-bench-'))
  const perSecond = (name: string, work: () => void): LogFigure => ({
    ...{ name, unit: 'events/s' },
    value: Math.round(1e9 / nanosPerEvent(events.length, work)),
  })
  try {
    return ['run.jsonl', 'run.jsonl.gz'].flatMap((name) => {
      const path = join(folder, name)
      return [
        perSecond(`write ${name}, facts`, () => record(path, 'facts', events)),
        perSecond(`write ${name}, all`, () => record(path, 'all', events)),
        { name: `size of ${name}, all`, value: Math.round(statSync(path).size / events.length), unit: 'bytes/event' },
        perSecond(`read ${name}, all`, () => count(path, events.length)),
      ]
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const record = (path: string, keep: Keep, events: readonly LogEvent[]): void => {
  const writer = new RecordingWriter(path, { seed: 1, options: {}, keep, version: '0' })
  append(events, { retain: 'none', digest: false, sinks: [writer.sink] })
  writer.close()
}

const count = (path: string, expected: number): void => {
  const reader = openRecording(path)
  let found = 0
  for (const block of reader.blocks()) found += block.length
  if (found !== expected || reader.end === undefined) throw new Error(`${path} gives ${found} of ${expected} events`)
}

/** In a frame of its own, so that nothing but the log holds the events when it returns. */
const logOf = (retain: Retain, length: number): unknown => append(plainLog(length), { retain, digest: true })

/** Heap and array buffers per event of the log, events included where they are retained. Needs `--expose-gc`. */
const memoryFigures = (length: number): LogFigure[] => {
  const collect = globalThis.gc
  if (collect === undefined) return []
  const used = (): number => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  return (['all', 'facts', 'none'] as const).map((retain) => {
    const before = used()
    const log = logOf(retain, length)
    const bytes = used() - before
    return { name: `memory, ${retain}`, value: log === undefined ? 0 : Math.round(bytes / length), unit: 'bytes/event' }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, value, unit } of benchLog()) console.log(`${name.padEnd(32)} ${String(value).padStart(9)} ${unit}`)
}

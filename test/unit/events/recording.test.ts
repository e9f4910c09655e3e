/**
 * Goal: a recording is the text that its documentation shows; each sort of damage is told by line, and what is told apart
 * from damage is only that a writer was stopped.
 * Method: recordings of plain logs as text, spoilt in one way at a time, read line by line without any file.
 */
import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../../src/events/encode.ts'
import type { LogEvent } from '../../../src/events/envelope.ts'
import { InvariantError } from '../../../src/events/invariant.ts'
import { createMemoryLog } from '../../../src/events/memory-log.ts'
import { describeProblem } from '../../../src/events/problem.ts'
import type { Keep, RecordingHeader } from '../../../src/events/recording.ts'
import { RecordingDecoder } from '../../../src/events/recording-decoder.ts'
import { RecordingEncoder } from '../../../src/events/recording-encoder.ts'
import { isKept } from '../../../src/events/retention.ts'
import { plainEvent, plainLog } from '../../arbitraries/plain-log.ts'

const header = (keep: Keep): RecordingHeader => ({ seed: 7, options: { nodes: 3 }, keep, version: '0.1.0' })

/** The lines of a recording of `length` plain events. */
const record = (length: number, keep: Keep = 'all', logDigest?: string): string[] => {
  const encoder = new RecordingEncoder(header(keep))
  let text = encoder.begin()
  for (const event of plainLog(length)) text += encoder.take(event, encodeEvent(event))
  return (text + encoder.end(logDigest)).split('\n').slice(0, -1)
}

interface Read {
  readonly events: readonly LogEvent[]
  readonly says: readonly string[]
  readonly damaged: boolean
  readonly decoder: RecordingDecoder
}

/** `torn` is what stands behind the last newline, undefined when that is not UTF-8. */
const read = (lines: readonly (string | undefined)[], ...torn: readonly (string | undefined)[]): Read => {
  const decoder = new RecordingDecoder()
  const rest = torn.length === 0 ? '' : torn[0]
  const events = [...lines.flatMap((line) => decoder.take(line)), ...decoder.finish(rest)]
  return { events, says: decoder.problems.map(describeProblem), damaged: decoder.damaged, decoder }
}

/** Puts other lines (none, one, several) in the place of line `number`, counted from 1. */
const replaced = (lines: readonly string[], number: number, ...by: string[]): string[] =>
  lines.toSpliced(number - 1, 1, ...by)

const lineAt = (lines: readonly string[], number: number): string => {
  const line = lines[number - 1]
  if (line === undefined) throw new Error(`there is no line ${number}`)
  return line
}

describe('the text', () => {
  test('of a short one, letter by letter', () => {
    expect(record(1)).toEqual([
      '{"seatrial":"recording","format":1,"seed":7,"options":{"nodes":3},"keep":"all","version":"0.1.0","seal":"66656e52a7d1df54"}',
      '{"seq":1,"at":7,"by":"kubelet/node-1","to":"kubelet/node-1","cause":0,"type":"TimerFired","v":1,"data":{"name":"sync","key":"default/web-1"}}',
      '{"digest":"a18b317388571b53d7e4f5e2129f5608fa60f0fd3d2d91c6903306dbd8de2438","seq":1,"end":true,"seal":"0019af89808d099f"}',
    ])
  })

  test('has a digest line after every thousand events and one at the end: those of the log', () => {
    const log = createMemoryLog()
    for (const event of plainLog(2_500)) log.append(event)
    const digests = record(2_500).filter((line) => line.startsWith('{"digest"'))
    expect(digests.slice(0, -1)).toEqual(log.checkpoints.map(({ seq, digest }) => JSON.stringify({ digest, seq })))
    expect(digests.at(-1)).toContain(`{"digest":"${log.digest()}","seq":2500,"end":true`)
    expect(record(2_500).indexOf(digests[0] ?? '')).toBe(1_001)
  })

  test('gives everything back', () => {
    const { events, says, decoder } = read(record(2_500))
    expect(events).toEqual(plainLog(2_500))
    expect(says).toEqual([])
    expect(decoder.header).toEqual(header('all'))
    expect(decoder.end?.seq).toBe(2_500)
    expect(decoder.checkpoints.map(({ seq }) => seq)).toEqual([1_000, 2_000])
  })
})

describe('a recording of facts', () => {
  const digest = 'd'.repeat(64)

  test('holds facts whose causes are in it, and says how long the log was and what its digest', () => {
    const { events, says, decoder } = read(record(10_001, 'facts', digest))
    expect(says).toEqual([])
    expect(events.map(({ seq }) => seq)).toEqual(
      plainLog(10_001)
        .filter((event) => isKept('facts', event))
        .map(({ seq }) => seq),
    )
    const there = new Set([0, ...events.map(({ seq }) => seq)])
    expect(events.filter(({ cause }) => !there.has(cause))).toEqual([])
    expect(events.filter(({ cause }) => cause !== 0).length).toBeGreaterThan(1_000)
    expect(decoder.end).toMatchObject({ seq: 10_001, log: digest })
  })

  test('can be made from a log that has kept no more', () => {
    const encoder = new RecordingEncoder(header('facts'))
    let text = encoder.begin()
    for (const event of plainLog(5_000)) {
      if (isKept('facts', event)) text += encoder.take(event, encodeEvent(event))
      else encoder.skip(event.cause)
    }
    expect((text + encoder.end()).split('\n').slice(0, -1)).toEqual(record(5_000, 'facts'))
  })
})

describe('an encoder insists on', () => {
  test('every event in order', () => {
    const encoder = new RecordingEncoder(header('all'))
    expect(() => encoder.take(plainEvent(2), encodeEvent(plainEvent(2)))).toThrow(InvariantError)
  })

  test('all events where all are to be kept', () => {
    expect(() => new RecordingEncoder(header('all')).skip(0)).toThrow(InvariantError)
  })

  test('its own digest being that of the log', () => {
    expect(() => new RecordingEncoder(header('all')).end('d'.repeat(64))).toThrow(InvariantError)
  })
})

describe('damage', () => {
  const lines = record(3_200)

  test('a changed digit is found in its thousand, and the other thousands are found sound', () => {
    const number = 1_500
    const changed = lineAt(lines, number).replace(/node-\d/, 'node-9')
    expect(changed).not.toBe(lineAt(lines, number))
    const { says, events, damaged } = read(replaced(lines, number, changed))
    expect(damaged).toBe(true)
    expect(says).toHaveLength(1)
    expect(says[0]).toMatch(
      /^line 2003: digest: lines 1003 to 2002 or this line were changed: their digest is [0-9a-f]{64}$/,
    )
    expect(events).toEqual(plainLog(1_000))
  })

  test('each spoilt line is told, and none of what follows from it', () => {
    const spoilt = replaced(replaced(lines, 17, 'what?'), 2_500, lineAt(lines, 2_500).replace('"cause"', '"curse"'))
    const { says, events } = read(spoilt)
    expect(says).toHaveLength(2)
    expect(says[0]).toMatch(/^line 17: not JSON: /)
    expect(says[1]).toBe('line 2500: cause: expected an integer from 0 to 2496, got nothing')
    expect(events).toEqual([])
  })

  test('a line that is not UTF-8', () => {
    expect(read(lines.map((line, index) => (index === 9 ? undefined : line))).says).toEqual(['line 10: not UTF-8'])
  })

  test('a missing event', () => {
    expect(read(replaced(lines, 12)).says).toEqual([
      'line 12: seq: event 12 follows event 10: what stood between is missing',
    ])
  })

  test('a doubled event', () => {
    expect(read(replaced(lines, 12, lineAt(lines, 12), lineAt(lines, 12))).says).toEqual([
      'line 13: seq: event 11 stands behind event 11',
    ])
  })

  test('events that have changed places', () => {
    expect(read(replaced(replaced(lines, 12, lineAt(lines, 13)), 13, lineAt(lines, 12))).says).toEqual([
      'line 12: seq: event 12 follows event 10: what stood between is missing',
      'line 13: seq: event 11 stands behind event 12',
    ])
  })

  test('time that goes back', () => {
    expect(read(replaced(lines, 12, lineAt(lines, 12).replace('"at":77', '"at":7'))).says).toEqual([
      'line 12: at: time goes back from 70 to 7',
    ])
  })

  test('a missing digest line', () => {
    expect(read(replaced(lines, 1_002)).says).toEqual(['line 1002: the digest line of lines 2 to 1001 is missing here'])
  })

  test('a doubled digest line', () => {
    const { says } = read(replaced(lines, 1_002, lineAt(lines, 1_002), lineAt(lines, 1_002)))
    expect(says).toEqual(['line 1003: a digest line after 0 events: lines are missing or doubled since line 1003'])
  })

  test('a changed digest line', () => {
    const line = lineAt(lines, 1_002)
    expect(read(replaced(lines, 1_002, line.replace('"seq":1000', '"seq":1001'))).says).toEqual([
      'line 1002: seq: a digest up to event 1001 stands behind event 1000',
    ])
    expect(read(replaced(lines, 1_002, line.replace('"seq"', '"soq"'))).says).toEqual([
      'line 1002: seq: missing, expected Int',
    ])
    expect(read(replaced(lines, 1_002, line.replace('}', ',"x":1}'))).says).toEqual([
      'line 1002: the digest line was changed or damaged',
    ])
  })

  test('a fact that was left out of a recording of facts', () => {
    const { says } = read(replaced(record(8_000, 'facts'), 5))
    expect(says).toEqual(['line 1001: a digest line after 999 events: lines are missing or doubled since line 2'])
  })

  test('something behind the end', () => {
    expect(read([...lines, lineAt(lines, 2)]).says).toEqual([
      `line ${lines.length + 1}: stands behind the end of the recording`,
    ])
  })

  test('a changed end line', () => {
    const { says } = read(replaced(lines, lines.length, (lines.at(-1) ?? '').replace('3200', '3201')))
    expect(says[0]).toBe(`line ${lines.length}: the end line does not match its seal: it was changed or damaged`)
  })

  test('a hundred errors are listed, all are counted', () => {
    const { says, decoder } = read(lines.map((line, index) => (index > 0 && index <= 500 ? 'x' : line)))
    expect([says.length, decoder.errorCount]).toEqual([100, 500])
  })
})

describe('a header', () => {
  const lines = record(10)
  const withHeader = (line: string): Read => read(replaced(lines, 1, line))

  test('that is missing', () => {
    const { says, events } = read(replaced(lines, 1))
    expect(says).toEqual(['line 1: no header of a Seatrial recording'])
    expect(events).toEqual([])
  })

  test('that was changed by hand', () => {
    expect(withHeader(lineAt(lines, 1).replace('"seed":7', '"seed":8')).says).toEqual([
      'line 1: the header line does not match its seal: it was changed or damaged',
    ])
  })

  test('of a newer format, behind which nothing is read', () => {
    const { says, decoder } = withHeader(lineAt(lines, 1).replace('"format":1', '"format":2'))
    expect(says).toEqual([
      'line 1: format: recording format 2 is newer than the 1 known here: read it with a newer Seatrial',
    ])
    expect(decoder.isForeign).toBe(true)
  })

  test('of something else', () => {
    for (const line of [
      '',
      '{}',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1"}',
      'apiVersion: v1',
      '{"digest":"a"}',
    ]) {
      const { says, decoder } = withHeader(line)
      expect([says[0], decoder.isForeign]).toEqual(['line 1: no header of a Seatrial recording', true])
    }
  })

  test('of nothing at all', () => {
    expect(read([]).says[0]).toBe('empty: no header of a Seatrial recording')
  })
})

describe('a writer that was stopped', () => {
  const lines = record(1_500)

  test('leaves a sound beginning', () => {
    const { says, events, damaged } = read(lines.slice(0, 1_201))
    expect(says).toEqual([
      'warning: the recording stops after event 1199 without an end line; the last 199 events are not covered by a digest',
    ])
    expect([damaged, events]).toEqual([false, plainLog(1_199)])
  })

  test('may leave half a line, which is cut', () => {
    const { says, events, damaged } = read(lines.slice(0, 1_201), lineAt(lines, 1_202).slice(0, -1))
    expect(says[0]).toBe('warning: line 1202: torn off in the middle of the line; cut')
    expect(says).toHaveLength(2)
    expect([damaged, events]).toEqual([false, plainLog(1_199)])
  })

  test('may leave a whole line without its newline, which is taken', () => {
    const { says, events, damaged } = read(lines.slice(0, -1), lines.at(-1))
    expect(says).toEqual([`warning: line ${lines.length}: the last line has no newline`])
    expect([damaged, events]).toEqual([false, plainLog(1_500)])
  })

  test('may leave half a letter', () => {
    const { says, damaged } = read(lines.slice(0, 3), undefined)
    expect([says[0], damaged]).toEqual(['warning: line 4: torn off in the middle of the line; cut', false])
  })
})

/**
 * Goal: a line that is not an event of the catalogue is refused with its line number and the field that is wrong; one of an
 * older schema version is lifted.
 * Method: one sound line, spoilt in one place at a time; a catalogue of one row with a history, made for the test.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { decodeLine, decodeLineWith } from '../../../src/events/decode.ts'
import { describeProblem } from '../../../src/events/problem.ts'
import type { EventRow } from '../../../src/events/rows.ts'

const sound = {
  seq: 5,
  at: 10,
  by: 'kubelet/node-1',
  cause: 2,
  type: 'ConnectionLost',
  v: 1,
  data: { peer: 'etcd/1', reason: 'reset' },
}

/** What a person reads about a line. */
const complaint = (line: string): string => {
  const decoded = decodeLine(line, 7)
  return either.isLeft(decoded) ? describeProblem(decoded.left) : 'none'
}

const spoilt = (change: Readonly<Record<string, unknown>>): string => complaint(JSON.stringify({ ...sound, ...change }))

test('a sound line is an event', () => {
  expect(decodeLine(JSON.stringify(sound), 7)).toEqual(either.right(sound))
})

describe('an envelope is refused for', () => {
  test.each([
    [{ seq: 0 }, 'line 7: seq: expected an integer from 1, got 0'],
    [{ seq: 1.5 }, 'line 7: seq: expected an integer from 1, got 1.5'],
    [{ seq: '5' }, 'line 7: seq: expected an integer from 1, got "5"'],
    [{ at: -1 }, 'line 7: at: expected an integer from 0, got -1'],
    [{ by: undefined }, 'line 7: by: expected a string, got nothing'],
    [{ to: 3 }, 'line 7: to: expected a string, got 3'],
    [{ cause: 5 }, 'line 7: cause: expected an integer from 0 to 4, got 5'],
    [{ v: 0 }, 'line 7: v: expected an integer from 1, got 0'],
    [{ type: ['x'] }, 'line 7: type: expected a string, got ["x"]'],
    [{ data: undefined }, 'line 7: data: expected what the type asks for, got nothing'],
    [{ extra: true }, 'line 7: extra: no field of an event'],
  ])('%j', (change, expected) => {
    expect(spoilt(change)).toBe(expected)
  })
})

describe('data are refused by their path', () => {
  test('a field of the wrong type', () => {
    expect(spoilt({ data: { peer: 4, reason: 'reset' } })).toBe('line 7: data.peer: expected string, got 4')
  })

  test('a missing field', () => {
    expect(spoilt({ data: { reason: 'reset' } })).toBe('line 7: data.peer: missing, expected string')
  })

  test('a union is named as a whole', () => {
    expect(spoilt({ data: { peer: 'etcd/1', reason: 'tired' } })).toBe(
      'line 7: data.reason: expected ("reset" | "timeout"), got "tired"',
    )
  })

  test('members of an intersection do not show in the path', () => {
    const data = { invocation: 1, call: { verb: 'fetch', kind: 'Pod' } }
    expect(spoilt({ type: 'KubectlInvoked', data })).toMatch(
      /^line 7: data\.call\.verb: expected .*"get".*, got "fetch"$/,
    )
  })

  test('an element of an array by its index', () => {
    expect(spoilt({ type: 'KubectlInvoked', data: { invocation: 1, apply: [{}, 3] } })).toMatch(
      /^line 7: data\.apply\.1: expected /,
    )
  })

  test('data that are no object', () => {
    expect(spoilt({ data: null })).toMatch(/^line 7: data: expected .*, got null$/)
  })
})

test('a type that nobody knows is refused', () => {
  expect(spoilt({ type: 'PodDreamt' })).toBe('line 7: type: "PodDreamt" is not in the catalogue')
  expect(spoilt({ type: 'toString' })).toBe('line 7: type: "toString" is not in the catalogue')
})

test('what is no JSON object is refused', () => {
  expect(complaint('')).toMatch(/^line 7: not JSON: /)
  expect(complaint('{"seq":')).toMatch(/^line 7: not JSON: /)
  for (const line of ['null', '[]', '3', '"x"']) expect(complaint(line)).toBe('line 7: not an event: no JSON object')
})

test('any text is either an event or a problem of its own line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 1, max: 1e6 }), (line, lineNumber) => {
      const decoded = decodeLine(line, lineNumber)
      expect(either.isLeft(decoded) && decoded.left.line).toBe(lineNumber)
    }),
  )
})

describe('versions', () => {
  /** v1 had a `node`, v2 named it `host`, v3 counts `boots`. */
  const row: EventRow = {
    class: 'fact',
    v: 3,
    data: t.type({ host: t.string, boots: t.number }),
    upcast: {
      1: (data) => ({ host: t.type({ node: t.string }).is(data) ? data.node : '' }),
      2: (data) => ({ ...(t.UnknownRecord.is(data) ? data : {}), boots: 1 }),
    },
  }
  const catalogue = new Map([
    ['HostSeen', row],
    ['HostLost', { ...row, upcast: { 2: row.upcast?.[2] ?? String } }],
    [
      'HostBroken',
      {
        ...row,
        upcast: {
          2: (): unknown => {
            throw new Error('no such field')
          },
        },
      },
    ],
  ])
  const read = (type: string, v: number, data: unknown) =>
    decodeLineWith(catalogue, JSON.stringify({ ...sound, type, v, data }), 7)

  test('an old one is lifted through every version between', () => {
    const { seq, at, by, cause } = sound
    const event = { seq, at, by, cause, type: 'HostSeen', v: 3, data: { host: 'node-1', boots: 1 } }
    expect(read('HostSeen', 1, { node: 'node-1' })).toEqual(either.right(event))
    expect(read('HostSeen', 2, { host: 'node-1' })).toEqual(either.right(event))
    expect(read('HostSeen', 3, { host: 'node-1', boots: 1 })).toEqual(either.right(event))
  })

  test('what is lifted has to be what the codec describes', () => {
    expect(read('HostSeen', 2, { host: 5 })).toMatchObject(either.left({ line: 7, path: 'data.host' }))
  })

  test('a newer one is refused by name', () => {
    expect(read('HostSeen', 4, {})).toMatchObject(
      either.left({
        line: 7,
        path: 'v',
        message: 'HostSeen v4 is newer than the v3 known here: read it with a newer Seatrial',
      }),
    )
  })

  test('one without an upcaster, or with one that fails, is refused', () => {
    expect(read('HostLost', 1, {})).toMatchObject(
      either.left({ path: 'v', message: 'HostLost v1 cannot be lifted to v2' }),
    )
    expect(read('HostBroken', 2, {})).toMatchObject(
      either.left({ path: 'v', message: 'HostBroken v2 cannot be lifted to v3: no such field' }),
    )
  })
})

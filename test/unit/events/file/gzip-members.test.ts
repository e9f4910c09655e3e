/**
 * Goal: gzip files of any make are read in any chunks; of a torn one everything that is there, of a damaged one everything
 * before the damage.
 * Method: files made by zlib with one or many members and with every optional field of the header, cut at every byte.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gunzipped } from '../../../../src/events/file/gzip-members.ts'
import { describeProblem } from '../../../../src/events/problem.ts'

interface Unzipped {
  readonly text: string
  readonly says: readonly string[]
}

const unzip = (chunks: readonly Buffer[]): Unzipped => {
  const says: string[] = []
  const texts = [...gunzipped(chunks, (problem) => says.push(describeProblem(problem)))]
  return { text: Buffer.concat(texts).toString(), says }
}

const inChunks = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))

const EARLY = 'warning: the compressed data end early; read as far as they go'

test('any members in any chunks give what zlib gives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 300 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 400 }),
      (texts, size) => {
        const file = Buffer.concat(texts.map((text) => gzipSync(text)))
        expect(unzip(inChunks(file, size))).toEqual({ text: gunzipSync(file).toString(), says: [] })
      },
    ),
  )
})

test('a header may have a name, a comment, extra bytes and a checksum', () => {
  const plain = gzipSync('text')
  for (let flags = 0; flags < 32; flags++) {
    const optional = [
      ...(flags & 4 ? [3, 0, 1, 2, 3] : []),
      ...(flags & 8 ? [...Buffer.from('run.jsonl\0')] : []),
      ...(flags & 16 ? [...Buffer.from('a comment\0')] : []),
      ...(flags & 2 ? [9, 9] : []),
    ]
    const head = Buffer.from(plain.subarray(0, 10))
    head[3] = flags
    const file = Buffer.concat([head, Buffer.from(optional), plain.subarray(10)])
    for (const size of [1, file.length]) expect(unzip(inChunks(file, size))).toEqual({ text: 'text', says: [] })
  }
})

test('a file that is cut anywhere gives a beginning of its text and says so', () => {
  const members = ['first of them. '.repeat(9), 'second', 'and the third']
  const zipped = members.map((text) => gzipSync(text))
  const file = Buffer.concat(zipped)
  const ends = [0, 1, 2, 3].map((count) => Buffer.concat(zipped.slice(0, count)).length)
  for (let length = 1; length <= file.length; length++) {
    const whole = ends.indexOf(length)
    const { text, says } = unzip(inChunks(file.subarray(0, length), 50))
    expect(members.join('').startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThanOrEqual(
      members.slice(0, ends.filter((end) => end <= length).length - 1).join('').length,
    )
    expect(says).toEqual(whole >= 0 ? [] : [EARLY])
  }
})

describe('damage', () => {
  const first = gzipSync('first')
  const second = gzipSync('second')
  const spoilt = (at: number): Unzipped => {
    const file = Buffer.concat([first, second, gzipSync('third')])
    file.writeUInt8(file.readUInt8(first.length + at) ^ 0xff, first.length + at)
    return unzip([file])
  }

  test('of a checksum or a length', () => {
    for (const at of [second.length - 8, second.length - 1]) {
      expect(spoilt(at)).toEqual({ text: 'first', says: ['the compressed data are damaged: a checksum is wrong'] })
    }
  })

  test('of the first bytes of a member', () => {
    expect(spoilt(0)).toEqual({ text: 'first', says: ['no gzip data where they should go on'] })
  })

  test('of the compressed data', () => {
    const { text, says } = spoilt(10)
    expect(text).toBe('first')
    expect(says).toHaveLength(1)
    expect(says[0]).toMatch(/damaged|end early/)
  })
})

test('one large member is read without trying it again for every chunk', () => {
  const text = Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join('')
  const file = gzipSync(text)
  expect(unzip(inChunks(file, 512)).text).toBe(text)
})

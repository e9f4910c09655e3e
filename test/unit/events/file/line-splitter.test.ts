/**
 * Goal: bytes become the same lines wherever they are cut, and bytes that are no text spoil their own line only.
 * Method: random bytes and texts cut at random places, against a plain split of the whole.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from '../../../../src/events/file/line-splitter.ts'

const splitAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place))
}

const linesOf = (chunks: readonly Buffer[]): (string | undefined)[] => {
  const splitter = new LineSplitter()
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), splitter.rest()]
}

const text = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('\r'), fc.constant('')), { maxLength: 8 })

test('text is split at newlines alone, wherever the chunks end, also inside a letter', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (lines, cuts) => {
      const whole = lines.map((line) => line.replaceAll('\n', '')).join('\n')
      expect(linesOf(splitAt(Buffer.from(whole), cuts))).toEqual(whole.split('\n'))
    }),
  )
})

test('a line that is not UTF-8 is undefined, its neighbours are not', () => {
  const bad = Buffer.from([0x61, 0xc3, 0x0a])
  expect(linesOf([Buffer.from('one\n'), bad, Buffer.from('zwö\ndr')])).toEqual(['one', undefined, 'zwö', 'dr'])
  expect(linesOf([Buffer.concat([Buffer.from('one\n'), bad, Buffer.from([0xff])])])).toEqual([
    'one',
    undefined,
    undefined,
  ])
})

test('bytes that are one way of writing a letter too many are not UTF-8', () => {
  // A decoder that repairs would give U+FFFD for all three and hide the change of a byte.
  const repaired = [[0xef, 0xbf, 0xbd], [0xf0, 0xbf, 0xbd], [0xff]]
  expect(repaired.map((bytes) => linesOf([Buffer.from(bytes)])[0])).toEqual(['\ufffd', undefined, undefined])
})

test('a line that never ends is noticed', () => {
  const splitter = new LineSplitter()
  const chunk = Buffer.alloc(8 * 1024 * 1024, 'x')
  for (let pushed = 0; pushed < 8; pushed++) splitter.push(chunk)
  expect(splitter.overflows).toBe(false)
  splitter.push(chunk)
  expect(splitter.overflows).toBe(true)
  splitter.push(Buffer.from('\n'))
  expect(splitter.overflows).toBe(false)
})

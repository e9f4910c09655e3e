/**
 * Goal: generated names and hashes follow from their inputs alone and look as Kubernetes' do.
 * Method: published FNV test vectors, and properties.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, fnv32a, fnv64a, podTemplateHash, sameJson } from '../../../src/kubernetes/hash.ts'
import { generateName, randomSuffix, SAFE_ALPHABET, safeEncode } from '../../../src/kubernetes/names.ts'

describe('names', () => {
  test('a suffix is five letters of the safe alphabet, by the numbers drawn', () => {
    const draws = [0, 1, 2, 25, 26]
    let at = 0
    expect(randomSuffix((below) => (draws[at++] ?? 0) % below)).toBe('bcd89')
    expect(SAFE_ALPHABET).toHaveLength(27)
  })

  test('a generated name never exceeds 63 characters', () => {
    expect(generateName('web-', () => 0)).toBe('web-bbbbb')
    expect(generateName('x'.repeat(100), () => 0)).toBe(`${'x'.repeat(58)}bbbbb`)
  })

  test('safe encoding keeps the length and the alphabet', () => {
    expect(safeEncode('0123456789')).toBe('456789bcdf')
    fc.assert(
      fc.property(fc.string(), (text) => {
        const safe = safeEncode(text)
        expect(safe).toHaveLength(text.length)
        expect([...safe].every((char) => SAFE_ALPHABET.includes(char))).toBe(true)
      }),
    )
  })
})

describe('hashes', () => {
  test('FNV-1a has its published values', () => {
    expect(fnv32a('')).toBe(0x811c9dc5)
    expect(fnv32a('a')).toBe(0xe40c292c)
    expect(fnv32a('foobar')).toBe(0xbf9cf968)
    expect(fnv64a('')).toBe(0xcbf29ce484222325n)
    expect(fnv64a('a')).toBe(0xaf63dc4c8601ec8cn)
    expect(fnv64a('foobar')).toBe(0x85944171f73967e8n)
  })

  test('equal templates have equal hashes however their members are ordered', () => {
    const a = { metadata: { labels: { app: 'web', tier: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const b = { spec: { containers: [{ image: 'i', name: 'c' }] }, metadata: { labels: { tier: 'x', app: 'web' } } }
    expect(podTemplateHash(a)).toBe(podTemplateHash(b))
    expect(podTemplateHash(a)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5,10}$/)
    expect(podTemplateHash(a, 1)).not.toBe(podTemplateHash(a))
    expect(podTemplateHash({ spec: { containers: [{ name: 'c', image: 'j' }] } })).not.toBe(podTemplateHash(a))
  })

  test('canonical text and structural equality agree', () => {
    const values = fc.jsonValue({ maxDepth: 3 })
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(sameJson(a, JSON.parse(canonicalJson(a)))).toBe(true)
        expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
      }),
    )
  })

  test('an absent member and an undefined one are the same', () => {
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true)
    expect(sameJson({ a: 1 }, { a: 1, b: null })).toBe(false)
    expect(canonicalJson({ b: undefined, a: [1, { d: 1, c: 2 }] })).toBe('{"a":[1,{"c":2,"d":1}]}')
  })
})

/**
 * Goal: addresses, ranges and base64 are read and written as the standards say.
 * Method: examples of RFC 5952 and RFC 4648, and properties against the host's own functions.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../../../src/kubernetes/base64.ts'
import {
  cidrProblems,
  endpointIPProblems,
  formatIP,
  ipProblems,
  parseCIDR,
  parseIP,
  rangeContains,
} from '../../../src/kubernetes/net.ts'
import { byteLength, isDNS1123Label, isLabelKey, isPortName } from '../../../src/kubernetes/syntax.ts'

describe('addresses', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::1:0:0:2', 'fe80::1:0:0:2'],
    ['1::2:0:0:3:4', '1::2:0:0:3:4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ])('%s is %s', (text, expected) => {
    const address = parseIP(text)
    expect(address === undefined ? undefined : formatIP(address)).toBe(expected)
  })

  test('what is no address is refused with upstream’s words', () => {
    const bad = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
    for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', ':::', '1::2::3', '12345::', 'fe80::1%eth0', 'x']) {
      expect(ipProblems(text), text).toEqual([bad])
    }
    expect(ipProblems('010.1.1.1')).toEqual(['must not have leading 0s'])
    expect(cidrProblems('10.0.0.0/33')).toEqual(['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'])
  })

  test('every address comes back as it was', () => {
    const addresses = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((bits) => ({ family: 'IPv4' as const, bits })),
      fc.bigInt({ min: 2n ** 64n, max: 2n ** 128n - 1n }).map((bits) => ({ family: 'IPv6' as const, bits })),
    )
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseIP(formatIP(address))).toEqual(address)
      }),
    )
  })

  test('ranges contain their addresses', () => {
    const range = parseCIDR('10.244.1.0/24')
    const inside = (text: string): boolean => {
      const address = parseIP(text)
      return range !== undefined && address !== undefined && rangeContains(range, address)
    }
    expect([inside('10.244.1.255'), inside('10.244.2.0'), inside('::1')]).toEqual([true, false, false])
  })

  test('endpoints have no special addresses', () => {
    expect(endpointIPProblems('10.0.0.1')).toEqual([])
    expect(endpointIPProblems('127.0.0.1')).toHaveLength(1)
    expect(endpointIPProblems('0.0.0.0')).toHaveLength(1)
    expect(endpointIPProblems('169.254.1.1')).toHaveLength(1)
  })
})

test('base64 is that of the host, for every text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(toBase64(text)).toBe(Buffer.from(text).toString('base64'))
      expect(fromBase64(toBase64(text))).toBe(Buffer.from(text).toString())
    }),
  )
})

describe('syntax', () => {
  test('bytes are counted as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text))
      }),
    )
  })

  test('names are what Kubernetes allows', () => {
    for (const good of ['a', 'a-b', '0a', 'a'.repeat(63)]) expect(isDNS1123Label(good)).toEqual([])
    expect(isDNS1123Label('a.b')).toEqual(['must not contain dots'])
    expect(isDNS1123Label('a'.repeat(64))).toContain('must be no more than 63 characters')
    for (const good of ['a', 'a.b/C_d', 'x/1']) expect(isLabelKey(good)).toEqual([])
    for (const bad of ['', '/a', 'a/', 'A.B/c', 'a b', 'x/y/z']) expect(isLabelKey(bad), bad).not.toEqual([])
    expect(isPortName('http')).toEqual([])
    expect(isPortName('-80-')).toHaveLength(2)
  })
})

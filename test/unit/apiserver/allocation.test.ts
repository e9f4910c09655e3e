/**
 * Goal: addresses and ports are drawn from the right part of their range, never twice, until all are taken.
 * Method: properties over seeds and sets of taken numbers; the figures of the default range by example.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClusterIpRange } from '../../../src/actors/apiserver/allocation/cluster-ips.ts'
import { drawNodePort } from '../../../src/actors/apiserver/allocation/node-ports.ts'
import { drawFree } from '../../../src/actors/apiserver/allocation/numbers.ts'
import { newUid } from '../../../src/kubernetes/uid.ts'
import { createRandom } from '../../../src/engine/kernel/random.ts'

describe('a free number', () => {
  test('is free, comes from the dynamic part while that has one, and is found as long as there is one', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        fc.nat({ max: 39 }),
        fc.uniqueArray(fc.nat({ max: 39 })),
        (seed, size, reserved, numbers) => {
          const block = { first: 100, size, reserved: Math.min(reserved, size) }
          const taken = new Set(numbers.map((n) => n + 100))
          const n = drawFree(block, (candidate) => taken.has(candidate), createRandom(seed))
          const free = Array.from({ length: size }, (_, i) => i + 100).filter((one) => !taken.has(one))
          if (n === undefined) {
            expect(free).toEqual([])
            return
          }
          expect(free).toContain(n)
          const dynamic = free.filter((one) => one >= 100 + block.reserved)
          if (dynamic.length > 0) expect(dynamic).toContain(n)
        },
      ),
    )
  })
})

describe('the default range of Services', () => {
  const range = new ClusterIpRange('10.96.0.0/16')

  test('begins with the address of Service kubernetes and leaves the first 256 to people', () => {
    expect(range.first).toBe('10.96.0.1')
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const ip = range.draw(() => false, createRandom(seed)) ?? ''
        const [, , third] = ip.split('.').map(Number)
        expect(third).toBeGreaterThanOrEqual(1)
        expect(range.contains(ip)).toBe(true)
      }),
    )
  })

  test('does not hold its own ends, nor other networks', () => {
    const asked = ['10.96.0.0', '10.96.255.255', '10.97.0.1', 'x', '10.96.0.1', '10.96.255.254']
    expect(asked.map((ip) => range.contains(ip))).toEqual([false, false, false, false, true, true])
  })

  test('gives out the first addresses when all others are taken', () => {
    const ip = range.draw((one) => !one.startsWith('10.96.0.'), createRandom(1))
    expect(ip).toMatch(/^10\.96\.0\.\d+$/)
    expect(range.draw(() => true, createRandom(1))).toBeUndefined()
  })
})

test('node ports below 30086 are given out last', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(drawNodePort(() => false, createRandom(seed))).toBeGreaterThanOrEqual(30_086)
      expect(drawNodePort((port) => port >= 30_086, createRandom(seed))).toBeLessThan(30_086)
    }),
  )
})

test('uids are version 4 UUIDs, and of one stream no two are equal', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed)
      const uids = Array.from({ length: 50 }, () => newUid(random))
      expect(new Set(uids).size).toBe(50)
      for (const uid of uids)
        expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }),
    { numRuns: 20 },
  )
})

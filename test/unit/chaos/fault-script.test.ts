/**
 * Goal: what people write about faults means what they think, and what they get wrong is told.
 * Method: a table of examples; round trip of every fault that chaos can draw.
 */
import { either as E } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../../src/chaos/duration.ts'
import { formatFault, parseFault, type PlannedFault } from '../../../src/chaos/fault-script.ts'
import type { Fault } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'

const read = (text: string): PlannedFault => {
  const parsed = parseFault(text)
  if (E.isLeft(parsed)) throw new Error(parsed.left)
  return parsed.right
}

describe('faults as people write them', () => {
  test.each([
    ['crash node-2 at 2m for 5m', { fault: { kind: 'crash', host: 'node-2' }, at: minutes(2), for: minutes(5) }],
    ['crash node-2', { fault: { kind: 'crash', host: 'node-2' }, at: 0 }],
    ['kill etcd leader at 90s', { fault: { kind: 'kill', process: 'etcd-leader' }, at: seconds(90) }],
    ['partition node-3', { fault: { kind: 'partition', from: 'node-3', to: '*', bothWays: true }, at: 0 }],
    ['partition a b one-way', { fault: { kind: 'partition', from: 'a', to: 'b', bothWays: false }, at: 0 }],
    ['loss node-1 0.5%', { fault: { kind: 'loss', from: 'node-1', to: '*', lossPpm: 5000 }, at: 0 }],
    ['backup etcd leader at 1m', { fault: { kind: 'backup', process: 'etcd-leader' }, at: minutes(1) }],
    ['restore etcd/2 at 3m', { fault: { kind: 'restore', process: 'etcd/2', bump: 1_000_000_000 }, at: minutes(3) }],
    ['restore etcd/2 bump 500', { fault: { kind: 'restore', process: 'etcd/2', bump: 500 }, at: 0 }],
    ['skew cp-1 -1500ms', { fault: { kind: 'skew', host: 'cp-1', by: -1_500_000 }, at: 0 }],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test.each([
    ['explode node-1', 'it begins with one of: crash HOST'],
    ['crash', 'it is written "crash HOST"'],
    ['crash node-1 at noon', '"noon" is not a duration'],
    ['crash node-1 at', 'it ends in "at TIME"'],
    ['loss node-1 150%', 'more than all'],
    ['restore etcd/1 bump', 'it is written "restore PROCESS|etcd-leader [bump REVISIONS]"'],
    ['slow-disk node-1 much', 'it is written "slow-disk HOST FACTORx"'],
  ])('%s is refused: %s', (text, why) => {
    const parsed = parseFault(text)
    expect(E.isLeft(parsed) ? parsed.left : 'accepted').toContain(why)
  })

  test('what is written is read back', () => {
    const host = fc.constantFrom('node-1', 'cp-1')
    const to = fc.constantFrom('*', 'node-9')
    const ms = fc.integer({ min: 1, max: 100_000 }).map((n) => n * 1000)
    const faults: fc.Arbitrary<Fault> = fc.oneof(
      fc.record({ kind: fc.constant('crash' as const), host }),
      fc.record({
        kind: fc.constantFrom('kill' as const, 'pause' as const, 'backup' as const),
        process: fc.constantFrom('etcd/1', 'etcd-leader'),
      }),
      fc.record({
        kind: fc.constant('restore' as const),
        process: fc.constant('etcd/1'),
        bump: fc.integer({ min: 1 }),
      }),
      fc.record({ kind: fc.constant('partition' as const), from: host, to, bothWays: fc.boolean() }),
      fc.record({ kind: fc.constant('delay' as const), from: host, to, delay: ms }),
      fc.record({
        kind: fc.constant('loss' as const),
        from: host,
        to,
        lossPpm: fc.integer({ min: 0, max: 100 }).map((n) => n * 10_000),
      }),
      fc.record({ kind: fc.constant('slow-disk' as const), host, factor: fc.integer({ min: 2, max: 100 }) }),
      fc.record({ kind: fc.constant('full-disk' as const), host }),
      fc.record({ kind: fc.constant('skew' as const), host, by: ms }),
    )
    const planned = fc.record({ fault: faults, at: ms }, { requiredKeys: ['fault', 'at'] })
    fc.assert(
      fc.property(planned, ms, (plan, length) => {
        expect(read(formatFault({ ...plan, for: length }))).toEqual({ ...plan, for: length })
      }),
    )
  })

  test('durations are whole numbers with units', () => {
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(parseDuration(formatDuration(n))).toEqual(E.right(n))
      }),
    )
    expect(E.isLeft(parseDuration('1.5s'))).toBe(true)
    expect(E.isLeft(parseDuration(''))).toBe(true)
  })
})

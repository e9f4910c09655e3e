/**
 * Goal: what containerd knows is what its journal says, however often that is read back or compacted.
 * Method: any sequence of records, over a disk that syncs when we say; a fresh journal on the same disk must hold the same.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Holdings, type HoldingsRecord } from '../../../src/actors/runtime/holdings.ts'
import { Journal } from '../../../src/actors/runtime/journal.ts'
import { PodAddresses } from '../../../src/actors/runtime/addresses.ts'
import type { ActorContext } from '../../../src/engine/actor.ts'
import { DiskFile } from '../../../src/engine/kernel/disk.ts'
import { fakeContext } from '../../support/fake-context.ts'

const ids = fc.constantFrom('a', 'b', 'c', 'd')
const records: fc.Arbitrary<HoldingsRecord> = fc.oneof(
  ids.map((image): HoldingsRecord => ({ type: 'image', image, bytes: 1 })),
  fc.tuple(ids, ids).map(([sandbox, uid]): HoldingsRecord => ({
    type: 'sandbox',
    sandbox: { sandbox, uid, namespace: 'default', pod: uid, ip: '10.244.0.2', attempt: 0, ready: true },
  })),
  ids.map((sandbox): HoldingsRecord => ({ type: 'sandbox stopped', sandbox })),
  fc.tuple(ids, ids).map(([container, uid]): HoldingsRecord => ({
    type: 'container',
    container: { container, sandbox: 'a', uid, name: 'app', image: 'x', restartCount: 0, startedMicros: 1 },
  })),
  ids.map((container): HoldingsRecord => ({
    type: 'ended',
    container,
    end: { exitCode: 1, reason: 'Error', finishedMicros: 2 },
  })),
  ids.map((container): HoldingsRecord => ({ type: 'container removed', container })),
  ids.map((uid): HoldingsRecord => ({ type: 'pod removed', uid })),
)

/** As much of a context as a journal uses: a disk whose syncs are done at once. */
const contextOn = (disk: DiskFile, boot: number): ActorContext => fakeContext({ disk, boot, now: 7, monotonic: 7 })

const createDisk = (): { readonly disk: DiskFile; readonly syncs: number[] } => {
  const syncs: number[] = []
  const disk = new DiskFile({ isFull: () => false, startSync: (position) => syncs.push(position), refuse: () => {} })
  return { disk, syncs }
}

const settle = (journal: Journal, disk: DiskFile, syncs: number[]): void => {
  for (let position = syncs.shift(); position !== undefined; position = syncs.shift()) {
    disk.completeSync(position)
    journal.synced(position)
  }
}

describe('the journal', () => {
  test('gives back what it was told', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 900 }), fc.integer({ min: 1, max: 50 }), (told, every) => {
        const { disk, syncs } = createDisk()
        const journal = new Journal(contextOn(disk, 1))
        const truth = new Holdings()
        truth.apply({ type: 'booted', boot: 1, now: 7 })
        told.forEach((record, i) => {
          journal.note(record)
          truth.apply(record)
          if (i % every === 0) settle(journal, disk, syncs)
        })
        const again = new Journal(contextOn(disk, 1))
        expect(again.holdings.snapshot()).toEqual(truth.snapshot())
      }),
      { numRuns: 60 },
    )
  })

  test('does not grow without end', () => {
    const { disk, syncs } = createDisk()
    const journal = new Journal(contextOn(disk, 1))
    for (let i = 0; i < 20_000; i++) {
      journal.note({
        type: 'sandbox',
        sandbox: { sandbox: `s${i}`, uid: `u${i}`, namespace: 'd', pod: 'p', ip: '', attempt: 0, ready: true },
      })
      journal.note({ type: 'pod removed', uid: `u${i}` })
      settle(journal, disk, syncs)
    }
    expect(disk.records().length).toBeLessThan(600)
  })

  test('knows after a boot that nothing of before lives', () => {
    const { disk } = createDisk()
    const journal = new Journal(contextOn(disk, 1))
    journal.note({
      type: 'sandbox',
      sandbox: { sandbox: 's', uid: 'u', namespace: 'd', pod: 'p', ip: '', attempt: 0, ready: true },
    })
    journal.note({
      type: 'container',
      container: { container: 'c', sandbox: 's', uid: 'u', name: 'app', image: 'x', restartCount: 2, startedMicros: 1 },
    })
    const { holdings } = new Journal(contextOn(disk, 2))
    expect(holdings.sandboxes.get('s')?.ready).toBe(false)
    expect(holdings.containers.get('c')?.end).toEqual({ exitCode: 255, reason: 'Unknown', finishedMicros: 7 })
    expect(new Journal(contextOn(disk, 2)).holdings.containers.get('c')?.end?.exitCode).toBe(255)
  })
})

describe('addresses', () => {
  const sandboxAt = (ip: string) => ({ sandbox: ip, uid: ip, namespace: 'd', pod: 'p', ip, attempt: 0, ready: true })

  test('are given once each, rest as long as possible, and run out', () => {
    const holdings = new Holdings()
    const addresses = new PodAddresses('10.244.3.0/24')
    const given = new Set<string>()
    for (let ip = addresses.next(holdings); ip !== undefined; ip = addresses.next(holdings)) {
      expect(given.has(ip)).toBe(false)
      given.add(ip)
      holdings.apply({ type: 'sandbox', sandbox: sandboxAt(ip) })
    }
    expect(given.size).toBe(253)
    holdings.apply({ type: 'sandbox stopped', sandbox: '10.244.3.9' })
    expect(addresses.next(holdings)).toBe('10.244.3.9')
  })

  test('of a Pod that has gone are not the first to be given again', () => {
    const holdings = new Holdings()
    const addresses = new PodAddresses('10.244.3.0/24')
    const first = addresses.next(holdings)
    expect(first).toBe('10.244.3.2')
    expect(addresses.next(holdings)).toBe('10.244.3.3')
  })
})

/**
 * Goal: what a decided request does to the store, and why it is refused, in the words of etcd.
 * Method: requests one by one against a fresh store; each test proves one sentence.
 */
import { describe, expect, test } from 'vitest'
import { apply, type Applied } from '../../../src/actors/etcd/mvcc/apply.ts'
import { exceedsQuota, malformation } from '../../../src/actors/etcd/mvcc/quota.ts'
import { MvccStore } from '../../../src/actors/etcd/mvcc/store.ts'
import { rangeOf, rangeRefusal } from '../../../src/actors/etcd/mvcc/transaction.ts'
import type { EtcdCompare, EtcdOperation, EtcdRequest, EtcdTxn } from '../../../src/events/catalogue/etcd-request.ts'

const put = (key: string, value: unknown = key, lease = 0): EtcdOperation => ({
  op: 'put',
  key,
  value,
  size: 100,
  lease,
})
const modIs = (key: string, value: number): EtcdCompare => ({ key, target: 'mod', result: '=', value })
const txn = (
  compare: readonly EtcdCompare[],
  then: readonly EtcdOperation[],
  otherwise: readonly EtcdOperation[] = [],
): EtcdTxn => ({
  op: 'txn',
  compare,
  then,
  else: otherwise,
})

const storeWith = (...requests: readonly EtcdRequest[]): MvccStore => {
  const store = new MvccStore()
  for (const request of requests) doNext(store, request)
  return store
}

const doNext = (store: MvccStore, request: EtcdRequest): Applied => {
  const index = store.appliedIndex + 1
  return apply(store, { index, term: 1, ref: index, request })
}

describe('transactions', () => {
  test('Kubernetes creates when a key was never written: mod revision 0', () => {
    const store = storeWith()
    const create = txn([modIs('/registry/pods/a', 0)], [put('/registry/pods/a', 1)])
    expect(doNext(store, create)).toMatchObject({ outcome: 'succeeded', results: [{ op: 'put', previous: 0 }] })
    expect(store.get('/registry/pods/a')).toMatchObject({ create: 2, mod: 2, version: 1, value: 1 })
    expect(doNext(store, create)).toMatchObject({ outcome: 'failed', changes: [] })
    expect(store.revision).toBe(2)
  })

  test('an update that lost the race gets the newer version from its else branch', () => {
    const store = storeWith(put('/k', 'old'), put('/k', 'newer'))
    const update = txn([modIs('/k', 2)], [put('/k', 'late')], [{ op: 'range', key: '/k' }])
    const { outcome, results } = doNext(store, update)
    expect(outcome).toBe('failed')
    expect(results).toMatchObject([
      { op: 'range', count: 1, mod: 3, keys: [{ key: '/k', value: 'newer', version: 2 }] },
    ])
  })

  test('all writes of one transaction bear one revision', () => {
    const store = storeWith(put('/c'))
    const { changes } = doNext(store, txn([], [put('/a'), put('/b'), { op: 'delete', key: '/c' }]))
    expect(changes.map(({ revision, deleted }) => [revision, deleted])).toEqual([
      [3, false],
      [3, false],
      [3, true],
    ])
    expect(store.revision).toBe(3)
  })

  test('a transaction that changes nothing takes no revision', () => {
    const store = storeWith(put('/a'))
    expect(doNext(store, txn([], [{ op: 'delete', key: '/b' }])).results).toEqual([
      { op: 'delete', deleted: 0, previous: 0 },
    ])
    expect(store.revision).toBe(2)
  })

  test.each([
    ['=', 2, true],
    ['!=', 2, false],
    ['>', 1, true],
    ['<', 3, true],
    ['<', 2, false],
  ] as const)('compares %s %i', (result, value, holds) => {
    const store = storeWith(put('/k'))
    const compare: EtcdCompare = { key: '/k', target: 'create', result, value }
    expect(doNext(store, txn([compare], [])).outcome).toBe(holds ? 'succeeded' : 'failed')
  })
})

describe('what is malformed is refused before anyone else hears of it', () => {
  const many = Array.from({ length: 129 }, (_, i) => put(`/${i}`))
  test.each([
    ['etcdserver: too many operations in txn request', txn([], many)],
    ['etcdserver: duplicate key given in txn request', txn([], [put('/a'), put('/a')])],
    [
      'etcdserver: duplicate key given in txn request',
      txn([], [put('/a/b'), { op: 'delete', key: '/a/', end: '/a0' }]),
    ],
    ['etcdserver: key is not provided', put('')],
    ['etcdserver: ttl is 0', { op: 'lease-grant', lease: 1, ttl: 0 }],
    ['etcdserver: request is too large', { op: 'put', key: '/k', size: 1_572_864 }],
  ] satisfies readonly (readonly [string, EtcdRequest])[])('%s', (error, request) => {
    expect(malformation(request)).toBe(error)
  })

  test('128 operations and one and a half MiB pass', () => {
    expect(malformation(txn([], many.slice(1)))).toBeUndefined()
    expect(malformation({ op: 'put', key: '/k', size: 1_572_000 })).toBeUndefined()
  })
})

describe('compaction', () => {
  const compact = (revision: number): EtcdRequest => ({ op: 'compact', revision })

  test('what is older can no longer be read; what stood then, can', () => {
    const store = storeWith(put('/k', 'a'), put('/k', 'b'), put('/k', 'c'), compact(3))
    expect(rangeRefusal(store, { op: 'range', key: '/k', revision: 2 })).toBe(
      'etcdserver: mvcc: required revision has been compacted',
    )
    expect(rangeOf(store, { op: 'range', key: '/k', revision: 3 })).toMatchObject({ keys: [{ value: 'b' }] })
    expect(rangeRefusal(store, { op: 'range', key: '/k', revision: 5 })).toBe(
      'etcdserver: mvcc: required revision is a future revision',
    )
  })

  test('is refused for the past and for the future', () => {
    const store = storeWith(put('/k'), compact(2))
    expect(doNext(store, compact(2)).error).toBe('etcdserver: mvcc: required revision has been compacted')
    expect(doNext(store, compact(9)).error).toBe('etcdserver: mvcc: required revision is a future revision')
  })
})

describe('leases', () => {
  test('a put under an unknown lease is refused, and so is the whole transaction', () => {
    const store = storeWith()
    expect(doNext(store, txn([], [put('/a'), put('/b', 1, 7)]))).toMatchObject({
      outcome: 'refused',
      error: 'etcdserver: requested lease not found',
    })
    expect(store.keyCount).toBe(0)
  })

  test('the time to live is at least 2 seconds', () => {
    const store = storeWith({ op: 'lease-grant', lease: 7, ttl: 1 })
    expect(store.leases.get(7)?.ttl).toBe(2)
    expect(doNext(store, { op: 'lease-grant', lease: 7, ttl: 60 }).error).toBe('etcdserver: lease already exists')
  })

  test('its end deletes the keys that still hang on it, by name, one revision each', () => {
    const lease: EtcdRequest = { op: 'lease-grant', lease: 7, ttl: 60 }
    const store = storeWith(lease, put('/b', 1, 7), put('/a', 1, 7), put('/c', 1, 7), put('/c', 2))
    const { changes } = doNext(store, { op: 'lease-revoke', lease: 7 })
    expect(changes.map(({ current }) => [current.key, current.mod])).toEqual([
      ['/a', 6],
      ['/b', 7],
    ])
    expect(store.get('/c')?.value).toBe(2)
    expect(doNext(store, { op: 'lease-revoke', lease: 7 }).error).toBe('etcdserver: requested lease not found')
  })
})

describe('quota', () => {
  const QUOTA = 2_000
  const full = (): MvccStore => storeWith(put('/a'), put('/a'), put('/a'), put('/a'))
  const alarm = (active: boolean): EtcdRequest => ({ op: 'alarm', kind: 'NOSPACE', member: 1, active })

  test('every version counts, and a put that would go beyond is refused', () => {
    expect(exceedsQuota(full(), put('/b'), QUOTA)).toBe(false)
    expect(exceedsQuota(full(), { op: 'put', key: '/b', size: 400 }, QUOTA)).toBe(true)
    expect(exceedsQuota(full(), { op: 'delete', key: '/a' }, 1)).toBe(false)
  })

  test('under the alarm nothing that takes space is done, but deleting, compacting and disarming are', () => {
    const store = full()
    doNext(store, alarm(true))
    expect(doNext(store, put('/b')).error).toBe('etcdserver: mvcc: database space exceeded')
    expect(doNext(store, txn([modIs('/a', 1)], [], [put('/b')])).error).toBe(
      'etcdserver: mvcc: database space exceeded',
    )
    expect(doNext(store, { op: 'delete', key: '/a' }).outcome).toBe('succeeded')
    expect(doNext(store, { op: 'compact', revision: store.revision }).outcome).toBe('succeeded')
    doNext(store, alarm(false))
    expect(doNext(store, put('/b')).outcome).toBe('succeeded')
  })

  test('compaction frees pages; only a defragmentation makes the file smaller', () => {
    const store = full()
    const before = store.bytesAllocated
    doNext(store, { op: 'compact', revision: store.revision })
    expect(store.bytesInUse).toBe(before / 4)
    expect(store.bytesAllocated).toBe(before)
    store.defragment()
    expect(store.bytesAllocated).toBe(before / 4)
  })
})

test('entries are applied in order and without a gap', () => {
  expect(() => apply(new MvccStore(), { index: 3, term: 1, ref: 0, request: undefined })).toThrow(
    'entry 1 is applied next',
  )
})

/**
 * Goal: the store means what etcd's store means: revisions, old states, watches, compaction, leases and sizes; and a store that
 * is made from an image is the same store.
 * Method: random requests against a naive model that keeps every state; after each run every readable revision, every watch and
 * all figures are compared, for the store itself and for one that was made from an image half-way.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apply } from '../../src/actors/etcd/mvcc/apply.ts'
import { prefixEnd } from '../../src/actors/etcd/mvcc/key-value.ts'
import { MvccStore } from '../../src/actors/etcd/mvcc/store.ts'
import { Watchers } from '../../src/actors/etcd/mvcc/watch.ts'
import type { EtcdOperation, EtcdRequest } from '../../src/events/catalogue/etcd-request.ts'
import { MvccModel } from './mvcc-model.ts'

const KEYS = ['/r/a/1', '/r/a/2', '/r/ab', '/r/b/1', '/q'] as const
const key = fc.constantFrom(...KEYS)
const lease = fc.constantFrom(0, 0, 0, 1, 2)

const put: fc.Arbitrary<EtcdOperation> = fc.record({
  op: fc.constant('put' as const),
  key,
  value: fc.nat(99),
  size: fc.nat(500),
  lease,
})
const remove: fc.Arbitrary<EtcdOperation> = fc.oneof(
  fc.record({ op: fc.constant('delete' as const), key }),
  fc.constant({ op: 'delete' as const, key: '/r/a/', end: prefixEnd('/r/a/') }),
)
const compare = fc.record({
  key,
  target: fc.constantFrom('mod' as const, 'create' as const, 'version' as const),
  result: fc.constant('=' as const),
  value: fc.constantFrom(0, 1, 2, 3, 5, 8),
})
const request: fc.Arbitrary<EtcdRequest> = fc.oneof(
  { weight: 8, arbitrary: put },
  { weight: 3, arbitrary: remove },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('txn' as const),
      compare: fc.array(compare, { maxLength: 1 }),
      then: fc.uniqueArray(put, { maxLength: 2, selector: ({ key: one }) => one }),
      else: fc.array(remove, { maxLength: 1 }),
    }),
  },
  // How far back from the present; made absolute when it is its turn.
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('compact' as const), revision: fc.integer({ min: -1, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('lease-grant' as const),
      lease: fc.constantFrom(1, 2),
      ttl: fc.constant(5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('lease-revoke' as const), lease: fc.constantFrom(1, 2) }) },
)

const SPANS = [
  { key: '/r/a/', end: prefixEnd('/r/a/') },
  { key: '/r/', end: prefixEnd('/r/') },
  { key: '/r/a/2' },
  { key: '/q', end: '/r/b/1' },
] as const

/** Compares everything that can be asked. */
const sameMeaning = (store: MvccStore, model: MvccModel): void => {
  expect(store.revision).toBe(model.revision)
  expect(store.bytesInUse).toBe(model.bytes)
  for (const [id, keys] of model.leases)
    expect([...(store.leases.get(id)?.keys ?? [])].sort()).toEqual([...keys].sort())
  expect(store.leases.size).toBe(model.leases.size)
  for (const span of SPANS) {
    const end = 'end' in span ? span.end : undefined
    for (let revision = Math.max(1, model.compactRevision); revision <= model.revision; revision++) {
      const expected = model.range(span.key, end, revision)
      expect(store.range(span, revision, Infinity)).toEqual({ keys: expected, count: expected.length })
      expect(store.range(span, revision, 2)).toEqual({ keys: expected.slice(0, 2), count: expected.length })
    }
    for (let from = 1; from <= model.revision + 1; from++) {
      const start = new Watchers().start(store, { client: 'c', watch: 1, ...span, from, progress: false })
      if (from < model.compactRevision) expect(start).toEqual({ compactRevision: model.compactRevision })
      else expect(start.revisions).toEqual(model.changes(span.key, end, from))
    }
  }
}

test('requests do what the model says, and an image is the same store', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40, size: 'max' }), fc.nat(39), (requests, half) => {
      const model = new MvccModel()
      const store = new MvccStore()
      const watchers = new Watchers()
      watchers.start(store, { client: 'c', watch: 1, ...SPANS[0], from: 1, progress: false })
      const pushed: number[] = []
      let twin: MvccStore | undefined
      for (const [i, drawn] of requests.entries()) {
        const one = drawn.op === 'compact' ? { ...drawn, revision: store.revision - drawn.revision } : drawn
        if (i === half) twin = new MvccStore(store.image())
        const entry = { index: i + 1, term: 1, ref: i + 100, request: one }
        const applied = apply(store, entry)
        const expected = model.apply(one)
        expect(applied.outcome).toBe(expected.outcome)
        expect(applied.changes.map(({ current }) => current.key)).toEqual(expected.changed)
        for (const change of applied.changes) watchers.tell(change, () => pushed.push(change.revision))
        if (twin !== undefined) {
          apply(twin, entry)
          expect(twin.digest).toBe(store.digest)
        }
      }
      expect(pushed).toEqual(model.changes(SPANS[0].key, SPANS[0].end, 1))
      sameMeaning(store, model)
      if (twin !== undefined) sameMeaning(twin, model)
    }),
    { numRuns: 300 },
  )
})

test('states that differ have digests that differ', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 20 }), fc.nat(), (requests, at) => {
      const run = (skip: number | undefined): MvccStore => {
        const store = new MvccStore()
        for (const [i, one] of requests.entries()) {
          apply(store, { index: i + 1, term: 1, ref: i + 100, request: i === skip ? undefined : one })
        }
        return store
      }
      const whole = run(undefined)
      const without = run(at % requests.length)
      const same = whole.revision === without.revision && whole.compactRevision === without.compactRevision
      const content = (store: MvccStore) => store.range({ key: '\u0000', end: '\uffff' }, store.revision, Infinity).keys
      if (!same || JSON.stringify(content(whole)) !== JSON.stringify(content(without))) {
        expect(whole.digest).not.toBe(without.digest)
      }
    }),
    { numRuns: 500 },
  )
})

/**
 * Goal: the checker of object stores is sharp: each bug that a store of versions is prone to is caught.
 * Method: wrap a sound store so that it has one bug, run the very same check, and demand that it fails; without the bug it passes.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { Cursor, IndexName, View } from '../../src/kubernetes/view.ts'
import type { Tables } from '../../src/projections/objects/cursor.ts'
import { createObjectStore, type ObjectStore } from '../../src/projections/objects/store.ts'
import { check, operations, type StoreFactory } from '../properties/objects-checker.ts'

const sound: StoreFactory = (history) => createObjectStore({ history, settleAfter: 2 })

const finds = (createStore: StoreFactory, history: 'all' | 'compacted'): boolean =>
  fc.check(
    fc.property(operations, fc.nat(60), (plan, unseen) => check(createStore, history, plan, unseen)),
    { numRuns: 1000, seed: 1, endOnFailure: true },
  ).failed

/** A store whose cursors are other than they should be. */
const withCursors = (store: ObjectStore, wrap: (cursor: Cursor) => Cursor): ObjectStore => ({
  ...passedOn(store),
  createCursor: (name) => wrap(store.createCursor(name)),
})

const passedOn = (store: ObjectStore): ObjectStore => ({
  get head() {
    return store.head
  },
  get oldest() {
    return store.oldest
  },
  fold: (event) => store.fold(event),
  renew: (event) => store.renew(event),
  createCursor: (name) => store.createCursor(name),
  at: (revision) => store.at(revision),
  read: store.read,
  revisionAt: (at) => store.revisionAt(at),
  seqOf: (revision) => store.seqOf(revision),
  written: (revision) => store.written(revision),
  restore: (event) => store.restore(event),
  get restored() {
    return store.restored
  },
  history: (kind, namespace, name) => store.history(kind, namespace, name),
  compact: (revision) => store.compact(revision),
})

const passedOnCursor = (cursor: Cursor): Cursor => ({
  revision: (kind) => cursor.revision(kind),
  get: (kind, namespace, name) => cursor.get(kind, namespace, name),
  list: (kind, namespace) => cursor.list(kind, namespace),
  indexed: (kind, index, value) => cursor.indexed(kind, index, value),
  narrow: (kind, scope) => cursor.narrow(kind, scope),
  deliver: (kind, revision) => cursor.deliver(kind, revision),
  advance: (kind, revision) => cursor.advance(kind, revision),
  reset: (kind, revision) => cursor.reset(kind, revision),
  hide: (kind, revision) => cursor.hide(kind, revision),
  release: () => cursor.release(),
})

/** Loses every seventh revision when it moves over it. */
const skipsARevision: StoreFactory = (history) =>
  withCursors(sound(history), (cursor) => ({
    ...passedOnCursor(cursor),
    advance: (kind, revision) => {
      for (let lost = 7; lost <= revision; lost += 7) cursor.hide(kind, lost)
      return cursor.advance(kind, revision)
    },
  }))

/** Indexes an object when it is created and never again. */
const indexMissesMoves: StoreFactory = (history) => {
  const store = sound(history)
  const home = new Map<string, string>()
  const wrapIndexed =
    (view: View) =>
    <K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][] =>
      view.indexed(kind, index, value).filter((object) => index !== 'node' || home.get(object.metadata.uid) === value)
  return {
    ...withCursors(store, (cursor) => ({ ...passedOnCursor(cursor), indexed: wrapIndexed(cursor) })),
    fold: (event) => {
      const object = event.data.object as KindMap['Pod'] | undefined
      if (object !== undefined && !home.has(object.metadata.uid)) {
        home.set(object.metadata.uid, object.spec.nodeName ?? '')
      }
      store.fold(event)
    },
  }
}

/** Compacts as if there were no reader. */
const compactionIgnoresReaders: StoreFactory = (history) => {
  const store = sound(history) as ObjectStore & Tables
  return {
    ...passedOn(store),
    compact: (revision) => {
      for (const kind of ['Pod', 'Node'] as const) store.table(kind).readers.clear()
      store.compact(revision)
    },
  }
}

/** Tells of a change what the store held before, not what this reader showed. */
const tellsTheTruthBefore: StoreFactory = (history) => {
  const store = sound(history)
  return withCursors(store, (cursor) => ({
    ...passedOnCursor(cursor),
    advance: (kind, revision) =>
      cursor.advance(kind, revision).map((change) => ({ ...change, before: store.written(change.revision)?.before })),
  }))
}

/** Reads the newest version instead of the one at the reader's position. */
const readsTheTruth: StoreFactory = (history) => {
  const store = sound(history)
  return withCursors(store, (cursor) => ({
    ...passedOnCursor(cursor),
    get: (kind, namespace, name) => store.at(store.head).get(kind, namespace, name),
  }))
}

test.each(['all', 'compacted'] as const)('a sound store passes (history: %s)', (history) => {
  expect(finds(sound, history)).toBe(false)
})

test.each([
  ['advance skips a revision', skipsARevision, 'all'],
  ['an index misses an object that moved', indexMissesMoves, 'all'],
  ['compaction ignores the slowest cursor', compactionIgnoresReaders, 'compacted'],
  ['a change tells what the store held before', tellsTheTruthBefore, 'all'],
  ['a lagging view reads the newest version', readsTheTruth, 'all'],
] as const)('caught: %s', (_name, createStore, history) => {
  expect(finds(createStore, history)).toBe(true)
})

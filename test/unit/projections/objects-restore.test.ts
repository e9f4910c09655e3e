/**
 * Goal: after a restore everybody who lists sees what there was at the restored revision, by every way of reading, and what
 * is written afterwards comes on top of that.
 * Method: random writes, a restore to a random earlier revision, more writes; views and cursors against a plain model.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import { createObjectStore, type ObjectStore } from '../../../src/projections/objects/store.ts'

interface Write {
  readonly name: string
  readonly node: string
  readonly deleted: boolean
}

const BUMP = 1_000_000

const write: fc.Arbitrary<Write> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  node: fc.constantFrom('node-1', 'node-2'),
  deleted: fc.boolean(),
})

/** Name to node, as it ought to be. */
type Model = ReadonlyMap<string, string>

const pod = ({ name, node }: Write): ApiObject => {
  const metadata = { name, namespace: 'ns', uid: name, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' }
  const made = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: node } }
  return made
}

/** Writes in order; a deletion of what is not there is left out. Gives the model after each revision. */
const commitAll = (store: ObjectStore, before: Model, writes: readonly Write[]): ReadonlyMap<number, Model> => {
  const models = new Map<number, Model>([[store.head, before]])
  let model = before
  for (const one of writes) {
    if (one.deleted && !model.has(one.name)) continue
    const revision = store.head + 1
    const key = `/registry/pods/ns/${one.name}`
    const data = { revision, key, deleted: one.deleted, ...(one.deleted ? {} : { object: pod(one) }) }
    store.fold({ seq: revision, at: revision, cause: 0, data })
    const next = new Map(model)
    if (one.deleted) next.delete(one.name)
    else next.set(one.name, one.node)
    models.set(revision, (model = next))
  }
  return models
}

const named = (pods: readonly ApiObject[]): readonly string[] => pods.map(({ metadata }) => metadata.name).toSorted()
const on = (model: Model, node: string): readonly string[] =>
  [...model.keys()].filter((name) => model.get(name) === node).toSorted()

describe('a restore', () => {
  test('shows the old state to views, to cursors that list, and to indexes; the past stays readable', () => {
    fc.assert(
      fc.property(
        fc.array(write, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        fc.array(write, { maxLength: 10 }),
        (first, pick, later) => {
          const store = createObjectStore({ settleAfter: 2 })
          const models = commitAll(store, new Map(), first)
          const early = store.createCursor('early')
          early.reset('Pod', store.head)
          expect(named(early.indexed('Pod', 'node', 'node-1'))).toEqual(
            on(models.get(store.head) ?? new Map(), 'node-1'),
          )

          const from = [...models.keys()][pick % models.size] ?? 0
          const kept = models.get(from) ?? new Map<string, string>()
          const lost = store.head
          const asBefore = named(store.at(lost).list('Pod'))
          const versions = new Map(
            store
              .at(from)
              .list('Pod')
              .map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
          )
          store.restore({ seq: BUMP, at: BUMP, cause: 0, data: { from, revision: from + BUMP } })

          expect(store.head).toBe(from + BUMP)
          const after = commitAll(store, kept, later)
          for (const [revision, model] of after) {
            expect(named(store.at(revision).list('Pod'))).toEqual([...model.keys()].toSorted())
            expect(named(store.at(revision).indexed('Pod', 'node', 'node-1'))).toEqual(on(model, 'node-1'))
          }
          const restored = store.at(from + BUMP).list('Pod')
          expect(new Map(restored.map(({ metadata }) => [metadata.name, metadata.resourceVersion]))).toEqual(versions)
          expect(named(store.at(lost).list('Pod'))).toEqual(asBefore)

          early.reset('Pod', store.head)
          expect(named(early.list('Pod'))).toEqual(named(store.at(store.head).list('Pod')))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('tells what it changed, and refuses to go back in revisions', () => {
    const store = createObjectStore()
    const ok = (name: string): Write => ({ name, node: 'node-1', deleted: false })
    commitAll(store, new Map(), [ok('a'), ok('b'), { ...ok('a'), deleted: true }, ok('c')])
    store.restore({ seq: 9, at: 9, cause: 0, data: { from: 2, revision: 100 } })
    const changes = store.restored.map(({ name, object }) => `${name} ${object === undefined ? 'gone' : 'back'}`)
    expect(changes.toSorted()).toEqual(['a back', 'c gone'])
    expect(() => store.restore({ seq: 10, at: 10, cause: 0, data: { from: 2, revision: 100 } })).toThrow(/behind/)
  })
})

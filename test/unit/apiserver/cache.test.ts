/**
 * Goal: the watch cache's window, index of watchers and deadlines do what a plain, slow version of each does.
 * Method: properties against such versions; and the capacities of upstream's window by example.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Deadlines } from '../../../src/actors/apiserver/watching/deadlines.ts'
import { EventWindow } from '../../../src/actors/apiserver/cache/event-window.ts'
import { changeFor, Watchers, type Watcher, type WatchScope } from '../../../src/actors/apiserver/watching/watchers.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Change } from '../../../src/kubernetes/view.ts'

const changeAt = (revision: number): Change => ({
  kind: 'Pod',
  namespace: 'ns',
  name: 'p',
  revision,
  before: undefined,
  after: undefined,
})

describe('the window', () => {
  const fill = (window: EventWindow, count: number, at: number, from: number): void => {
    for (let i = 0; i < count; i++) window.add({ revision: from + i, at, change: changeAt(from + i) })
  }

  test('grows while what it would lose is young, up to 102,400', () => {
    const window = new EventWindow(0)
    fill(window, 100, 0, 1)
    expect(window.capacity).toBe(100)
    fill(window, 1, 0, 101)
    expect([window.capacity, window.oldest]).toEqual([200, 0])
    fill(window, 102_400, 0, 102)
    expect(window.capacity).toBe(102_400)
    expect(window.oldest).toBe(101)
  })

  test('forgets what is old, and shrinks when nearly all is', () => {
    const window = new EventWindow(0)
    fill(window, 400, 0, 1)
    expect(window.capacity).toBe(400)
    fill(window, 1, seconds(80), 401)
    expect(window.capacity).toBe(200)
    expect(window.oldest).toBe(201)
    expect(window.since(100)).toBeUndefined()
    expect(window.since(399)?.map(({ revision }) => revision)).toEqual([400, 401])
  })

  test('knows every change after its oldest revision, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3_000_000 })), { maxLength: 600 }),
        fc.integer({ min: 0, max: 1500 }),
        (steps, asked) => {
          const window = new EventWindow(10)
          const revisions: number[] = []
          let revision = 10
          let at = 0
          for (const [gap, time] of steps) {
            revision += gap
            at += time
            revisions.push(revision)
            window.add({ revision, at, change: changeAt(revision) })
          }
          const found = window.since(asked)?.map((one) => one.revision)
          expect(found).toEqual(asked < window.oldest ? undefined : revisions.filter((one) => one > asked))
        },
      ),
    )
  })
})

describe('watchers', () => {
  const names = fc.constantFrom('a', 'b', 'c')
  const object = fc.option(
    fc.record({ namespace: names, name: names, node: fc.constantFrom('', 'n1', 'n2'), label: names }),
    { nil: undefined },
  )
  const scope: fc.Arbitrary<WatchScope> = fc.record(
    {
      namespace: names,
      name: names,
      nodeName: fc.constantFrom('n1', 'n2'),
      matches: names.map(
        (wanted) => (one: { metadata: { labels?: Readonly<Record<string, string>> } }) =>
          one.metadata.labels?.['l'] === wanted,
      ),
    },
    { requiredKeys: [] },
  )
  const pod = (given: { namespace: string; name: string; node: string; label: string } | undefined) =>
    given && {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: given.name,
        namespace: given.namespace,
        uid: 'u',
        resourceVersion: '1',
        creationTimestamp: '',
        labels: { l: given.label },
      },
      spec: { containers: [], nodeName: given.node === '' ? undefined : given.node },
    }

  test('are told exactly what each would see if it looked at every change', () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 12 }), object, object, (scopes, from, to) => {
        // A name does not change: what differs between two versions is where it runs and its labels.
        const same = from && to && { ...to, namespace: from.namespace, name: from.name }
        const some = from ?? to
        if (some === undefined) return
        const change: Change = {
          kind: 'Pod',
          namespace: some.namespace,
          name: some.name,
          revision: 5,
          before: pod(from),
          after: pod(same ?? to),
        }
        const watchers = new Watchers()
        const all = scopes.map((one, watch): Watcher => ({
          client: 'c',
          watch,
          kind: 'Pod',
          scope: one,
          bookmarks: false,
          endsAt: 0,
          position: 0,
          nextBookmarkAt: 0,
        }))
        for (const watcher of all) watchers.add(watcher)
        const told = new Map<number, string>()
        watchers.dispatch(change, ({ watch }, _revision, what) => {
          expect(told.has(watch)).toBe(false)
          told.set(watch, what)
        })
        for (const { watch, scope: own } of all) expect(told.get(watch)).toBe(changeFor(own, change))
        for (const watcher of all) watchers.remove(watcher)
        expect(watchers.size).toBe(0)
        watchers.dispatch(change, () => expect.fail('nobody is left'))
      }),
    )
  })
})

describe('deadlines', () => {
  test('come in order of their second, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40_000_000 }), { maxLength: 40 }),
        fc.nat({ max: 39 }),
        (dues, dropped) => {
          const deadlines = new Deadlines<number>()
          dues.forEach((due, i) => deadlines.set(i, due))
          deadlines.delete(dropped)
          const expected = dues
            .map((due, i) => ({ i, second: Math.ceil(due / 1_000_000) }))
            .filter(({ i }) => i !== dropped)
            .toSorted((a, b) => a.second - b.second || a.i - b.i)
          expect(deadlines.next()).toBe(expected[0] === undefined ? undefined : expected[0].second * 1_000_000)
          const half = deadlines.take(seconds(20))
          expect(half).toEqual(expected.filter(({ second }) => second <= 20).map(({ i }) => i))
          expect([...half, ...deadlines.take(seconds(60))]).toEqual(expected.map(({ i }) => i))
          expect(deadlines.next()).toBeUndefined()
        },
      ),
    )
  })
})

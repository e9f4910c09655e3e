/**
 * Goal: the tree of keys is a sorted map, and an image of it never changes.
 * Method: random puts, deletions and images against a plain sorted map that is copied for every image; all ranges and counts are
 * compared, those of old images too, and a tree made from an image goes its own way. Narrow nodes make deep trees.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyTree, type TreeImage } from '../../src/actors/etcd/mvcc/key-tree.ts'

interface Pair {
  readonly key: string
  readonly value: number
}

/** Few directories and many numbers, so that ranges cut through nodes; enough keys for several levels. */
const keys = fc.tuple(fc.constantFrom('a', 'b', 'b/', 'c'), fc.nat(700)).map(([part, n]) => `/${part}/${n}`)

const operations = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ type: fc.constant('put' as const), key: keys }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant('delete' as const), key: keys }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('fill' as const), from: fc.nat(600), count: fc.nat(200) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('clear' as const), from: fc.nat(600), count: fc.nat(200) }) },
    { weight: 1, arbitrary: fc.constant({ type: 'image' as const }) },
    { weight: 1, arbitrary: fc.constant({ type: 'restore' as const }) },
  ),
  { maxLength: 120, size: 'max' },
)

const spans = fc.array(fc.tuple(keys, fc.option(keys, { nil: undefined }), fc.constantFrom(1, 7, Infinity)), {
  minLength: 1,
  maxLength: 8,
})

const sorted = (model: ReadonlyMap<string, number>): readonly Pair[] =>
  [...model].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1))

const within = (model: ReadonlyMap<string, number>, from: string, end: string | undefined): readonly Pair[] =>
  sorted(model).filter(({ key }) => key >= from && (end === undefined || key < end))

test('it equals a sorted map, image by image', () => {
  fc.assert(
    fc.property(operations, spans, fc.constantFrom(4, 9, 64), (plan, asked, width) => {
      let tree = new KeyTree<Pair>(undefined, width)
      let model = new Map<string, number>()
      const images: { readonly image: TreeImage<Pair>; readonly model: ReadonlyMap<string, number> }[] = []
      let value = 0
      const put = (key: string): void => {
        value++
        tree.put({ key, value })
        model.set(key, value)
      }
      const remove = (key: string): void => expect(tree.delete(key)).toBe(model.delete(key))

      for (const step of plan) {
        if (step.type === 'put') put(step.key)
        else if (step.type === 'delete') remove(step.key)
        else if (step.type === 'fill') for (let n = 0; n < step.count; n++) put(`/b/${step.from + n}`)
        else if (step.type === 'clear') for (let n = 0; n < step.count; n++) remove(`/b/${step.from + n}`)
        else if (step.type === 'image') images.push({ image: tree.image(), model: new Map(model) })
        else {
          const back = images.at(-1)
          if (back === undefined) continue
          tree = new KeyTree(back.image, width)
          model = new Map(back.model)
        }
      }

      images.push({ image: tree.image(), model })
      for (const { image, model: expected } of images) {
        const seen = new KeyTree(image)
        expect(seen.size).toBe(expected.size)
        expect(seen.range('', undefined)).toEqual(sorted(expected))
        for (const [from, end, limit] of asked) {
          const found = within(expected, from, end)
          expect(seen.range(from, end, limit)).toEqual(limit === Infinity ? found : found.slice(0, limit))
          expect(seen.countRange(from, end)).toBe(found.length)
          expect(seen.get(from)?.value).toBe(expected.get(from))
        }
      }
    }),
    { numRuns: 200 },
  )
})

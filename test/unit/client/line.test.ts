/**
 * Goal: a line serves each key once, in the order in which they came.
 * Method: any sequence of comings and servings, beside a list that is searched from its beginning.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Line } from '../../../src/engine/client/line.ts'

const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant('serve' as const)), { maxLength: 2_000 })

test('a line is served in order, and nobody waits twice', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const line = new Line<number>()
      const model: { readonly key: string; readonly value: number }[] = []
      for (const [at, step] of drawn.entries()) {
        if (step === 'serve') expect(line.shift()).toEqual(model.shift())
        else {
          line.add(`${step}`, at)
          if (!model.some(({ key }) => key === `${step}`)) model.push({ key: `${step}`, value: at })
        }
        expect(line.size).toBe(model.length)
      }
      for (const { key } of model) expect(line.has(key)).toBe(true)
    }),
  )
})

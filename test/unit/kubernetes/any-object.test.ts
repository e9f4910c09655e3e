/**
 * Goal: no object that can be sent makes the API's own functions fail, whatever is missing or absurd in it.
 * Method: objects of every served kind are drawn from the schema itself, right and wrong in type, and taken the whole way:
 * decoding, defaulting, preparing, validating, warning, updating. Two laws hold for all: defaulting twice is defaulting once,
 * and what is unchanged is no change.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import type { KindRow } from '../../../src/kubernetes/kind-rows/row.ts'
import { readObject } from '../../../src/kubernetes/read-object.ts'
import { SERVED_KINDS } from '../../../src/kubernetes/registry.ts'
import {
  definition,
  definitionOf,
  type Definition,
  type FieldType,
  type Scalar,
} from '../../../src/kubernetes/schema/reader.ts'
import { invalid } from '../../../src/kubernetes/status.ts'

const words = fc.constantFrom(
  '',
  'a',
  'web',
  'Always',
  'Bad_',
  'a.b/c',
  '10.0.0.1',
  'None',
  '25%',
  '-1',
  'TCP',
  'cpu',
  'é',
)

const SCALARS: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  s: words,
  i: fc.constantFrom(-1, 0, 1, 80, 65_536, 2_147_483_647),
  l: fc.constantFrom(-1, 0, 1, 80, 9_007_199_254_740_991),
  n: fc.constantFrom(0, 1.5),
  b: fc.boolean(),
  y: fc.constantFrom('', 'eA==', 'x'),
  t: fc.constantFrom('2024-01-01T00:00:00Z', 'never'),
  u: fc.constantFrom('2024-01-01T00:00:00.000000Z', ''),
  q: fc.constantFrom('0', '1', '100m', '1Gi', '-1', '1.5', 'much', 2),
  x: fc.oneof(fc.constantFrom(0, -1, 80), words),
  o: fc.constant({ any: 1 }),
  j: fc.jsonValue({ maxDepth: 1 }),
}

/** A value of a type, seldom of another. Deeper structures have fewer members. */
function valueOf(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: rightValueOf(type, depth), weight: 60 },
    { arbitrary: fc.constantFrom(null, 'odd', 5), weight: 1 },
  )
}

function rightValueOf(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  switch (type.form) {
    case 'scalar':
      return SCALARS[type.scalar]
    case 'list':
      return fc.array(valueOf(type.of, depth), { maxLength: 2 })
    case 'map':
      return fc.dictionary(words, valueOf(type.of, depth), { maxKeys: 2 })
    case 'ref': {
      const shape = definition(type.name)
      return shape === undefined || depth > 7 ? fc.constant({}) : objectOf(shape, depth + 1)
    }
  }
}

/** Chains onto the draw which members there are, so that the tree is made as deep as it is used. */
function objectOf(shape: Definition, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = [...shape.fields.values()].filter(
    ({ name }) => !['apiVersion', 'kind', 'managedFields'].includes(name),
  )
  const most = depth < 3 ? fields.length : 4
  return fc
    .subarray(fields, { maxLength: Math.min(fields.length, most) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map(({ name, type }) => [name, valueOf(type, depth)]))))
}

const requests = fc.constantFrom(...SERVED_KINDS).chain((row) => {
  const shape = definitionOf(row.apiVersion, row.kind)
  if (shape === undefined) throw new Error(`${row.kind} has no structure`)
  return fc.tuple(fc.constant(row), objectOf(shape, 0), objectOf(shape, 0))
})

function stored(row: KindRow, json: Record<string, unknown>): ApiObject | undefined {
  const read = readObject(row, json)
  const { strategy } = row
  if (strategy === undefined) throw new Error('only served kinds are drawn')
  if (either.isLeft(read)) {
    expect(read.left.code).toBe(400)
    return undefined
  }
  const filled = strategy.defaults(read.right.object)
  expect(strategy.defaults(filled)).toEqual(filled)
  const ready = strategy.prepareForCreate(filled)
  strategy.warnings?.(ready)
  const errors = strategy.validate(ready)
  if (errors.length > 0) expect(invalid(row, 'x', errors).details?.causes).toHaveLength(errors.length)
  return ready as ApiObject
}

test('objects of every kind are taken or refused, never a failure', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(requests, ([row, first, second]) => {
      const before = stored(row, first)
      const next = stored(row, second)
      if (before === undefined || next === undefined || row.strategy === undefined) return
      reached.add(row.kind)
      const updated = row.strategy.prepareForUpdate(next, before)
      row.strategy.validateUpdate(updated, before)
      row.strategy.bumpsGeneration(updated, before)
      const status = row.strategy.prepareForStatusUpdate?.(next, before)
      if (status !== undefined) row.strategy.validateStatusUpdate(status, before)
      expect(row.strategy.bumpsGeneration(row.strategy.prepareForUpdate(before, before), before)).toBe(false)
    }),
    { numRuns: 40 * SERVED_KINDS.length },
  )
  expect(reached.size).toBe(SERVED_KINDS.length)
})

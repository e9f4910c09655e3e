/**
 * Goal: schemas that upstream refuses are refused in its words, those of published definitions are taken.
 * Method: the invariants of apiextensions' validation, one schema each.
 */
import { describe, expect, test } from 'vitest'
import { validateDefinitionSchema } from '../../../src/kubernetes/custom-resources/definition-schema.ts'
import type { Schema } from '../../../src/kubernetes/custom-resources/schema.ts'
import { FieldErrors, formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const TEXT: Schema = { type: 'string' }
const object = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
})
const keyed = (items: Schema | undefined, keys: readonly string[] = ['k']): Schema => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  ...(items === undefined ? {} : { items }),
})

const refusals = (x: Schema): readonly string[] => {
  const errors = new FieldErrors()
  validateDefinitionSchema(object({ x }), 's', errors)
  return errors.list.map(formatFieldError).map((text) => text.replace('s.properties[x]', 'x'))
}

describe('structure', () => {
  test.each<[Schema, readonly string[]]>([
    [{ type: 'array', items: {} }, ['x.items.type: Required value: must not be empty for specified array items']],
    [
      { type: 'string', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      ['x.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true'],
    ],
    [
      { type: 'object', 'x-kubernetes-embedded-resource': true },
      [
        'x.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ],
    ],
    [
      { 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true },
      [
        'x.x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true',
      ],
    ],
    [
      object({ a: TEXT }, { anyOf: [object({ a: { ...TEXT, default: 'b' } })] }),
      [
        'x.anyOf[0].properties[a].default: Forbidden: must be undefined to be structural',
        'x.anyOf[0].properties[a].type: Forbidden: must be empty to be structural',
        'x.anyOf[0].type: Forbidden: must be empty to be structural',
      ],
    ],
    [
      { ...TEXT, allOf: [{ 'x-kubernetes-validations': [{ rule: 'true' }] }] },
      ['x.allOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural'],
    ],
    [{ ...TEXT, not: { pattern: '(' } }, [expect.stringContaining('x.not.pattern: Invalid value: "("')]],
    [
      { ...object({ a: TEXT }), additionalProperties: TEXT },
      ['x.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
    ],
    [
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      ['x.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined'],
    ],
  ])('%j', (schema, words) => expect(refusals(schema)).toEqual(words))

  test('rules are not looked at where it does not hold, wherever that is', () => {
    const rule = { 'x-kubernetes-validations': [{ rule: 'self.nope' }] }
    expect(refusals(object({ a: { ...TEXT, ...rule }, b: {} }))).toEqual([
      'x.properties[b].type: Required value: must not be empty for specified object fields',
    ])
  })
})

describe('lists and maps', () => {
  const item = object({ k: TEXT, l: { type: 'array', items: TEXT } }, { required: ['k', 'l'] })
  test.each<[Schema, readonly string[]]>([
    [
      { ...TEXT, 'x-kubernetes-map-type': 'atomic' },
      ['x.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified'],
    ],
    [
      { ...object({}), 'x-kubernetes-map-type': 'odd' },
      ['x.x-kubernetes-map-type: Unsupported value: "odd": supported values: "atomic", "granular"'],
    ],
    [
      { ...object({}), 'x-kubernetes-list-type': 'set' },
      ['x.type: Invalid value: "object": must be array if x-kubernetes-list-type is specified'],
    ],
    [
      { type: 'array', items: TEXT, 'x-kubernetes-list-type': 'odd' },
      ['x.x-kubernetes-list-type: Unsupported value: "odd": supported values: "atomic", "map", "set"'],
    ],
    [
      { type: 'array', items: object({}), 'x-kubernetes-list-type': 'set' },
      [
        'x.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set',
      ],
    ],
    [
      { ...keyed(item), 'x-kubernetes-list-type': 'set', items: TEXT },
      ['x.x-kubernetes-list-type: Invalid value: "set": must be map if x-kubernetes-list-map-keys is non-empty'],
    ],
    [
      keyed(TEXT),
      ['x.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map'],
    ],
    [
      keyed(item, ['l']),
      [
        'x.items.properties[l].type: Invalid value: "object": must be a scalar type if parent array\'s x-kubernetes-list-type is map',
      ],
    ],
    [
      keyed(item, ['k', 'k']),
      ['x.x-kubernetes-list-map-keys: Invalid value: ["k","k"]: must not contain duplicate entries'],
    ],
  ])('%j', (schema, words) => expect(refusals(schema)).toEqual(words))
})

describe('taken', () => {
  const EITHER = [{ type: 'integer' }, { type: 'string' }]
  test.each<[Schema]>([
    [{ 'x-kubernetes-int-or-string': true, anyOf: EITHER, pattern: '^[0-9]+%?$' }],
    [{ 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: EITHER }, { pattern: 'x' }] }],
    [object({ a: TEXT, b: TEXT }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] })],
    [object({ a: TEXT }, { anyOf: [{ properties: { a: { enum: ['x'] } } }], not: { required: ['b'] } })],
    [{ type: 'object', additionalProperties: TEXT, nullable: true }],
    [{ type: 'object', additionalProperties: true }],
    [{ type: 'array', items: TEXT, 'x-kubernetes-list-type': 'set' }],
    [{ type: 'array', items: { ...object({}), 'x-kubernetes-map-type': 'atomic' }, 'x-kubernetes-list-type': 'set' }],
    [{ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-embedded-resource': true }],
    [keyed(object({ k: TEXT, p: { type: 'string', default: 'TCP' } }, { required: ['k'] }), ['k', 'p'])],
  ])('%j', (schema) => expect(refusals(schema)).toEqual([]))
})

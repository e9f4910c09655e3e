/**
 * Goal: what a definition says of its objects is done to them: pruned, filled, judged, in upstream's words.
 * Method: one definition of our own; a view that shows it; the row that follows from it.
 */
import { either } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Definition } from '../../../src/kubernetes/custom-resources/definition.ts'
import { customRow } from '../../../src/kubernetes/custom-resources/rows.ts'
import { atPath, withAtPath } from '../../../src/kubernetes/custom-resources/scale.ts'
import { parseStorageKey, storageKey } from '../../../src/kubernetes/storage-key.ts'
import { formatFieldErrors } from '../../../src/kubernetes/validation/field-error.ts'
import type { View } from '../../../src/kubernetes/view.ts'

const NAME = 'boats.sea.example.com'

const definition: Definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: NAME, uid: 'u', resourceVersion: '1', creationTimestamp: '2024-01-01T00:00:00Z' },
  spec: {
    group: 'sea.example.com',
    scope: 'Namespaced',
    names: { plural: 'boats', singular: 'boat', kind: 'Boat', listKind: 'BoatList', shortNames: ['bo'] },
    versions: [
      {
        name: 'v2',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.masts', statusReplicasPath: '.status.masts' } },
        selectableFields: [{ jsonPath: '.spec.port' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['port'],
                properties: {
                  port: { type: 'string', pattern: '^[A-Z][a-z]+$', maxLength: 10 },
                  masts: { type: 'integer', minimum: 1, maximum: 5, default: 1 },
                  crew: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, rank: { type: 'string', default: 'sailor' } },
                    },
                  },
                  cargo: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  flag: { type: 'string', nullable: true },
                  length: { 'x-kubernetes-int-or-string': true },
                  hull: {
                    type: 'string',
                    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is built' }],
                  },
                },
                'x-kubernetes-validations': [
                  { rule: "self.masts < 3 || self.port == 'Genoa'", messageExpression: "'not in ' + self.port" },
                ],
              },
              status: { type: 'object', properties: { masts: { type: 'integer' } } },
            },
          },
        },
      },
      { name: 'v1', served: true, storage: false, deprecated: true, schema: { openAPIV3Schema: { type: 'object' } } },
      { name: 'v0', served: false, storage: false },
    ],
  },
  status: {
    conditions: [
      { type: 'NamesAccepted', status: 'True' },
      { type: 'Established', status: 'True' },
    ],
    acceptedNames: { plural: 'boats', singular: 'boat', kind: 'Boat', listKind: 'BoatList', shortNames: ['bo'] },
    storedVersions: ['v2'],
  },
}

const viewOf = (shown: Definition): View => ({
  revision: () => 1,
  get: (_kind, _namespace, name) => (name === NAME ? (shown as never) : undefined),
  list: () => [],
  indexed: () => [],
})

const rowOf = (version = 'v2', shown = definition) => {
  const row = customRow(viewOf(shown), NAME, `sea.example.com/${version}`)
  if (row === undefined) throw new Error(`${version} is served`)
  return row
}

const read = (spec: unknown, validation: 'Ignore' | 'Warn' | 'Strict' = 'Warn') =>
  rowOf().custom.read({ apiVersion: 'sea.example.com/v2', kind: 'Boat', metadata: { name: 'b' }, spec }, validation)

const specOf = (spec: unknown): unknown => {
  const boat = read(spec)
  if (either.isLeft(boat)) throw new Error(boat.left.message)
  return (boat.right.object as { readonly spec?: unknown }).spec
}

const boat = (spec: unknown): ApiObject => {
  const metadata = { ...definition.metadata, name: 'b', namespace: 'n', generation: 1 }
  return { apiVersion: 'sea.example.com/v2', kind: 'Boat', metadata, ...{ spec: specOf(spec) } }
}

const faults = (spec: unknown): string => formatFieldErrors(rowOf().strategy.validate(boat(spec)))

describe('reading', () => {
  test('what the schema does not name goes, and is told of', () => {
    const made = read({ port: 'Genoa', paint: 'red', cargo: { any: [1] }, crew: [{ name: 'a', age: 3 }] })
    expect(either.isRight(made) && made.right.warnings).toEqual([
      'unknown field "spec.crew[0].age"',
      'unknown field "spec.paint"',
    ])
    expect(specOf({ port: 'Genoa', paint: 'red', cargo: { any: [1] } })).toEqual({
      port: 'Genoa',
      cargo: { any: [1] },
      masts: 1,
    })
  })

  test('strictly it is refused', () => {
    const refused = read({ port: 'Genoa', paint: 'red' }, 'Strict')
    expect(either.isLeft(refused) && refused.left.message).toBe(
      'Boat in version "v2" cannot be handled as a Boat: strict decoding error: unknown field "spec.paint"',
    )
  })

  test('defaults come at every depth; a null that may not be one counts as nothing', () => {
    expect(specOf({ port: 'Genoa', masts: null, flag: null, crew: [{ name: 'a' }] })).toEqual({
      port: 'Genoa',
      masts: 1,
      flag: null,
      crew: [{ name: 'a', rank: 'sailor' }],
    })
  })

  test('another version or kind in the body is refused', () => {
    const other = rowOf().custom.read({ apiVersion: 'sea.example.com/v1', kind: 'Boat', metadata: {} }, 'Warn')
    expect(either.isLeft(other) && other.left.code).toBe(400)
    const kind = rowOf().custom.read({ kind: 'Ship', metadata: { name: 's' } }, 'Warn')
    expect(either.isLeft(kind) && kind.left.message).toBe(
      'Ship.sea.example.com "s" is invalid: kind: Invalid value: "Ship": must be Boat',
    )
  })
})

describe('judging', () => {
  test.each([
    [{ port: 'Genoa' }, '[]'],
    [{ port: 'genoa' }, `spec.port: Invalid value: "genoa": spec.port in body should match '^[A-Z][a-z]+$'`],
    [{ port: 'Genoa', masts: 9 }, 'spec.masts: Invalid value: 9: spec.masts in body should be less than or equal to 5'],
    [{ port: 'Genoa', crew: [{ name: 'a' }, { name: 'a' }] }, 'spec.crew[1]: Duplicate value: {"name":"a"}'],
    [{ port: 'Naples', masts: 3 }, 'spec: Invalid value: not in Naples'],
  ])('%j', (spec, words) => {
    expect(faults(spec)).toBe(words)
  })

  test('rules wait until the object is right in form', () => {
    expect(faults({})).toBe(
      '[spec.port: Required value, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    )
    expect(faults({ port: 'Genoa', length: true })).toContain('must be of type integer,string: "boolean"')
  })

  test('an update is held to what was, and what was wrong already may stay', () => {
    const { strategy } = rowOf()
    const before = boat({ port: 'Genoa', hull: 'oak' })
    expect(formatFieldErrors(strategy.validateUpdate(boat({ port: 'Genoa', hull: 'elm' }), before))).toBe(
      'spec.hull: Invalid value: "elm": is built',
    )
    const wrong = boat({ port: 'bad', masts: 1 })
    expect(strategy.validateUpdate({ ...wrong, metadata: { ...wrong.metadata, labels: { a: 'b' } } }, wrong)).toEqual(
      [],
    )
  })

  test('of a status update the spec does not count', () => {
    const { strategy } = rowOf()
    const before = boat({ port: 'Genoa' })
    const next = { ...boat({ port: 'Naples' }), ...{ status: { masts: 'x' } } }
    const prepared = strategy.prepareForStatusUpdate?.(next, before)
    expect(prepared).toMatchObject({ spec: { port: 'Genoa' }, status: { masts: 'x' } })
    expect(formatFieldErrors(strategy.validateStatusUpdate(next, before))).toContain(
      'status.masts: Invalid value: "string": masts in body must be of type integer: "string"',
    )
  })
})

describe('rows', () => {
  test('each served version has one; versions differ in their names alone', () => {
    expect(rowOf('v2')).toMatchObject({
      kind: NAME,
      objectKind: 'Boat',
      resource: 'boats',
      subresources: ['scale', 'status'],
    })
    const old = rowOf('v1')
    expect(old.custom.deprecation).toBe('sea.example.com/v1 Boat is deprecated')
    expect(old.conversion?.fromHub(boat({ port: 'Genoa' })).apiVersion).toBe('sea.example.com/v1')
    expect(customRow(viewOf(definition), NAME, 'sea.example.com/v0')).toBeUndefined()
    expect(rowOf('v2')).toBe(rowOf('v2'))
  })

  test('a definition whose names are not accepted serves nothing', () => {
    const refused = { ...definition, status: { ...definition.status, conditions: [] } }
    expect(customRow(viewOf(refused), NAME, 'sea.example.com/v2')).toBeUndefined()
  })

  test('fields that it names can be selected by', () => {
    expect(rowOf().field?.(boat({ port: 'Genoa' }), 'spec.port')).toBe('Genoa')
    expect(rowOf().field?.(boat({ port: 'Genoa' }), 'spec.hull')).toBeUndefined()
  })
})

test('keys of custom objects lead there and back', () => {
  const key = storageKey(NAME, 'n', 'b')
  expect(key).toBe('/registry/sea.example.com/boats/n/b')
  expect(parseStorageKey(key)).toEqual({ kind: NAME, namespace: 'n', name: 'b' })
  expect(parseStorageKey(storageKey(NAME, undefined, 'b'))).toEqual({ kind: NAME, name: 'b' })
})

test('paths lead to numbers, also where nothing is yet', () => {
  expect(atPath({ spec: { masts: 2 } }, '.spec.masts')).toBe(2)
  expect(withAtPath({}, '.spec.masts', 3)).toEqual({ spec: { masts: 3 } })
})

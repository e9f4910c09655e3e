/**
 * Goal: who reads the OpenAPI documents finds in them whatever they refer to, of built-in and of defined kinds, in every form.
 * Method: all documents of a cluster with a definition are made; their references are followed, and the message of version 2 is
 * read field by field. That they are equal to those of a real kube-apiserver is shown by the theme `openapi` (transcripts.test.ts).
 */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { seconds } from '../../src/events/time.ts'
import type { JsonObject } from '../../src/kubernetes/patch/json.ts'
import { ServedApi } from '../../src/server/discovery/served-api.ts'
import { documentPaths, documentV2, documentV3 } from '../../src/server/openapi/documents.ts'
import { gnosticDocument } from '../../src/server/openapi/gnostic.ts'
import { fieldsOf, type WireField } from '../../src/server/protobuf/wire.ts'
import { isMembers } from './transcripts/translation.ts'

const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: orders.shop.example.com }
spec:
  group: shop.example.com
  scope: Namespaced
  names: { plural: orders, singular: order, kind: Order, listKind: OrderList }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {}, scale: { specReplicasPath: .spec.count, statusReplicasPath: .status.count } }
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: { type: object, required: [count], properties: { count: { type: integer, nullable: true } } }
            status: { type: object, properties: { count: { type: integer } } }
`

const served = (): ServedApi => {
  const cluster = createCluster({ seed: 5, nodes: 1 })
  cluster.apply(DEFINITION)
  cluster.run(seconds(5))
  return new ServedApi(cluster)
}

const referencesIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isMembers(value)) return []
  const { $ref: target } = value
  return [...(typeof target === 'string' ? [target] : []), ...Object.values(value).flatMap(referencesIn)]
}

const at = (document: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce((value: unknown, part) => (isMembers(value) ? value[part] : undefined), document)

const plain = (document: unknown): JsonObject => JSON.parse(JSON.stringify(document)) as JsonObject

const dangling = (document: unknown): readonly string[] =>
  [...new Set(referencesIn(document))].filter((target) => at(document, target) === undefined)

const api = served()

test('every reference leads somewhere, and every operation has a name of its own', () => {
  const paths = documentPaths(api)
  expect(paths).toContain('apis/shop.example.com/v1')
  expect(paths.length).toBeGreaterThan(45)
  for (const path of paths) expect(dangling(plain(documentV3(api, path))), path).toEqual([])
  const whole = plain(documentV2(api))
  expect(dangling(whole)).toEqual([])
  const ids = [...JSON.stringify(whole['paths']).matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id)
  expect(ids.length).toBeGreaterThan(800)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a defined kind has its schema, its list, its parts and their paths', () => {
  const document = plain(documentV3(api, 'apis/shop.example.com/v1'))
  const root = '/apis/shop.example.com/v1/namespaces/{namespace}/orders'
  expect(Object.keys(document['paths'] as object)).toEqual([
    '/apis/shop.example.com/v1/',
    root,
    `${root}/{name}`,
    `${root}/{name}/scale`,
    `${root}/{name}/status`,
    '/apis/shop.example.com/v1/orders',
  ])
  const schemas = at(document, '#/components/schemas')
  expect(schemas).toMatchObject({
    'com.example.shop.v1.Order': {
      properties: { spec: { required: ['count'], properties: { count: { type: 'integer', nullable: true } } } },
      'x-kubernetes-group-version-kind': [{ group: 'shop.example.com', kind: 'Order', version: 'v1' }],
    },
    'com.example.shop.v1.OrderList': { required: ['items'] },
  })
})

const named = (fields: readonly WireField[]): string => Buffer.from(fields[0]?.bytes ?? []).toString()
const within = (bytes: Uint8Array, number: number): readonly (readonly WireField[])[] =>
  fieldsOf(bytes)
    .filter((field) => field.number === number)
    .map(({ bytes: inner }) => fieldsOf(inner ?? new Uint8Array()))

test('the message of version 2 has all paths and definitions, with their kinds', () => {
  const document = plain(documentV2(api))
  const message = gnosticDocument(document)
  const [paths = [], definitions = []] = [8, 9].map((number) => within(message, number)[0])
  const namesIn = (fields: readonly WireField[]): readonly string[] =>
    fields.map(({ bytes = new Uint8Array() }) => named(fieldsOf(bytes)))
  expect(namesIn(paths)).toEqual(Object.keys(document['paths'] as object))
  expect(namesIn(definitions)).toEqual(Object.keys(document['definitions'] as object))
  const kinds = (text: string): number => text.split('"kind":"Deployment"').length
  expect(kinds(message.toString())).toBe(kinds(JSON.stringify(document)))
})

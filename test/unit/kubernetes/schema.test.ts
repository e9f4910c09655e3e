/**
 * Goal: any JSON becomes an object of a kind in the form that the API server keeps, or is told where it does not fit.
 * Method: the whole table is read; the server's own words for recorded mistakes; decoding twice changes nothing.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { invariant } from '../../../src/events/invariant.ts'
import { decodeObject } from '../../../src/kubernetes/schema/decode.ts'
import { formatPath, parsePath } from '../../../src/kubernetes/schema/path.ts'
import {
  definition,
  definitionOf,
  kindsInSchema,
  type Definition,
  type FieldType,
} from '../../../src/kubernetes/schema/reader.ts'

function shapeOf(apiVersion: string, kind: string): Definition {
  const shape = definitionOf(apiVersion, kind)
  if (shape === undefined) throw new Error(`${apiVersion} ${kind} is not in the table`)
  return shape
}
const pod = shapeOf('v1', 'Pod')
const configMap = shapeOf('v1', 'ConfigMap')

describe('the table', () => {
  test('every structure that a kind reaches can be read', () => {
    const seen = new Set<string>()
    const follow = (type: FieldType): void => {
      if (type.form === 'list' || type.form === 'map') return follow(type.of)
      if (type.form !== 'ref' || seen.has(type.name)) return
      seen.add(type.name)
      const shape = definition(type.name)
      expect(shape, type.name).toBeDefined()
      for (const field of shape?.fields.values() ?? []) follow(field.type)
    }
    for (const kind of kindsInSchema().keys()) {
      const [group = '', version = '', name = ''] = kind.split('/')
      for (const field of shapeOf(group === '' ? version : `${group}/${version}`, name).fields.values())
        follow(field.type)
    }
    expect(kindsInSchema().size).toBeGreaterThan(60)
    expect(seen.size).toBeGreaterThan(350)
  })

  test('merge keys and list types are those of the API', () => {
    const container = definition('core/v1.Container')
    expect(container?.fields.get('ports')).toMatchObject({
      mergeKey: 'containerPort',
      mapKeys: ['containerPort', 'protocol'],
      listType: 'map',
    })
    expect(container?.fields.get('args')).toMatchObject({ listType: 'atomic', patchStrategies: [] })
    expect(definition('core/v1.PodSpec')?.fields.get('volumes')?.patchStrategies).toEqual(['merge', 'retainKeys'])
    expect(definition('meta/v1.LabelSelector')?.atomic).toBe(true)
    expect(definition('core/v1.ContainerPort')?.fields.get('protocol')).toMatchObject({
      defaultValue: 'TCP',
      values: ['SCTP', 'TCP', 'UDP'],
    })
  })
})

const problemsOf = (json: unknown, shape: Definition) => decodeObject(json, shape).problems

describe('what does not fit', () => {
  test.each([
    [
      configMap,
      { data: 5 },
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string',
    ],
    [configMap, { data: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    [
      configMap,
      { metadata: 'x' },
      'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
    ],
    [
      configMap,
      { metadata: { name: 5 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      configMap,
      { metadata: { labels: [] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [configMap, { binaryData: { a: '!!' } }, 'illegal base64 data at input byte 0'],
    [
      configMap,
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])('%# is told as the server tells it', (shape, json, words) => {
    expect(problemsOf(json, shape).map((problem) => problem.serverMessage)).toEqual([words])
  })

  test('places are told in the document’s order, for people', () => {
    const spec = { containers: [{ name: 'c', ports: [{ containerPort: '80' }], tty: 'yes', comand: [] }], replicas: 3 }
    expect(problemsOf({ spec }, pod).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'spec.containers[0].ports[0].containerPort: expected integer, found string',
      'spec.containers[0].tty: expected boolean, found string',
      'spec.containers[0].comand: unknown field',
      'spec.replicas: unknown field',
    ])
  })

  test('numbers that Go’s types cannot hold are refused', () => {
    const active = (value: number) => problemsOf({ spec: { containers: [], priority: value } }, pod)
    expect(active(2_147_483_647)).toEqual([])
    expect(active(2_147_483_648)[0]?.message).toBe('expected integer, found integer')
    expect(active(1.5)[0]?.message).toBe('expected integer, found number')
  })
})

describe('what is kept', () => {
  test('nulls, empty optional lists and zeros of plain fields go, pointers stay', () => {
    const spec = {
      containers: [{ name: 'c', image: null, args: [], stdin: false }],
      hostNetwork: false,
      automountServiceAccountToken: false,
      nodeName: '',
      nodeSelector: {},
      terminationGracePeriodSeconds: 0,
    }
    expect(decodeObject({ metadata: { name: 'p', labels: null }, spec }, pod).object).toEqual({
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', resources: {} }],
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
      },
      status: {},
    })
  })

  test('structures that Go keeps by value are there with their zeros', () => {
    expect(decodeObject({}, shapeOf('apps/v1', 'ReplicaSet')).object['status']).toEqual({ replicas: 0 })
    expect(decodeObject({}, shapeOf('v1', 'Node')).object['status']).toMatchObject({
      daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
      nodeInfo: { kubeletVersion: '' },
    })
  })

  test('a schema within a schema is read as one, and where a boolean or a list stands that is kept', () => {
    const shape = definition('apiextensions/v1.JSONSchemaProps')
    invariant(shape !== undefined, 'in the table')
    const inner = { type: 'object', title: '', bogus: 1, properties: { a: { nullable: false } } }
    const { object, problems } = decodeObject(
      { items: inner, additionalProperties: true, additionalItems: inner },
      shape,
    )
    const read = { type: 'object', properties: { a: {} } }
    expect({ object, problems }).toEqual({
      object: { items: read, additionalProperties: true, additionalItems: read },
      problems: [],
    })
    expect(problemsOf({ properties: { a: { items: { properties: 'x' } } } }, shape)).toMatchObject([
      {
        field: 'properties.a.items',
        serverMessage:
          'json: cannot unmarshal string into Go struct field JSONSchemaProps.properties of type map[string]v1.JSONSchemaProps',
      },
    ])
  })

  test('amounts of resources become canonical, numbers become texts', () => {
    const resources = { limits: { cpu: 1.5, memory: '1024Mi' }, requests: { cpu: '1000m', memory: '0.1' } }
    const { object, problems } = decodeObject({ spec: { containers: [{ name: 'c', resources }] } }, pod)
    expect(problems).toEqual([])
    expect(object).toMatchObject({
      spec: {
        containers: [
          { resources: { limits: { cpu: '1500m', memory: '1Gi' }, requests: { cpu: '1', memory: '100m' } } },
        ],
      },
    })
  })

  test('what was decoded once is decoded to itself', () => {
    const text = fc.constantFrom('a', '', 'b')
    const specs = fc.record(
      {
        containers: fc.array(
          fc.record({ name: text, image: text, args: fc.array(text), tty: fc.boolean() }, { requiredKeys: [] }),
        ),
        nodeName: text,
        hostNetwork: fc.boolean(),
        priority: fc.constantFrom(0, 5, null),
        nodeSelector: fc.dictionary(text, text),
        tolerations: fc.array(fc.record({ key: text, tolerationSeconds: fc.constantFrom(0, 1) })),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(specs, (spec) => {
        const once = decodeObject({ spec }, pod).object
        expect(decodeObject(once, pod)).toEqual({ object: once, problems: [] })
      }),
    )
  })

  test('nothing that JSON can hold makes decoding fail', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { object } = decodeObject(json, pod)
        expect(decodeObject(object, pod).problems).toEqual([])
      }),
    )
  })
})

test('paths are written and read back', () => {
  expect(formatPath(['spec', 'containers', 0, 'ports', 1])).toBe('spec.containers[0].ports[1]')
  expect(parsePath('spec.containers[0].resources.limits[example.com/gpu]')).toEqual([
    'spec',
    'containers',
    0,
    'resources',
    'limits',
    'example.com/gpu',
  ])
  expect(parsePath('')).toEqual([])
})

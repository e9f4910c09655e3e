/**
 * Goal: policies hold for custom resources as for built-in kinds: their parameters may be custom resources, and what they apply
 * is merged as the definition's schema says.
 * Method: a cluster with two definitions; what is asked of it before and after policies are bound.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'

const definition = (kind: string, properties: object): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: `${kind.toLowerCase()}s`, kind },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } },
    ],
  },
})

const crew = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, rank: { type: 'string' } } },
}
const tags = { type: 'array', items: { type: 'string' } }
const definitions = [
  definition('Boat', { size: { type: 'integer' }, crew, tags }),
  definition('Limit', { max: { type: 'integer' } }),
]

const policy = (kind: 'Validating' | 'Mutating', spec: object, bound: object = {}): readonly object[] => {
  const resourceRules = [
    { operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['boats'] },
  ]
  const made = (suffix: string, content: object): object => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}AdmissionPolicy${suffix}`,
    metadata: { name: 'p' },
    spec: content,
  })
  return [
    made('', { failurePolicy: 'Fail', matchConstraints: { resourceRules }, ...spec }),
    made('Binding', { policyName: 'p', ...bound }),
  ]
}

const clusterWith = (...objects: readonly object[]): Cluster => {
  const cluster = createCluster({ nodes: 0 })
  cluster.run(seconds(5))
  for (const batch of [definitions, objects]) {
    cluster.apply(batch.map((one) => JSON.stringify(one)).join('\n---\n'))
    cluster.run(seconds(5))
  }
  return cluster
}

/** What became of a boat, or why nothing. */
const launch = (cluster: Cluster, boat: object): object => {
  const body = { apiVersion: 'example.com/v1', kind: 'Boat', metadata: { name: 'b' }, ...boat }
  const from = cluster.log.length
  cluster.call({ verb: 'create', kind: 'boats.example.com', namespace: 'default', body })
  cluster.run(seconds(2))
  const refused = [...cluster.log.range(from)].find(({ type, data }) => type === 'ApiResponded' && 'status' in data)
  return cluster.get('boats.example.com', 'default', 'b') ?? { refused: JSON.stringify(refused?.data) }
}

describe('a parameter that is a custom resource', () => {
  const limit = { apiVersion: 'example.com/v1', kind: 'Limit', metadata: { name: 'l', namespace: 'default' }, max: 2 }
  const bounded = policy(
    'Validating',
    {
      paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' },
      validations: [{ expression: 'object.size <= params.max', messageExpression: "'at most ' + string(params.max)" }],
    },
    { validationActions: ['Deny'], paramRef: { name: 'l', parameterNotFoundAction: 'Deny' } },
  )
  test('counts', () => {
    const cluster = clusterWith(limit, ...bounded)
    expect(launch(cluster, { size: 3 })).toMatchObject({ refused: expect.stringContaining('at most 2') as string })
    expect(launch(cluster, { size: 2 })).toMatchObject({ size: 2 })
  })
  test('is asked for', () => {
    expect(launch(clusterWith(...bounded), { size: 1 })).toMatchObject({
      refused: expect.stringContaining('no params found for policy binding') as string,
    })
  })
})

describe('an apply configuration', () => {
  const applying = (expression: string): readonly object[] =>
    policy('Mutating', {
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    })
  test('adds to a list whose items have names, and changes one of them', () => {
    const expression = "Object{crew: [Object.crew{name: 'cook'}, Object.crew{name: 'ann', rank: 'captain'}]}"
    const cluster = clusterWith(...applying(expression))
    expect(launch(cluster, { crew: [{ name: 'ann' }, { name: 'bob' }] })).toMatchObject({
      crew: [{ name: 'cook' }, { name: 'ann', rank: 'captain' }, { name: 'bob' }],
    })
  })
  test.each([
    ["Object{tags: ['a']}", 'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .tags'],
    ['Object{sails: 2}', 'failed to convert patch object to typed object: .sails: field not declared in schema'],
  ])('%s is refused', (expression, why) => {
    expect(launch(clusterWith(...applying(expression)), {})).toMatchObject({
      refused: expect.stringContaining(`error applying patch: ${why}`) as string,
    })
  })
})

/**
 * Goal: patches of all three types do what their standards and Kubernetes say; refusals name the reason.
 * Method: the examples of RFC 7396 and of upstream's design document, and properties. The recorded patches of a real server
 * are in test/oracle/update.test.ts.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonPatch } from '../../../src/kubernetes/patch/json-patch.ts'
import { createMergePatch, mergePatch } from '../../../src/kubernetes/patch/merge-patch.ts'
import { strategicMergePatch } from '../../../src/kubernetes/patch/strategic-merge.ts'
import { patchObject } from '../../../src/kubernetes/patch/patch.ts'
import { kindRow } from '../../../src/kubernetes/registry.ts'
import { definition } from '../../../src/kubernetes/schema/reader.ts'

describe('merge patch', () => {
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, expected) => {
    const before = JSON.stringify(target)
    expect(mergePatch(target, patch)).toEqual(expected)
    expect(JSON.stringify(target)).toBe(before)
  })

  test('the difference of two objects leads from one to the other', () => {
    const member = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.array(fc.integer()), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
    })).object as fc.Arbitrary<Record<string, unknown>>
    fc.assert(
      fc.property(member, member, (before, after) => {
        const patch = createMergePatch(before, after)
        expect(mergePatch(before, patch ?? {})).toEqual(after)
        expect(createMergePatch(after, after)).toBeUndefined()
      }),
    )
  })
})

describe('what a refusal shows of the patched object', () => {
  const row = kindRow('Deployment')
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      resourceVersion: '1',
      uid: 'u',
      name: 'web',
      namespace: 'default',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { b: '1', a: '2' },
    },
    spec: { strategy: { type: 'Recreate' }, replicas: 1, selector: { matchLabels: { a: '1' } } },
  }
  const refusal = (type: 'json' | 'merge', patch: unknown): string => {
    const result = patchObject(row, deployment, type, patch)
    return either.isLeft(result) ? (result.left.message ?? '') : 'taken'
  }

  test('objects that a patch goes through are sorted, others stand in Go’s order', () => {
    const merged = refusal('merge', { spec: { replicas: 'x' } })
    expect(merged).toContain('\\"metadata\\":{\\"name\\":\\"web\\",\\"namespace\\"')
    expect(merged).toContain('\\"labels\\":{\\"a\\":\\"2\\",\\"b\\":\\"1\\"}')
    expect(merged).toContain('\\"spec\\":{\\"replicas\\":\\"x\\",\\"selector\\":')
    const labelled = refusal('merge', { metadata: { labels: { c: 1 } } })
    expect(labelled).toMatch(/"metadata\\":\{\\"creationTimestamp/)
    expect(labelled).toContain(
      '\\"spec\\":{\\"replicas\\":1,\\"selector\\":{\\"matchLabels\\":{\\"a\\":\\"1\\"}},\\"strategy',
    )
  })

  test('an operation goes through what holds its place, and nothing beside it', () => {
    expect(refusal('json', [{ op: 'replace', path: '/spec/replicas', value: 'x' }])).toBe(
      refusal('merge', { spec: { replicas: 'x' } }),
    )
  })
})

describe('JSON patch', () => {
  const document = { spec: { list: [1, 2, 3], name: 'x' } }
  const apply = (...operations: unknown[]): unknown => {
    const result = jsonPatch(document, operations)
    return either.isRight(result) ? result.right : 'refused'
  }

  test.each([
    [{ op: 'add', path: '/spec/list/-', value: 4 }, { spec: { list: [1, 2, 3, 4], name: 'x' } }],
    [{ op: 'add', path: '/spec/list/-1', value: 4 }, { spec: { list: [1, 2, 3, 4], name: 'x' } }],
    [{ op: 'remove', path: '/spec/list/-1' }, { spec: { list: [1, 2], name: 'x' } }],
    [{ op: 'replace', path: '/spec/missing', value: 1 }, { spec: { ...document.spec, missing: 1 } }],
    [{ op: 'move', from: '/spec/name', path: '/spec/title' }, { spec: { list: [1, 2, 3], title: 'x' } }],
    [{ op: 'test', path: '/spec/missing', value: null }, document],
    [{ op: 'replace', path: '', value: {} }, {}],
  ])('%j', (operation, expected) => {
    expect(apply(operation)).toEqual(expected)
  })

  test.each([
    [{ op: 'remove', path: '/spec/missing' }],
    [{ op: 'add', path: '/spec/list/9', value: 1 }],
    [{ op: 'add', path: 'spec/name', value: 1 }],
    [{ op: 'add', path: '/spec/deep/er', value: 1 }],
    [{ op: 'test', path: '/spec/name', value: 'y' }],
    [{ op: 'jump', path: '/spec/name' }],
    [{ op: 'add' }],
    ['text'],
  ])('%j is refused', (operation) => {
    expect(apply(operation)).toBe('refused')
  })

  test('a refused operation leaves nothing behind', () => {
    expect(apply({ op: 'add', path: '/spec/list/-', value: 4 }, { op: 'test', path: '/spec/name', value: 'y' })).toBe(
      'refused',
    )
    expect(document.spec.list).toEqual([1, 2, 3])
  })
})

describe('strategic merge patch', () => {
  const shape = definition('core/v1.PodSpec')
  const spec = {
    containers: [
      { name: 'a', image: 'i1', env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: 'i2' },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
    tolerations: [{ key: 't' }],
  }
  const apply = (patch: Record<string, unknown>): unknown => {
    const before = JSON.stringify(spec)
    const result = strategicMergePatch(spec, patch, shape)
    expect(JSON.stringify(spec)).toBe(before)
    return either.isRight(result) ? result.right : result.left
  }
  const containersAfter = (patch: Record<string, unknown>): unknown =>
    (apply(patch) as { containers: readonly { name: string }[] }).containers

  test('named items are merged one by one', () => {
    expect(containersAfter({ containers: [{ name: 'a', image: 'new', env: [{ name: 'Y', value: '2' }] }] })).toEqual([
      {
        name: 'a',
        image: 'new',
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
      },
      { name: 'b', image: 'i2' },
    ])
  })

  test('directives delete, replace and order', () => {
    expect(containersAfter({ containers: [{ name: 'b', $patch: 'delete' }] })).toEqual([spec.containers[0]])
    expect(containersAfter({ containers: [{ $patch: 'replace' }, { name: 'z' }] })).toEqual([{ name: 'z' }])
    const order = { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }
    expect(containersAfter(order)).toEqual([spec.containers[1], spec.containers[0]])
    expect(apply({ $patch: 'delete' })).toEqual({})
    expect(apply({ $retainKeys: ['containers'] })).toEqual({ containers: spec.containers })
  })

  test('a source of a volume is exchanged only if told what to retain', () => {
    const hostPath = { path: '/x' }
    expect(apply({ volumes: [{ name: 'v', hostPath }] })).toMatchObject({
      volumes: [{ name: 'v', emptyDir: {}, hostPath }],
    })
    const patch = { volumes: [{ name: 'v', hostPath, $retainKeys: ['name', 'hostPath'] }] }
    expect(apply(patch)).toMatchObject({ volumes: [{ name: 'v', hostPath }] })
    expect((apply(patch) as { volumes: object[] }).volumes[0]).not.toHaveProperty('emptyDir')
  })

  test('lists without merge key are replaced', () => {
    expect(apply({ tolerations: [{ key: 'n' }] })).toMatchObject({ tolerations: [{ key: 'n' }] })
  })

  test.each([
    [
      { containers: [{ name: 'a' }, 'x'] },
      'list element types are not identical: [[map[env:[map[name:X value:1]] image:i1 name:a] map[image:i2 name:b]] [map[name:a] x]]',
    ],
    [{ '$setElementOrder/containers': 'a' }, 'expected a []interface {}, but received a string'],
    [{ '$setElementOrder/containers': null }, 'expected a []interface {}, but received a %!s(<nil>)'],
    [
      { '$setElementOrder/nothing': [], nothing: [{ name: 'a' }] },
      'unable to find api field in struct PodSpec for the json field "nothing"',
    ],
    [{ containers: [{ image: 'noname' }] }, 'map: map[image:noname] does not contain declared merge key: name'],
    [{ containers: [{ name: 'a', $patch: 'bogus' }] }, 'unknown patch type: bogus in map: map[$patch:bogus name:a]'],
    [{ '$setElementOrder/containers': 'x' }, 'expected a []interface {}, but received a string'],
    [{ $retainKeys: ['containers'], volumes: [] }, 'invalid patch format of retainKeys'],
  ])('%j is refused', (patch, why) => {
    expect(apply(patch)).toBe(why)
  })

  test('primitive lists are merged and can lose items', () => {
    const meta = definition('meta/v1.ObjectMeta')
    const before = { finalizers: ['a', 'b'] }
    expect(strategicMergePatch(before, { finalizers: ['c'] }, meta)).toEqual(
      either.right({ finalizers: ['c', 'a', 'b'] }),
    )
    const removal = { '$deleteFromPrimitiveList/finalizers': ['a'] }
    expect(strategicMergePatch(before, removal, meta)).toEqual(either.right({ finalizers: ['b'] }))
  })

  test('an empty patch changes nothing, a patch applied twice no more than once', () => {
    const patches = fc.record(
      {
        containers: fc.uniqueArray(
          fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('x', 'y') }),
          { selector: ({ name }) => name },
        ),
        nodeName: fc.constantFrom('n', null),
        tolerations: fc.array(fc.record({ key: fc.constantFrom('k', 'l') })),
      },
      { requiredKeys: [] },
    )
    expect(apply({})).toEqual(spec)
    fc.assert(
      fc.property(patches, (patch) => {
        const once = strategicMergePatch(spec, patch, shape)
        expect(either.isRight(once)).toBe(true)
        if (either.isRight(once)) expect(strategicMergePatch(once.right, patch, shape)).toEqual(once)
      }),
    )
  })
})

describe('patching an object', () => {
  const meta = { name: 'c', namespace: 'd', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: { a: '1' } }

  test('unknown fields warn, or refuse under strict validation', () => {
    const warned = patchObject(kindRow('ConfigMap'), configMap, 'merge', { bogus: 1, data: { b: '2' } })
    expect(either.isRight(warned) ? warned.right.warnings : []).toEqual(['unknown field "bogus"'])
    const refused = patchObject(kindRow('ConfigMap'), configMap, 'strategic', { bogus: 1 }, 'Strict')
    expect(either.isLeft(refused) ? refused.left.message : '').toBe(
      ' "" is invalid: patch: Invalid value: "map[bogus:1]": strict decoding error: unknown field "bogus"',
    )
  })

  test('a patch of the wrong shape is a bad request', () => {
    const answer = patchObject(kindRow('ConfigMap'), configMap, 'merge', [1])
    expect(either.isLeft(answer) ? answer.left : {}).toMatchObject({
      code: 400,
      message: 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    })
  })

  // Source: apiserver/pkg/endpoints/handlers/patch.go, interpretStrategicMergePatchError (v1.36).
  test.each([
    [{ metadata: { $retainKeys: 'x' } }, 400, 'invalid patch format of retainKeys'],
    [{ metadata: { finalizers: [['x']] } }, 422, 'the server rejected our request due to an error in our request'],
    [
      { metadata: { ownerReferences: [{ name: 'x' }] } },
      500,
      'map: map[name:x] does not contain declared merge key: uid',
    ],
  ])('strategic %j is refused with %i', (patch, code, message) => {
    const ownerReferences = [{ uid: 'u', apiVersion: 'v1', kind: 'Pod', name: 'p' }]
    const current = { ...configMap, metadata: { ...meta, finalizers: [], ownerReferences } }
    const answer = patchObject(kindRow('ConfigMap'), current, 'strategic', patch)
    expect(either.isLeft(answer) ? answer.left : {}).toMatchObject({ code, message })
  })
})

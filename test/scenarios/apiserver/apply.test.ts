/**
 * Goal: which objects are tracked, and that an apply works on those that are not.
 * Method: requests with and without a field manager against one server, in each setting; the stored objects are looked at.
 */
import { expect, test } from 'vitest'
import { entriesOf } from '../../../src/kubernetes/apply/owners.ts'
import { ControlPlane } from './control-plane.ts'

const body = (data: object): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data })

const planeOf = (managedFields?: 'tracked' | 'untracked'): ControlPlane => {
  const plane = new ControlPlane({ apiServer: managedFields === undefined ? {} : { managedFields } })
  plane.namespace('n')
  return plane
}

const create = (plane: ControlPlane, fieldManager?: string): void => {
  const { code } = plane.call({
    verb: 'create',
    kind: 'ConfigMap',
    namespace: 'n',
    body: body({ x: '1' }),
    options: fieldManager === undefined ? {} : { fieldManager },
  })
  expect(code).toBe(201)
}

const apply = (plane: ControlPlane, data: object, fieldManager: string, force = false): number =>
  plane.call({
    verb: 'patch',
    kind: 'ConfigMap',
    namespace: 'n',
    name: 'a',
    patchType: 'apply',
    body: body(data),
    options: { fieldManager, ...(force ? { force } : {}) },
  }).code

const managers = (plane: ControlPlane): readonly string[] =>
  entriesOf(plane.read('ConfigMap', 'n', 'a')).map(({ manager, operation }) => `${manager} ${operation}`)

test.each([
  [undefined, undefined, []],
  [undefined, 'kubectl-create', ['kubectl-create Update']],
  ['tracked', undefined, ['unknown Update']],
  ['untracked', 'kubectl-create', []],
] as const)('with %s, what %s creates is tracked: %j', (setting, fieldManager, expected) => {
  const plane = planeOf(setting)
  create(plane, fieldManager)
  expect(managers(plane)).toEqual(expected)
})

test('an object that nobody tracked is tracked from its first apply', () => {
  const plane = planeOf('untracked')
  create(plane)
  expect(apply(plane, { x: '2' }, 'one')).toBe(409)
  expect(apply(plane, { y: '1' }, 'one')).toBe(200)
  expect(managers(plane)).toEqual(['one Apply', 'before-first-apply Update'])
  const patch = { verb: 'patch', kind: 'ConfigMap', namespace: 'n', name: 'a', patchType: 'merge' } as const
  plane.call({ ...patch, body: { data: { y: '2' } }, options: { fieldManager: 'two' } })
  expect(managers(plane)).toEqual(['before-first-apply Update', 'two Update'])
  expect(apply(plane, { y: '3' }, 'one')).toBe(409)
  expect(apply(plane, { y: '3' }, 'one', true)).toBe(200)
  expect(plane.read('ConfigMap', 'n', 'a').data).toEqual({ x: '1', y: '3' })
})

test('an apply makes what is not there, and again does nothing', () => {
  const plane = planeOf('untracked')
  expect(apply(plane, { x: '1' }, 'one')).toBe(201)
  const { resourceVersion } = plane.read('ConfigMap', 'n', 'a').metadata
  plane.run(5_000_000)
  expect(apply(plane, { x: '1' }, 'one')).toBe(200)
  expect(plane.read('ConfigMap', 'n', 'a').metadata.resourceVersion).toBe(resourceVersion)
})

test('two applies of different fields at once both count', () => {
  const plane = planeOf('untracked')
  create(plane)
  const send = (manager: string): number =>
    plane.send({
      verb: 'patch',
      kind: 'ConfigMap',
      namespace: 'n',
      name: 'a',
      patchType: 'apply',
      body: body({ [manager]: '1' }),
      options: { fieldManager: manager },
    })
  const requests = [send('one'), send('two')]
  plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
  expect(requests.map((request) => plane.answer(request)?.code)).toEqual([200, 200])
  expect(plane.read('ConfigMap', 'n', 'a').data).toEqual({ x: '1', one: '1', two: '1' })
  expect([...managers(plane)].sort()).toEqual(['before-first-apply Update', 'one Apply', 'two Apply'])
})

/**
 * Goal: what no living owner holds goes, and nothing else; owners wait for whom they must; orphans are set free.
 * Method: ConfigMaps, Deployments and Nodes that own each other; the calls for each way of deleting, as recorded.
 */
import { describe, expect, test } from 'vitest'
import { garbageCollectorController } from '../../../src/actors/controllers/garbage-collector/garbage-collector.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import type { OwnerReference } from '../../../src/events/json.ts'
import type { Kind } from '../../../src/kubernetes/kinds.ts'
import {
  controllerBench,
  lineOf,
  type ControllerBench,
  type Given,
  type Request,
} from '../../support/controller-bench.ts'
import { meta, node, secondsAt } from './objects.ts'

const KINDS: readonly Kind[] = ['ConfigMap', 'Node', 'PersistentVolume', 'Secret']

const owner = (name: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid: `uid-${name}`,
  ...more,
})

const blocking = (name: string): OwnerReference => owner(name, { blockOwnerDeletion: true })

const map = (name: string, owners: readonly OwnerReference[] = [], more: Partial<Given['metadata']> = {}): Given => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: meta(name, owners.length === 0 ? more : { ownerReferences: owners, ...more }),
})

const start = (...objects: readonly Given[]): ControllerBench =>
  controllerBench(garbageCollectorController(KINDS))
    .given(...objects)
    .show()
    .run(seconds(1))

const left = (bench: ControllerBench): readonly string[] =>
  bench
    .list('ConfigMap')
    .map(({ metadata }) => metadata.name)
    .toSorted()

/** Somebody deletes an object in the foreground or sets its dependents free. */
const mark = (bench: ControllerBench, name: string, finalizer: string): ControllerBench =>
  bench
    .change('ConfigMap', 'default', name, (one) => ({
      ...one,
      metadata: { ...one.metadata, deletionTimestamp: secondsAt(1), finalizers: [finalizer] },
    }))
    .show()

const writes = (bench: ControllerBench): readonly Request[] => bench.take().filter(({ verb }) => verb !== 'get')

describe('what it asks the API server', () => {
  test('nothing about objects whose owners it has seen', () => {
    const bench = start(map('a'), map('b', [owner('a')]), map('c', [owner('b')]))
    expect(bench.takeLines()).toEqual([])
  })

  test('about an owner that it has not seen, until it sees it', () => {
    const bench = start().stall('Secret')
    const secret: Given = { apiVersion: 'v1', kind: 'Secret', metadata: meta('s') }
    bench
      .given(secret, map('b', [owner('s', { kind: 'Secret' })]))
      .show('ConfigMap')
      .run(seconds(1))
    const lines = bench.takeLines()
    expect(new Set(lines)).toEqual(new Set(['get Secret s']))
    expect(lines.length).toBeGreaterThan(3)
    bench.flow('Secret').run(seconds(10)).take()
    bench.run(seconds(100))
    expect(bench.takeLines()).toEqual([])
  })

  test('once about an owner that is gone, however many it leaves', () => {
    const children = Array.from({ length: 20 }, (_, index) => map(`c${index}`, [owner('a')]))
    const bench = start(map('a'), ...children)
    bench.remove('ConfigMap', 'default', 'a').show().run(seconds(5))
    const lines = bench.takeLines()
    expect(lines.filter((line) => line === 'get ConfigMap a')).toEqual([])
    expect(lines.filter((line) => line.startsWith('get'))).toHaveLength(20)
    expect(left(bench)).toEqual([])
  })
})

describe('in the background', () => {
  test('dependents go when their owner is gone, over the version that was read', () => {
    const bench = start(map('a'), map('b', [owner('a')]), map('c', [owner('b')]))
    bench.remove('ConfigMap', 'default', 'a').show().run(seconds(1))
    const [first, second] = writes(bench)
    expect(first).toMatchObject({
      verb: 'delete',
      name: 'b',
      options: { propagationPolicy: 'Background', preconditions: { uid: 'uid-b', resourceVersion: '102' } },
    })
    expect(second?.name).toBe('c')
    expect(left(bench)).toEqual([])
  })

  test('an object whose owner never was goes', () => {
    const bench = start(map('dangling', [owner('a', { uid: 'another' })]), map('a'))
    expect(left(bench)).toEqual(['a'])
    expect(bench.takeLines().at(-1)).toBe('delete ConfigMap dangling')
  })

  test('one that has another owner that lives only forgets the dead one', () => {
    const bench = start(map('a'), map('z'), map('b', [owner('a'), owner('z')]))
    bench.remove('ConfigMap', 'default', 'a').show().run(seconds(1))
    const [patch, ...others] = writes(bench)
    expect(others).toEqual([])
    expect(patch).toMatchObject({ verb: 'patch', patchType: 'strategic', name: 'b' })
    expect(patch?.body).toEqual({
      metadata: { uid: 'uid-b', ownerReferences: [{ $patch: 'delete', uid: 'uid-a' }] },
    })
    expect(bench.get('ConfigMap', 'default', 'b')?.metadata.ownerReferences).toEqual([owner('z')])
  })

  test('finalizers that are there decide how it is deleted', () => {
    const bench = start(
      map('a'),
      map('b', [owner('a')], { finalizers: ['orphan'] }),
      map('c', [owner('a')], { finalizers: ['foregroundDeletion'] }),
    )
    bench.remove('ConfigMap', 'default', 'a').show().run(millis(3))
    const policies = Object.fromEntries(writes(bench).map(({ name, options }) => [name, options?.propagationPolicy]))
    expect(policies).toEqual({ b: 'Orphan', c: 'Foreground' })
  })

  test('a change of anything but its owners does not save an object', () => {
    const bench = start(map('a'), map('b', [owner('a')]))
    bench.fail(({ verb, options }) => verb === 'delete' && options?.preconditions?.resourceVersion !== undefined, {
      code: 409,
      reason: 'Conflict',
    })
    bench.remove('ConfigMap', 'default', 'a').show().run(seconds(1))
    expect(bench.take().map(lineOf).slice(-3)).toEqual(['delete ConfigMap b', 'get ConfigMap b', 'delete ConfigMap b'])
    expect(left(bench)).toEqual([])
  })

  test('a new owner meanwhile saves it', () => {
    const bench = start(map('a'), map('z'), map('b', [owner('a')]))
    bench.stall('ConfigMap')
    bench.remove('ConfigMap', 'default', 'a').show('ConfigMap')
    bench.change('ConfigMap', 'default', 'b', (one) => ({
      ...one,
      metadata: { ...one.metadata, ownerReferences: [owner('z')] },
    }))
    bench.run(seconds(5))
    expect(left(bench)).toEqual(['b', 'z'])
  })

  test('an object that was made anew under the same name is left alone', () => {
    const bench = start(map('a'), map('b', [owner('a')]))
    bench.stall('ConfigMap')
    bench.remove('ConfigMap', 'default', 'a').show('ConfigMap')
    bench.remove('ConfigMap', 'default', 'b').given(map('b', [], { uid: 'uid-second' }))
    bench.run(seconds(5))
    expect(left(bench)).toEqual(['b'])
  })

  test('nothing is deleted on an answer that says nothing', () => {
    const bench = start(map('a'), map('b', [owner('x')]))
    const other = start()
    other.fail(({ verb, name }) => verb === 'get' && name === 'x', { code: 500 }, 50)
    other
      .given(map('b', [owner('x')]))
      .show()
      .run(seconds(60))
    expect(left(other)).toEqual(['b'])
    expect(left(bench)).toEqual(['a'])
  })
})

describe('in the foreground', () => {
  test('the owner waits for those that block it, which go first; then it goes', () => {
    const bench = start(map('a'), map('b', [blocking('a')]), map('c', [owner('a')]))
    mark(bench, 'a', 'foregroundDeletion').run(seconds(1))
    const lines = writes(bench)
    expect(lines.map(lineOf).toSorted()).toEqual(['delete ConfigMap b', 'delete ConfigMap c', 'patch ConfigMap a'])
    const patch = lines.at(-1)
    expect(patch).toMatchObject({ verb: 'patch', patchType: 'merge', name: 'a' })
    expect(patch?.body).toMatchObject({ metadata: { finalizers: null } })
    expect(left(bench)).toEqual([])
  })

  test('dependents with dependents are deleted in the foreground themselves', () => {
    const bench = start(map('a'), map('b', [blocking('a')]), map('c', [blocking('b')]))
    mark(bench, 'a', 'foregroundDeletion').run(seconds(1))
    const deletes = writes(bench).filter(({ verb }) => verb === 'delete')
    // The first may be deleted again before its own deletion is seen.
    const policies = deletes.map(({ name, options }) => `${name} ${options?.propagationPolicy}`)
    expect([...new Set(policies)]).toEqual(['b Foreground', 'c Background'])
    expect(policies.at(-1)).toBe('c Background')
    expect(left(bench)).toEqual([])
  })

  test('one that is held by somebody else’s finalizer holds its owner', () => {
    const bench = start(map('a'), map('b', [blocking('a')], { finalizers: ['example.com/hold'] }))
    mark(bench, 'a', 'foregroundDeletion').run(seconds(60))
    expect(left(bench)).toEqual(['a', 'b'])
    bench.remove('ConfigMap', 'default', 'b').show().run(seconds(1))
    expect(left(bench)).toEqual([])
  })

  test('one that no longer blocks lets its owner go', () => {
    const bench = start(map('a'), map('b', [blocking('a')], { finalizers: ['example.com/hold'] }))
    mark(bench, 'a', 'foregroundDeletion').run(seconds(1))
    bench.change('ConfigMap', 'default', 'b', (one) => ({
      ...one,
      metadata: { ...one.metadata, ownerReferences: [owner('a')] },
    }))
    bench.show().run(seconds(1))
    expect(left(bench)).toEqual(['b'])
  })

  test('with a second owner that lives a dependent only forgets the one that waits', () => {
    const bench = start(map('a'), map('z'), map('b', [blocking('a'), owner('z')]))
    mark(bench, 'a', 'foregroundDeletion').run(seconds(1))
    expect(left(bench)).toEqual(['b', 'z'])
  })

  test('two that wait for each other do not wait for ever', () => {
    const bench = start(map('a', [blocking('b')]), map('b', [blocking('a')]))
    mark(bench, 'a', 'foregroundDeletion').run(seconds(60))
    expect(left(bench)).toEqual([])
  })

  test('a conflict over the finalizer is tried again', () => {
    const bench = start(map('a'))
    bench.fail('patch ConfigMap', { code: 409, reason: 'Conflict' }, 2)
    mark(bench, 'a', 'foregroundDeletion').run(seconds(1))
    expect(left(bench)).toEqual([])
    expect(bench.takeLines().filter((line) => line.startsWith('patch'))).toHaveLength(3)
  })
})

describe('setting free', () => {
  test('every dependent forgets its owner before that may go', () => {
    const bench = start(map('a'), map('b', [owner('a')]), map('c', [blocking('a'), owner('x', { uid: 'uid-a' })]))
    mark(bench, 'a', 'orphan').run(seconds(1))
    const [first, second, last] = writes(bench)
    expect([first?.name, second?.name].toSorted()).toEqual(['b', 'c'])
    expect(first?.body).toMatchObject({ metadata: { ownerReferences: [{ $patch: 'delete', uid: 'uid-a' }] } })
    expect(last).toMatchObject({ name: 'a', patchType: 'merge' })
    expect(left(bench)).toEqual(['b', 'c'])
  })

  test('waits until each has done so', () => {
    const bench = start(map('a'), map('b', [owner('a')]))
    bench.fail(({ verb, name }) => verb === 'patch' && name === 'b', { code: 500 }, 3)
    mark(bench, 'a', 'orphan').run(millis(2))
    expect(left(bench)).toEqual(['a', 'b'])
    bench.run(seconds(1))
    expect(left(bench)).toEqual(['b'])
  })
})

describe('owners that cannot be', () => {
  test('one in another namespace counts as absent, and is reported', () => {
    const bench = start(map('a', [], { namespace: 'other' }), map('z'), map('b', [owner('a')]))
    expect(left(bench)).toEqual(['a', 'z'])
    expect(bench.events[0]).toMatch(/^OwnerRefInvalidNamespace: ownerRef \[v1\/ConfigMap, namespace: default, name: a/)
  })

  test('in a namespace, of a child in none, is reported without naming one', () => {
    const child = { ...map('b', [owner('a')], { namespace: undefined }), kind: 'PersistentVolume' }
    const bench = start(map('a'), child)
    expect(bench.events[0]).toMatch(/\[v1\/ConfigMap, namespace: , name: a, uid: .*\] does not exist in namespace ""/)
  })

  test('that does not cost the children that are where it is', () => {
    const bench = start(
      map('b', [owner('a')]),
      map('c', [owner('a')], { namespace: 'other' }),
      map('a', [], { namespace: 'other' }),
    )
    bench.run(seconds(10))
    expect(left(bench)).toEqual(['a', 'c'])
  })

  test('nor when the wrong reference comes first, and the owner is not seen for long', () => {
    const bench = controllerBench(garbageCollectorController(KINDS))
    const secret: Given = { apiVersion: 'v1', kind: 'Secret', metadata: meta('s', { namespace: 'other' }) }
    const reference = owner('s', { kind: 'Secret' })
    bench.stall('Secret').given(secret, map('b', [reference]), map('c', [reference], { namespace: 'other' }))
    bench.show('ConfigMap').show('Node').run(seconds(60))
    expect(left(bench)).toEqual(['c'])
    bench.flow('Secret').run(seconds(60))
    expect(left(bench)).toEqual(['c'])
  })

  test('an owner of the whole cluster may be named from any namespace', () => {
    const bench = start(node('n'), map('b', [owner('n', { kind: 'Node' })]))
    bench.run(seconds(10))
    expect(left(bench)).toEqual(['b'])
    bench.remove('Node', undefined, 'n').show().run(seconds(1))
    expect(left(bench)).toEqual([])
  })

  test('an object of the cluster that names an owner in a namespace is left for good', () => {
    const bench = start({ ...node('n'), metadata: { ...node('n').metadata, ownerReferences: [owner('a')] } })
    bench.run(seconds(600)).take()
    bench.run(seconds(6000))
    expect(bench.list('Node')).toHaveLength(1)
  })

  test('a kind that nobody serves is asked for again, and nothing is deleted', () => {
    const bench = start(map('b', [owner('x', { apiVersion: 'example.com/v1', kind: 'Widget' })]))
    bench.run(seconds(600))
    expect(left(bench)).toEqual(['b'])
    expect(bench.takeLines()).toEqual([])
  })
})

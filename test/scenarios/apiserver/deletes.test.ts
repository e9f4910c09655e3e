/**
 * Goal: a delete is what upstream's delete is: immediate, graceful, held by finalizers, or handed to a controller.
 * Method: one API server over one real etcd member; each test deletes, then looks at the stored objects and their history.
 */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/events/time.ts'
import { ControlPlane, pod } from './control-plane.ts'

const remove = (plane: ControlPlane, kind: 'Pod' | 'ConfigMap' | 'ReplicaSet', name: string, options: object = {}) =>
  plane.call({ verb: 'delete', kind, namespace: 'ns', name, options })

const inNamespace = (): ControlPlane => {
  const plane = new ControlPlane()
  plane.namespace('ns')
  return plane
}

describe('a Pod', () => {
  test('on a node is marked; the kubelet takes it away with grace 0', () => {
    const plane = inNamespace()
    plane.made('Pod', 'ns', pod('p', { nodeName: 'node-1' }))
    const at = plane.now
    const marked = remove(plane, 'Pod', 'p')
    const { metadata } = plane.read('Pod', 'ns', 'p', marked.revision)
    expect([metadata.deletionGracePeriodSeconds, metadata.generation]).toEqual([30, 2])
    expect(metadata.deletionTimestamp).toBe(`2026-01-01T00:00:${Math.floor(at / 1_000_000) + 30}Z`)

    expect(remove(plane, 'Pod', 'p', { gracePeriodSeconds: 100 }).revision).toBe(marked.revision)
    const shorter = remove(plane, 'Pod', 'p', { gracePeriodSeconds: 2 })
    expect(plane.read('Pod', 'ns', 'p', shorter.revision).metadata.deletionGracePeriodSeconds).toBe(2)

    expect(remove(plane, 'Pod', 'p', { gracePeriodSeconds: 0 }).code).toBe(200)
    expect(plane.exists('Pod', 'ns', 'p')).toBe(false)
  })

  test('without a node goes at once, through a version that says so', () => {
    const plane = inNamespace()
    plane.made('Pod', 'ns', pod('p'))
    remove(plane, 'Pod', 'p')
    const versions = plane.objects
      .history('Pod', 'ns', 'p')
      .map(({ object }) => object?.metadata.deletionGracePeriodSeconds)
    expect(versions).toEqual([undefined, 0, undefined])
    expect(plane.exists('Pod', 'ns', 'p')).toBe(false)
  })

  test('that another uid has taken the name of is left alone', () => {
    const plane = inNamespace()
    plane.made('Pod', 'ns', pod('p'))
    const refused = remove(plane, 'Pod', 'p', { preconditions: { uid: 'other' } })
    expect(refused.code).toBe(409)
    expect(refused.status?.message).toContain('the UID in the precondition (other) does not match the UID in record')
    expect(plane.exists('Pod', 'ns', 'p')).toBe(true)
  })
})

describe('finalizers', () => {
  test('hold an object until the last of them is taken away', () => {
    const plane = inNamespace()
    plane.made('ConfigMap', 'ns', { metadata: { name: 'a', finalizers: ['example.com/x'] } })
    remove(plane, 'ConfigMap', 'a')
    expect(plane.read('ConfigMap', 'ns', 'a').metadata.deletionGracePeriodSeconds).toBe(0)
    const again = plane.create('ConfigMap', 'ns', { metadata: { name: 'a' } })
    expect(again.status?.message).toBe('object is being deleted: configmaps "a" already exists')
    const patch = { verb: 'patch', kind: 'ConfigMap', namespace: 'ns', name: 'a', patchType: 'merge' } as const
    expect(plane.call({ ...patch, body: { metadata: { finalizers: null } } }).code).toBe(200)
    expect(plane.exists('ConfigMap', 'ns', 'a')).toBe(false)
  })

  test('of the garbage collector come with the propagation policy and go with another', () => {
    const plane = inNamespace()
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    for (const name of ['foreground', 'orphan', 'background']) {
      plane.made('ReplicaSet', 'ns', { metadata: { name }, spec: { selector: { matchLabels: { a: 'b' } }, template } })
    }
    remove(plane, 'ReplicaSet', 'foreground', { propagationPolicy: 'Foreground' })
    remove(plane, 'ReplicaSet', 'orphan', { propagationPolicy: 'Orphan' })
    remove(plane, 'ReplicaSet', 'background', { propagationPolicy: 'Background' })
    expect(plane.read('ReplicaSet', 'ns', 'foreground').metadata.finalizers).toEqual(['foregroundDeletion'])
    expect(plane.read('ReplicaSet', 'ns', 'orphan').metadata.finalizers).toEqual(['orphan'])
    expect(plane.exists('ReplicaSet', 'ns', 'background')).toBe(false)
    remove(plane, 'ReplicaSet', 'orphan', { propagationPolicy: 'Background' })
    expect(plane.exists('ReplicaSet', 'ns', 'orphan')).toBe(false)
  })
})

describe('a namespace', () => {
  test('that is deleted terminates, takes in nothing new, and goes when it is finalized', () => {
    const plane = inNamespace()
    const gone = plane.call({ verb: 'delete', kind: 'Namespace', name: 'ns' })
    const namespace = plane.read('Namespace', undefined, 'ns', gone.revision)
    expect([namespace.status?.phase, namespace.spec?.finalizers]).toEqual(['Terminating', ['kubernetes']])
    const refused = plane.create('ConfigMap', 'ns', { metadata: { name: 'a' } })
    expect([refused.code, refused.status?.message]).toEqual([
      403,
      'configmaps "a" is forbidden: unable to create new content in namespace ns because it is being terminated',
    ])
    const body = { ...namespace, spec: { finalizers: [] } }
    plane.call({ verb: 'update', kind: 'Namespace', name: 'ns', subresource: 'finalize', body })
    expect(plane.exists('Namespace', undefined, 'ns')).toBe(false)
  })

  test('of the system cannot be deleted', () => {
    const plane = inNamespace()
    const refused = plane.call({ verb: 'delete', kind: 'Namespace', name: 'kube-system' })
    expect(refused.status?.message).toBe('namespaces "kube-system" is forbidden: this namespace may not be deleted')
  })
})

test('a collection goes by selector', () => {
  const plane = inNamespace()
  for (const [name, grp] of [
    ['a', 'x'],
    ['b', 'y'],
    ['c', 'x'],
  ]) {
    plane.made('ConfigMap', 'ns', { metadata: { name, labels: { grp } } })
  }
  const gone = plane.call({
    verb: 'deletecollection',
    kind: 'ConfigMap',
    namespace: 'ns',
    options: { labelSelector: 'grp=x' },
  })
  expect([gone.code, gone.items]).toEqual([200, 2])
  expect(
    plane.objects
      .at(plane.objects.head)
      .list('ConfigMap', 'ns')
      .map(({ metadata }) => metadata.name),
  ).toEqual(['b'])
})

test('an Event is gone an hour later, by its lease', () => {
  const plane = inNamespace()
  plane.made('Event', 'ns', { metadata: { name: 'e' }, involvedObject: { namespace: 'ns' }, reason: 'Tested' })
  plane.run(seconds(3590))
  expect(plane.exists('Event', 'ns', 'e')).toBe(true)
  plane.run(seconds(120))
  expect(plane.exists('Event', 'ns', 'e')).toBe(false)
})

/**
 * Goal: a watcher is told of exactly the changes that concern it, from where it asks, until the server ends its watch.
 * Method: one API server over one real etcd member; watches are opened beside writes, and what they were told is compared
 * with the revisions of the writes.
 */
import { describe, expect, test } from 'vitest'
import { millis, seconds } from '../../../src/events/time.ts'
import { ControlPlane, pod, serverId } from './control-plane.ts'

const patch = (plane: ControlPlane, name: string, body: object): number =>
  plane.call({ verb: 'patch', kind: 'ConfigMap', namespace: 'default', name, patchType: 'merge', body }).revision ?? 0

const make = (plane: ControlPlane, name: string, labels: object = {}): number =>
  Number(plane.made('ConfigMap', 'default', { metadata: { name, labels } }).metadata.resourceVersion)

const drop = (plane: ControlPlane, name: string): number =>
  plane.call({ verb: 'delete', kind: 'ConfigMap', namespace: 'default', name }).revision ?? 0

describe('a watch', () => {
  test('from now on is told of every change once', () => {
    const plane = new ControlPlane()
    const watch = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head })
    const a = make(plane, 'a')
    const b = patch(plane, 'a', { data: { x: '1' } })
    patch(plane, 'a', { data: { x: '1' } })
    const c = drop(plane, 'a')
    plane.run(millis(10))
    expect(plane.told(watch)).toEqual([`ADDED ${a}`, `MODIFIED ${b}`, `DELETED ${c}`])
  })

  test('from an old revision is told what it has missed, then what comes', () => {
    const plane = new ControlPlane()
    const start = plane.objects.head
    const a = make(plane, 'a')
    const b = patch(plane, 'a', { data: { x: '1' } })
    const watch = plane.watch({ kind: 'ConfigMap', revision: a })
    const everything = plane.watch({ kind: 'ConfigMap', revision: start })
    plane.run(millis(10))
    const c = patch(plane, 'a', { data: { x: '2' } })
    plane.run(millis(10))
    expect(plane.told(watch)).toEqual([`MODIFIED ${b}`, `MODIFIED ${c}`])
    expect(plane.told(everything)).toEqual([`ADDED ${a}`, `MODIFIED ${b}`, `MODIFIED ${c}`])
  })

  test('from revision 0 begins with what is there', () => {
    const plane = new ControlPlane()
    const a = make(plane, 'a')
    const b = make(plane, 'b')
    const watch = plane.watch({ kind: 'ConfigMap', revision: 0, namespace: 'default' })
    plane.run(millis(10))
    const c = drop(plane, 'a')
    plane.run(millis(10))
    expect(plane.told(watch)).toEqual([`ADDED ${a}`, `ADDED ${b}`, `DELETED ${c}`])
  })

  test('from a revision in the future is told only of what is newer', () => {
    const plane = new ControlPlane()
    const watch = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head + 2 })
    make(plane, 'a')
    make(plane, 'b')
    const c = make(plane, 'c')
    plane.run(millis(10))
    expect(plane.told(watch)).toEqual([`ADDED ${c}`])
  })

  test('by label sees what enters as added and what leaves as deleted', () => {
    const plane = new ControlPlane()
    const watch = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head, labelSelector: 's=1' })
    const a = make(plane, 'a', { s: '1' })
    const b = patch(plane, 'a', { metadata: { labels: { s: '2' } } })
    patch(plane, 'a', { data: { x: 'y' } })
    const c = patch(plane, 'a', { metadata: { labels: { s: '1' } } })
    const d = drop(plane, 'a')
    plane.run(millis(10))
    expect(plane.told(watch)).toEqual([`ADDED ${a}`, `DELETED ${b}`, `ADDED ${c}`, `DELETED ${d}`])
  })

  test('of a node is told of the Pods of that node only, from the binding on', () => {
    const plane = new ControlPlane()
    plane.namespace('ns')
    const one = plane.watch({ kind: 'Pod', revision: plane.objects.head, nodeName: 'node-1' })
    const two = plane.watch({ kind: 'Pod', revision: plane.objects.head, fieldSelector: 'spec.nodeName=node-2' })
    plane.made('Pod', 'ns', pod('p'))
    const body = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-1' } }
    const bound = plane.call({ verb: 'create', kind: 'Pod', namespace: 'ns', name: 'p', subresource: 'binding', body })
    plane.run(millis(10))
    expect(bound.code).toBe(201)
    expect(plane.told(one)).toEqual([`ADDED ${bound.revision}`])
    expect(plane.told(two)).toEqual([])
  })

  test('that is cancelled, or whose time is over, is told nothing more', () => {
    const plane = new ControlPlane()
    const cancelled = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head })
    const short = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head, timeoutSeconds: 5 })
    plane.run(millis(10))
    plane.kernel.input('WatchCancelled', { watch: cancelled }, serverId(1))
    plane.run(seconds(7))
    make(plane, 'a')
    plane.run(millis(10))
    expect([plane.told(cancelled), plane.told(short)]).toEqual([[], []])
    expect([plane.ended(cancelled), plane.ended(short)]).toEqual([undefined, 200])
  })

  test('that asked for bookmarks learns every minute how far it is', () => {
    const plane = new ControlPlane()
    const asked = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head, bookmarks: true })
    const silent = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head })
    plane.made('Secret', 'default', { metadata: { name: 's' } })
    const head = plane.objects.head
    plane.run(seconds(62))
    expect(plane.told(asked)).toEqual([`BOOKMARK ${head}`])
    expect(plane.told(silent)).toEqual([])
    plane.run(seconds(62))
    expect(plane.told(asked)).toHaveLength(1)
  })

  test('of what the cache has forgotten is refused with 410', () => {
    const plane = new ControlPlane()
    const start = plane.objects.head
    make(plane, 'a')
    // The window keeps what is younger than 75 s, however much; older changes give way.
    for (let i = 0; i < 60; i++) patch(plane, 'a', { data: { x: String(i) } })
    plane.run(seconds(80))
    for (let i = 60; i < 120; i++) patch(plane, 'a', { data: { x: String(i) } })
    const old = plane.watch({ kind: 'ConfigMap', revision: start })
    const recent = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head - 50 })
    plane.run(millis(10))
    expect([plane.ended(old), plane.told(old)]).toEqual([410, []])
    expect([plane.ended(recent), plane.told(recent).length]).toEqual([undefined, 50])
  })

  test('names the push from etcd as the cause of what it is told', () => {
    const plane = new ControlPlane()
    const watch = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head })
    make(plane, 'a')
    plane.run(millis(10))
    const [push] = plane.of('WatchPushed').filter(({ data }) => data.watch === watch)
    const cause = plane.events.find(({ seq }) => seq === push?.cause)
    expect([cause?.type, cause?.by]).toEqual(['EtcdWatchPushed', 'etcd/1'])
  })
})

test('a thousand watchers of one kind cost one message each for one change', () => {
  const plane = new ControlPlane()
  const watches = Array.from({ length: 1000 }, () => plane.watch({ kind: 'Service', revision: plane.objects.head }))
  plane.run(millis(10))
  const service = plane.made('Service', 'default', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } })
  plane.run(millis(50))
  const pushed = plane.of('WatchPushed').filter(({ data }) => data.kind === 'Service')
  expect(pushed).toHaveLength(watches.length)
  expect(new Set(pushed.map(({ data }) => data.revision))).toEqual(new Set([Number(service.metadata.resourceVersion)]))
})

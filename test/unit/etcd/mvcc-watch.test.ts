/**
 * Goal: a watcher is told every revision that concerns it, from the one it named on, once and in order.
 * Method: watchers of keys, directories and ranges at one store; changes are told by hand.
 */
import { expect, test } from 'vitest'
import { apply } from '../../../src/actors/etcd/mvcc/apply.ts'
import { prefixEnd, type Span } from '../../../src/actors/etcd/mvcc/key-value.ts'
import { MvccStore } from '../../../src/actors/etcd/mvcc/store.ts'
import { Watchers } from '../../../src/actors/etcd/mvcc/watch.ts'
import type { EtcdRequest } from '../../../src/events/catalogue/etcd-request.ts'

const under = (prefix: string): Span => ({ key: prefix, end: prefixEnd(prefix) })

class Scene {
  readonly store = new MvccStore()
  readonly watchers = new Watchers()
  readonly told: string[] = []

  watch(watch: number, span: Span, from = 0, client = 'apiserver/1') {
    return this.watchers.start(this.store, { client, watch, ...span, from, progress: false })
  }

  write(...keys: readonly string[]): void {
    for (const key of keys) this.do({ op: 'put', key, size: 1 })
  }

  do(request: EtcdRequest): void {
    const index = this.store.appliedIndex + 1
    for (const change of apply(this.store, { index, term: 1, ref: index, request }).changes) {
      this.watchers.tell(change, ({ client, watch }) => this.told.push(`${client}:${watch}@${change.revision}`))
    }
  }
}

test('each is told what concerns it, by key, directory and range', () => {
  const scene = new Scene()
  scene.watch(1, under('/registry/'))
  scene.watch(2, under('/registry/pods/'))
  scene.watch(3, { key: '/registry/pods/a' })
  scene.watch(4, { key: '/registry/p', end: '/registry/q' })
  scene.watch(5, under('/registry/pods/'), 0, 'apiserver/2')
  scene.write('/registry/pods/a', '/registry/nodes/n', '/registry/podtemplates/t', '/other')
  expect(scene.told.sort()).toEqual([
    'apiserver/1:1@2',
    'apiserver/1:1@3',
    'apiserver/1:1@4',
    'apiserver/1:2@2',
    'apiserver/1:3@2',
    'apiserver/1:4@2',
    'apiserver/1:4@4',
    'apiserver/2:5@2',
  ])
})

test('a transaction that changes two keys is told once', () => {
  const scene = new Scene()
  scene.watch(1, under('/r/'))
  const then = [
    { op: 'put', key: '/r/a', size: 1 },
    { op: 'put', key: '/r/b', size: 1 },
  ] as const
  scene.do({ op: 'txn', compare: [], then, else: [] })
  expect(scene.told).toEqual(['apiserver/1:1@2'])
})

test('a watch from the past begins with what has happened since, and goes on from there', () => {
  const scene = new Scene()
  scene.write('/r/a', '/r/b', '/q', '/r/a')
  expect(scene.watch(1, under('/r/'), 3)).toEqual({ revisions: [3, 5] })
  scene.write('/r/c')
  expect(scene.told).toEqual(['apiserver/1:1@6'])
})

test('a watch from the future is told nothing until then', () => {
  const scene = new Scene()
  expect(scene.watch(1, under('/r/'), 4)).toEqual({ revisions: [] })
  scene.write('/r/a', '/r/b', '/r/c')
  expect(scene.told).toEqual(['apiserver/1:1@4'])
})

test('a watch from before the compaction ends at once; from the compacted revision itself it sees even a deletion', () => {
  const scene = new Scene()
  scene.write('/r/a', '/r/b')
  scene.do({ op: 'delete', key: '/r/a' })
  scene.do({ op: 'compact', revision: 4 })
  expect(scene.watch(1, under('/r/'), 3)).toEqual({ compactRevision: 4 })
  expect(scene.watch(2, under('/r/'), 4)).toEqual({ revisions: [4] })
})

test('who cancels or is gone is told no more', () => {
  const scene = new Scene()
  scene.watch(1, under('/r/'))
  scene.watch(2, { key: '/r/a' })
  scene.watch(1, under('/r/'), 0, 'apiserver/2')
  expect(scene.watchers.cancel('apiserver/1', 1)).toBe(true)
  expect(scene.watchers.cancel('apiserver/1', 1)).toBe(false)
  scene.write('/r/a')
  scene.watchers.drop('apiserver/2')
  scene.write('/r/a')
  expect(scene.told.sort()).toEqual(['apiserver/1:2@2', 'apiserver/1:2@3', 'apiserver/2:1@2'])
})

/**
 * Goal: single promises of the object store that the random check does not name: what readers see in which order, what is
 * told, what a repeated commit does, what compaction keeps.
 * Method: short histories written out, the state of a view asserted.
 */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Change, View } from '../../../src/kubernetes/view.ts'
import { object, Story } from './story.ts'

const pod = (name: string, nodeName?: string, uid = `uid-of-${name}`) =>
  object('Pod', name, { spec: { containers: [], nodeName } }, { namespace: 'default', uid })

const names = (objects: readonly ApiObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name)
const told = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ name, before, after }) => {
    const version = (side: ApiObject | undefined): string => side?.metadata.resourceVersion ?? '-'
    return `${name} ${version(before)}→${version(after)}`
  })
const versionOf = (view: View, name: string): string | undefined =>
  view.get('Pod', 'default', name)?.metadata.resourceVersion

/** Pods a, b, then a again: revisions 1, 2, 3. */
const story = (options = {}): Story => {
  const it = new Story(options)
  it.at(1).commit(pod('a'), pod('a'))
  it.at(2).commit(pod('b'), pod('b'))
  it.at(3).commit(pod('a'), pod('a', 'node-1'))
  return it
}

describe('what is stored', () => {
  test('bears its revision, and shares all but its metadata with what was committed', () => {
    const written = pod('a', 'node-1')
    const it = new Story()
    it.commit(written, written)
    const stored = it.store.at(1).get('Pod', 'default', 'a')
    expect(stored?.metadata).toEqual({ ...written.metadata, resourceVersion: '1' })
    expect(stored?.spec).toBe(written.spec)
    expect(written.metadata.resourceVersion).toBe('')
  })

  test('a commit told twice changes nothing; told otherwise it breaks the run', () => {
    const it = story()
    const first = it.store.seqOf(2)
    const again = { seq: 90, at: 9, cause: 0 }
    it.store.fold({
      ...again,
      data: { revision: 2, key: '/registry/pods/default/b', deleted: false, object: pod('b') },
    })
    expect(it.store.seqOf(2)).toBe(first)
    expect(names(it.store.at(3).list('Pod'))).toEqual(['a', 'b'])
    const other = (key: string, deleted: boolean, changed?: ApiObject) => () =>
      it.store.fold({ ...again, data: { revision: 2, key, deleted, object: changed } })
    expect(other('/registry/pods/default/c', false, pod('c'))).toThrow('committed once')
    expect(other('/registry/pods/default/b', true)).toThrow('committed once')
    expect(other('/registry/pods/default/b', false, pod('b', undefined, 'another'))).toThrow('committed once')
  })

  test('a key that is no object moves the head and nothing else', () => {
    const it = story()
    it.store.fold({ seq: 90, at: 9, cause: 0, data: { revision: 4, key: 'compact_rev_key', deleted: false } })
    expect(it.store.head).toBe(4)
    expect(it.store.written(4)).toBeUndefined()
    expect(it.store.revisionAt(9_000_000)).toBe(3)
  })

  test('is found by time, by revision and by name', () => {
    const it = story()
    expect([0, 1, 1.5, 2, 99].map((second) => it.store.revisionAt(second * 1_000_000))).toEqual([0, 1, 1, 2, 3])
    expect(it.store.history('Pod', 'default', 'a').map(({ revision, at }) => [revision, at])).toEqual([
      [1, 1_000_000],
      [3, 3_000_000],
    ])
    expect(it.store.read('Pod', 'default', 'a', 2)?.metadata.resourceVersion).toBe('1')
  })
})

describe('a view', () => {
  test('lists in order of creation; a name used again goes to the end', () => {
    const it = story()
    it.commit(pod('a'), undefined)
    it.commit(pod('a'), pod('a', undefined, 'second'))
    expect(names(it.store.at(3).list('Pod'))).toEqual(['a', 'b'])
    expect(names(it.store.at(4).list('Pod'))).toEqual(['b'])
    expect(names(it.store.at(5).list('Pod'))).toEqual(['b', 'a'])
  })

  test('shows nothing before its first list and stands still until it is moved', () => {
    const it = story()
    const cursor = it.store.createCursor('informer')
    expect(cursor.list('Pod')).toEqual([])
    cursor.reset('Pod', 1)
    expect(names(cursor.list('Pod'))).toEqual(['a'])
    expect(names(cursor.indexed('Pod', 'node', ''))).toEqual(['a'])
    expect(cursor.indexed('Pod', 'node', 'node-1')).toEqual([])
  })

  test('tells several changes of one object as one, and nothing of what came and went', () => {
    const it = story()
    const cursor = it.store.createCursor('informer')
    cursor.reset('Pod', 1)
    it.commit(pod('c'), pod('c'))
    it.commit(pod('c'), undefined)
    it.commit(pod('a'), pod('a', 'node-2'))
    expect(told(cursor.advance('Pod', 6))).toEqual(['b -→2', 'a 1→6'])
    expect(cursor.advance('Pod', 6)).toEqual([])
  })

  test('that misses a revision shows what was before, until the object changes again or is listed anew', () => {
    const it = story()
    const [patient, relisting] = [it.store.createCursor('patient'), it.store.createCursor('relisting')]
    for (const cursor of [patient, relisting]) {
      cursor.reset('Pod', 2)
      cursor.hide('Pod', 3)
      expect(cursor.advance('Pod', 3)).toEqual([])
      expect(versionOf(cursor, 'a')).toBe('1')
      expect(names(cursor.indexed('Pod', 'node', ''))).toEqual(['a', 'b'])
    }
    expect(told(relisting.reset('Pod', 3))).toEqual(['a 1→3'])
    it.commit(pod('a'), pod('a', 'node-2'))
    expect(told(patient.advance('Pod', 4))).toEqual(['a 1→4'])
    expect(names(patient.indexed('Pod', 'node', 'node-2'))).toEqual(['a'])
  })

  test('takes one delivery at a time; what is passed over stays unseen', () => {
    const it = story()
    const cursor = it.store.createCursor('informer')
    cursor.reset('Pod', 1)
    expect(told([cursor.deliver('Pod', 3)].filter((change) => change !== undefined))).toEqual(['a 1→3'])
    expect(versionOf(cursor, 'b')).toBeUndefined()
    expect(cursor.deliver('Pod', 2)).toBeUndefined()
    expect(told(cursor.reset('Pod', 3))).toEqual(['b -→2'])
  })

  test('goes back in time when it is reset to an older revision', () => {
    const it = story()
    const cursor = it.store.createCursor('restarted')
    cursor.reset('Pod', 3)
    expect(told(cursor.reset('Pod', 1))).toEqual(['b 2→-', 'a 3→1'])
    expect(names(cursor.list('Pod'))).toEqual(['a'])
  })

  test('narrowed to a node sees Pods come, go and nothing else', () => {
    const it = story()
    const kubelet = it.store.createCursor('kubelet')
    kubelet.narrow('Pod', { nodeName: 'node-1' })
    expect(told(kubelet.reset('Pod', 2))).toEqual([])
    expect(told(kubelet.advance('Pod', 3))).toEqual(['a -→3'])
    expect(kubelet.get('Pod', 'default', 'b')).toBeUndefined()
    it.commit(pod('a'), undefined)
    it.commit(pod('c'), pod('c', 'node-2'))
    expect(told(kubelet.advance('Pod', 5))).toEqual(['a 3→-'])
  })

  test('narrowed to a node sees a Pod go whose name is used again elsewhere in the same move', () => {
    const it = story()
    const kubelet = it.store.createCursor('kubelet')
    kubelet.narrow('Pod', { nodeName: 'node-1' })
    kubelet.reset('Pod', 3)
    it.commit(pod('a'), undefined)
    it.commit(pod('a'), pod('a', undefined, 'second'))
    it.commit(pod('a'), pod('a', 'node-2', 'second'))
    expect(told(kubelet.advance('Pod', 6))).toEqual(['a 3→-'])
  })

  test('that is released or not listed yet cannot be narrowed or moved', () => {
    const cursor = story().store.createCursor('informer')
    cursor.reset('Pod', 1)
    expect(() => cursor.narrow('Pod', { nodeName: 'node-1' })).toThrow('narrowed before its first list')
    cursor.release()
    expect(() => cursor.advance('Pod', 2)).toThrow('stands still')
  })
})

describe('compaction', () => {
  const compacted = (): Story => story({ history: 'compacted' })

  test('keeps of each object the version that shows at the floor, and what came later', () => {
    const it = compacted()
    it.commit(pod('b'), undefined)
    it.store.compact(3)
    expect(it.store.oldest).toBe(3)
    expect(it.store.history('Pod', 'default', 'a').map(({ revision }) => revision)).toEqual([3])
    expect(it.store.history('Pod', 'default', 'b').map(({ revision }) => revision)).toEqual([2, 4])
    it.store.compact(4)
    expect(it.store.history('Pod', 'default', 'b')).toEqual([])
    expect(() => it.store.at(2).list('Pod')).toThrow('not compacted')
  })

  test('waits for the slowest cursor, but not for one that was released or has not listed', () => {
    const it = compacted()
    it.store.createCursor('idle')
    const slow = it.store.createCursor('slow')
    slow.reset('Pod', 1)
    it.store.compact(3)
    expect(it.store.oldest).toBe(1)
    expect(versionOf(slow, 'a')).toBe('1')
    slow.release()
    it.store.compact(3)
    expect(it.store.oldest).toBe(3)
  })

  test('does not wait for a kubelet whose Pods have not changed', () => {
    const it = compacted()
    const kubelet = it.store.createCursor('kubelet')
    kubelet.narrow('Pod', { nodeName: 'node-1' })
    kubelet.reset('Pod', 3)
    for (let n = 0; n < 10; n++) it.commit(pod('other'), pod('other', 'node-2'))
    it.store.compact(13)
    expect(it.store.oldest).toBe(13)
    expect(names(kubelet.list('Pod'))).toEqual(['a'])
    expect(kubelet.revision('Pod')).toBe(3)
    it.commit(pod('a'), undefined)
    expect(told(kubelet.advance('Pod', 14))).toEqual(['a 3→-'])
  })

  test('leaves a stale view what it shows', () => {
    const it = compacted()
    const cursor = it.store.createCursor('informer')
    cursor.reset('Pod', 2)
    cursor.hide('Pod', 3)
    cursor.hide('Pod', 4)
    it.commit(pod('b'), undefined)
    cursor.advance('Pod', 4)
    it.store.compact(4)
    expect(it.store.oldest).toBe(4)
    expect(names(cursor.list('Pod'))).toEqual(['a', 'b'])
    expect(versionOf(cursor, 'a')).toBe('1')
  })

  test('is nothing under the policy that keeps all', () => {
    const it = story()
    it.store.compact(3)
    expect(it.store.oldest).toBe(0)
    expect(names(it.store.at(1).list('Pod'))).toEqual(['a'])
  })
})

/**
 * Goal: lists come in pages of one moment, at the revision asked for, and say so when that is gone.
 * Method: real etcd and API server; objects are written between the pages; etcd is told to compact.
 */
import { expect, test } from 'vitest'
import { listedAt, type ListText } from '../../../src/actors/apiserver/cache/page.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import { rowByResource } from '../../../src/kubernetes/registry.ts'
import { isStatus } from '../../../src/kubernetes/status.ts'
import { ControlPlane } from './control-plane.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']

const plane = (): ControlPlane => {
  const made = new ControlPlane()
  made.namespace('ns')
  // Written in the other order, so that the order of keys is not the order of creation.
  for (const name of [...NAMES].reverse()) {
    made.made('ConfigMap', 'ns', { metadata: { name, labels: { even: String(NAMES.indexOf(name) % 2 === 0) } } })
  }
  return made
}

/** What a front end would write out for a list. */
const list = (cluster: ControlPlane, options: ListText = {}) => {
  const answer = cluster.call({ verb: 'list', kind: 'ConfigMap', namespace: 'ns', options })
  const { revision = 0, code, status, event } = answer
  if (status !== undefined) return { code, status, names: [], revision, next: undefined, left: undefined }
  const row = rowByResource('', 'configmaps')
  if (row === undefined) throw new Error('served')
  const page = listedAt(cluster.objects.at(revision), row, { ...options, namespace: 'ns' }, revision)
  if (isStatus(page)) throw new Error(page.message)
  expect(page.items).toHaveLength(answer.items ?? -1)
  expect(page.continue).toBe(event.data.continue)
  const names = page.items.map(({ metadata }) => metadata.name)
  return { code, status, names, revision, next: event.data.continue, left: event.data.remainingItemCount }
}

const compact = (cluster: ControlPlane): void => {
  const op = { op: 'compact', revision: cluster.objects.head } as const
  cluster.kernel.input('EtcdRequested', { request: 999, op }, 'etcd/1')
  cluster.run(millis(50))
}

test('pages show one moment, whatever is written between them', () => {
  const cluster = plane()
  const first = list(cluster, { limit: 2 })
  expect(first).toMatchObject({ names: ['a', 'b'], left: 3 })
  cluster.made('ConfigMap', 'ns', { metadata: { name: 'bb' } })
  cluster.call({ verb: 'delete', kind: 'ConfigMap', namespace: 'ns', name: 'd' })
  const second = list(cluster, { limit: 2, continue: first.next })
  expect(second).toMatchObject({ names: ['c', 'd'], left: 1, revision: first.revision })
  expect(list(cluster, { limit: 2, continue: second.next })).toMatchObject({ names: ['e'], next: undefined })
  expect(list(cluster).names).toEqual(['a', 'b', 'bb', 'c', 'e'])
})

test('with a selector nobody counts what is left', () => {
  const cluster = plane()
  expect(list(cluster, { limit: 1, labelSelector: 'even=true' })).toMatchObject({ names: ['a'], left: undefined })
})

test('an exact revision shows the past; a limit without a match is exact too', () => {
  const cluster = plane()
  const then = list(cluster).revision
  cluster.made('ConfigMap', 'ns', { metadata: { name: 'f' } })
  const at = { resourceVersion: String(then) }
  expect(list(cluster, { ...at, ...{ resourceVersionMatch: 'Exact' } }).names).toEqual(NAMES)
  expect(list(cluster, { ...at, limit: 10 }).names).toEqual(NAMES)
  expect(list(cluster, at).names).toEqual([...NAMES, 'f'])
})

test('a page of a compacted revision is refused with an offer to go on', () => {
  const cluster = plane()
  const first = list(cluster, { limit: 2 })
  cluster.made('ConfigMap', 'ns', { metadata: { name: 'f' } })
  compact(cluster)
  const refused = list(cluster, { limit: 2, continue: first.next })
  expect(refused).toMatchObject({ code: 410, status: { reason: 'Expired' } })
  const offered = refused.status?.metadata.continue
  expect(list(cluster, { limit: 2, continue: offered })).toMatchObject({ names: ['c', 'd'], left: 2 })
  const exact = { resourceVersion: String(first.revision), ...{ resourceVersionMatch: 'Exact' } }
  expect(list(cluster, exact)).toMatchObject({
    code: 410,
    status: { message: 'The resourceVersion for the provided list is too old.' },
  })
})

test('a revision of the future is waited for three seconds', () => {
  const cluster = plane()
  const begun = cluster.now
  const refused = list(cluster, { resourceVersion: '100000' })
  expect(refused).toMatchObject({ code: 504, status: { details: { retryAfterSeconds: 1 } } })
  expect(cluster.now - begun).toBeGreaterThanOrEqual(seconds(3))
})

test.each([
  ['bogus', 'invalid continue token: continue key is not valid: illegal base64 data at input byte 4'],
  ['e30', 'invalid continue token: continue key is not valid: server does not recognize this encoded version ""'],
])('a token that is none (%s) is refused', (token, message) => {
  expect(list(plane(), { continue: token })).toMatchObject({ code: 400, status: { message } })
})

test('a watch that asks for its beginning is told where that ends, and goes on', () => {
  const cluster = plane()
  const watch = cluster.watch({
    kind: 'ConfigMap',
    namespace: 'ns',
    revision: 0,
    resourceVersion: '',
    resourceVersionMatch: 'NotOlderThan',
    sendInitialEvents: true,
    bookmarks: true,
    labelSelector: 'even=false',
  })
  cluster.run(millis(200))
  cluster.made('ConfigMap', 'ns', { metadata: { name: 'f', labels: { even: 'false' } } })
  cluster.run(millis(200))
  const told = cluster.of('WatchPushed').filter(({ data }) => data.watch === watch)
  expect(told.map(({ data }) => `${data.change} ${cluster.objects.written(data.revision)?.name ?? ''}`.trim())).toEqual(
    ['ADDED b', 'ADDED d', 'BOOKMARK a', 'ADDED f'],
  )
  expect(told[2]?.data.initialEventsEnd).toBe(true)
})

test('a watch that makes no sense is refused with the reason', () => {
  const cluster = plane()
  const watch = cluster.watch({ kind: 'ConfigMap', revision: 0, resourceVersion: 'abc' })
  cluster.run(millis(50))
  const ended = cluster.of('WatchEnded').find(({ data }) => data.watch === watch)
  expect(ended?.data).toMatchObject({ code: 500, refused: true })
})

/**
 * Goal: what etcd's events write is small, and what is read back is what was written.
 * Method: each event with its own way of writing becomes a line and is read back.
 */
import { either } from 'fp-ts'
import { expect, test } from 'vitest'
import type { EventData, EventType } from '../../../src/events/catalogue/index.ts'
import { decodeLine } from '../../../src/events/decode.ts'
import { encodeEvent } from '../../../src/events/encode.ts'
import type { EventOf, LogEvent } from '../../../src/events/envelope.ts'

const value = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
}
const put = { op: 'put' as const, key: '/registry/pods/default/a', size: 900, value, lease: 0 }

/** As it stands in a recording, and as it is read from one. */
const written = <T extends EventType>(
  type: T,
  data: EventData<T>,
): { readonly text: unknown; readonly read: unknown } => {
  const event: EventOf<T> = { seq: 9, at: 0, by: 'etcd/1', cause: 1, type, v: 1, data }
  // One member of the union, which TypeScript cannot follow through a generic.
  const line = encodeEvent(event as LogEvent)
  const read = decodeLine(line, 1)
  if (either.isLeft(read)) throw new Error(`${type} cannot be read back: ${read.left.message}`)
  return { text: (JSON.parse(line) as LogEvent).data, read: read.right.data }
}

test('entries are written as index, term and reference', () => {
  const data = {
    from: 1,
    term: 3,
    prevIndex: 6,
    prevTerm: 2,
    commit: 6,
    entries: [{ index: 7, term: 3, ref: 41, request: put }],
  }
  const { text, read } = written('AppendEntries', data)
  expect(text).toEqual({ ...data, entries: [[7, 3, 41]] })
  expect(read).toEqual({ ...data, entries: [{ index: 7, term: 3, ref: 41, request: undefined }] })
})

test('a proposal is written as its reference', () => {
  const { text, read } = written('ForwardProposal', { from: 2, proposals: [{ ref: 41, request: put }] })
  expect(text).toEqual({ from: 2, proposals: [41] })
  expect(read).toEqual({ from: 2, proposals: [{ ref: 41, request: undefined }] })
})

test('a snapshot is written without the state', () => {
  const data = { from: 1, term: 3, index: 9, snapshotTerm: 2, voters: [1, 2, 3] }
  expect(written('InstallSnapshot', { ...data, state: { large: true } }).read).toEqual(data)
})

test('a request is written without values', () => {
  const bare = { op: 'put', key: put.key, size: 900, lease: 0 }
  expect(written('EtcdRequested', { request: 1, op: put }).read).toEqual({ request: 1, op: bare })
  const txn = { op: 'txn' as const, compare: [], then: [put], else: [{ op: 'range' as const, key: put.key }] }
  expect(written('EtcdRequested', { request: 2, op: txn }).text).toEqual({
    request: 2,
    op: { op: 'txn', compare: [], then: [bare], else: [{ op: 'range', key: put.key }] },
  })
})

test('an answer is written without the keys it carries', () => {
  const keys = [{ key: put.key, value, create: 4, mod: 9, version: 2, lease: 0, size: 900 }]
  const found = { op: 'range' as const, count: 1, more: false, mod: 9 }
  const data = { request: 1, outcome: 'succeeded' as const, revision: 12, results: [{ ...found, keys }] }
  expect(written('EtcdResponded', data).read).toEqual({ ...data, results: [found] })
})

test('a committed revision is written whole', () => {
  const data = { revision: 12, key: put.key, previous: 9, deleted: false, object: value }
  expect(written('RevisionCommitted', data).read).toEqual(data)
})

import * as t from 'io-ts'
import { defineEvent } from '../define.ts'
import type { ApiObject } from '../json.ts'
import { etcdRequest, etcdResponse, recordedRequest, recordedResponse } from './etcd-request.ts'
import { raftEvents } from './raft.ts'

/** The parts of a stored object that the store itself relies on. */
const apiObject = new t.Type<ApiObject, ApiObject, unknown>(
  'ApiObject',
  (input): input is ApiObject => isApiObject(input),
  (input, context) =>
    isApiObject(input) ? t.success(input) : t.failure(input, context, 'not an object with kind and name'),
  (object) => object,
)

const isApiObject = (input: unknown): input is ApiObject => {
  if (typeof input !== 'object' || input === null) return false
  const { apiVersion, kind, metadata } = input as Partial<ApiObject>
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    typeof metadata === 'object' &&
    metadata !== null &&
    typeof metadata.name === 'string'
  )
}

/**
 * etcd as its clients and its operators see it.
 *
 * A watch answers with revisions, not objects: what a revision wrote stands in the log once, in `RevisionCommitted`.
 */
export const etcdEvents = {
  ...raftEvents,
  EtcdRequested: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A client asks a member of the etcd cluster to read or write.',
    data: t.type({ request: t.number, op: etcdRequest }),
    encode: ({ request, op }) => ({ request, op: recordedRequest(op) }),
  }),
  EtcdResponded: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A member answers a request.',
    data: etcdResponse,
    encode: recordedResponse,
  }),
  EtcdWatchRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A client wants every change from `revision` on of the keys in [`key`, `end`), or of the one key; revision 0: from now on.',
    data: t.intersection([
      t.type({ watch: t.number, key: t.string, revision: t.number }),
      t.partial({ end: t.string, /** Wants EtcdProgressed while nothing changes. */ progress: t.boolean }),
    ]),
  }),
  EtcdWatchPushed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A watcher is told that a revision changed something that it watches.',
    data: t.type({ watch: t.number, revision: t.number }),
  }),
  EtcdWatchEnded: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A member ends a watch: given up by its client, or its start revision is gone (`compactRevision` is the oldest that is left; else 0).',
    data: t.type({ watch: t.number, compactRevision: t.number }),
  }),
  EtcdWatchCancelled: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A client gives a watch up.',
    data: t.type({ watch: t.number }),
  }),
  EtcdProgressRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A client asks up to which revision its watches have been told everything.',
    data: t.type({}),
  }),
  EtcdProgressed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A watcher has been told everything up to `revision`.',
    data: t.type({ watch: t.number, revision: t.number }),
  }),
  RaftRoleChanged: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'An etcd member has another role, or follows another leader (0: knows none).',
    data: t.type({
      member: t.number,
      role: t.keyof({ follower: 1, preCandidate: 1, candidate: 1, leader: 1 }),
      term: t.number,
      leader: t.number,
    }),
  }),
  LeaderElected: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A majority of the etcd members made one of them leader of a term.',
    data: t.type({ member: t.number, term: t.number }),
  }),
  RevisionCommitted: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A key changed: told by the etcd leader when it applies the write. `object` is what was written; `previous` the revision it replaced, 0 for none.',
    data: t.intersection([
      t.type({ revision: t.number, key: t.string, previous: t.number, deleted: t.boolean }),
      t.partial({ object: apiObject }),
    ]),
  }),
  EtcdCompacted: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'What was before `revision` can no longer be read or watched.',
    data: t.type({ revision: t.number }),
  }),
  EtcdAlarmRaised: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The etcd cluster accepts no more writes that take space, because a member’s database reached its quota.',
    data: t.type({ kind: t.literal('NOSPACE'), member: t.number }),
  }),
  EtcdAlarmDisarmed: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'An operator has disarmed an alarm.',
    data: t.type({ kind: t.literal('NOSPACE'), member: t.number }),
  }),
  EtcdDefragmented: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A member gave the free pages of its database back to the file system.',
    data: t.type({ member: t.number, bytesBefore: t.number, bytesAfter: t.number }),
  }),
  MemberAdded: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The etcd cluster has one more voting member.',
    data: t.type({ member: t.number, voters: t.readonlyArray(t.number) }),
  }),
  MemberRemoved: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The etcd cluster has one voting member less.',
    data: t.type({ member: t.number, voters: t.readonlyArray(t.number) }),
  }),
}

import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

const verb = t.keyof({ get: 1, list: 1, create: 1, update: 1, patch: 1, delete: 1, deletecollection: 1 })
const patchType = t.keyof({ json: 1, merge: 1, strategic: 1, apply: 1 })

/** What a caller may ask of a write or a read besides its body. Durations in seconds, as on the wire. */
const options = t.partial({
  resourceVersion: t.string,
  resourceVersionMatch: t.string,
  labelSelector: t.string,
  fieldSelector: t.string,
  /** A list holds no more than this; `continue` of its answer asks for the rest. */
  limit: t.number,
  continue: t.string,
  gracePeriodSeconds: t.number,
  propagationPolicy: t.keyof({ Background: 1, Foreground: 1, Orphan: 1 }),
  preconditions: t.partial({ uid: t.string, resourceVersion: t.string }),
  dryRun: t.boolean,
  fieldManager: t.string,
  /** Of an apply: takes fields from their managers. */
  force: t.boolean,
  fieldValidation: t.keyof({ Ignore: 1, Warn: 1, Strict: 1 }),
})

/**
 * The credentials of a request from outside the cluster. Present but empty: anonymous. A component inside the cluster sends
 * none; its `user` is believed, as the certificate of its process would be.
 */
export const caller = t.partial({
  /** Of a client certificate that the carrier has verified: its common name, its organisations, its SHA-256 in hex. */
  certificate: t.intersection([
    t.type({ user: t.string, groups: t.readonlyArray(t.string) }),
    t.partial({ fingerprint: t.string }),
  ]),
  /** What stands behind `authorization: Bearer`. */
  bearer: t.string,
  /** The headers Impersonate-User, -Uid, -Group and -Extra-*; keys of `extra` in lower case and unescaped. */
  impersonate: t.partial({
    user: t.string,
    uid: t.string,
    groups: t.readonlyArray(t.string),
    extra: t.record(t.string, t.readonlyArray(t.string)),
  }),
})

/**
 * The Kubernetes API between processes. Answers and watch events carry revisions, not objects: an object is read from
 * the store at its revision, so each version stands in the log once, in `RevisionCommitted`.
 */
export const apiEvents = {
  ApiRequested: defineEvent({
    class: 'command',
    v: 1,
    doc: 'Someone asks an API server to read or write. With `caller`, who asks follows from those credentials and not from `user`. With `path`, it asks whether its caller may have a path that is no resource; the answer has no body then. `apiVersion` is that of the path where it is not the one that the kind is stored in: the body is read in it, but an object in the answer is in the stored one.',
    data: t.intersection([
      t.type({ request: t.number, verb, kind: t.string, user: t.string }),
      t.partial({
        caller,
        path: t.string,
        apiVersion: t.string,
        namespace: t.string,
        name: t.string,
        subresource: t.string,
        patchType,
        body: t.unknown,
        options,
      }),
    ]),
  }),
  ApiResponded: defineEvent({
    class: 'message',
    v: 1,
    doc: 'An API server answers. `revision` is the resourceVersion of the object or list, or of the object’s removal; `name` names the object it concerns; `items` counts what a list holds, `continue` is the token for the rest of it and `remainingItemCount` how much that is; `object` is a body that is stored nowhere; `objects` are what a list holds as a webhook has converted it; `status` says why not; `warnings` are the texts of the Warning headers.',
    data: t.intersection([
      t.type({ request: t.number, code: t.number }),
      t.partial({
        revision: t.number,
        name: t.string,
        items: t.number,
        continue: t.string,
        remainingItemCount: t.number,
        status: t.unknown,
        object: t.unknown,
        objects: t.readonlyArray(t.unknown),
        warnings: t.readonlyArray(t.string),
      }),
    ]),
  }),
  WatchRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A client wants every change of a resource after `revision` (0: what is there, then every change), as far as its selectors match. `resourceVersion`, where given, is the revision as a caller wrote it and counts instead of the number.',
    data: t.intersection([
      t.type({ watch: t.number, kind: t.string, revision: t.number }),
      t.partial({
        namespace: t.string,
        nodeName: t.string,
        labelSelector: t.string,
        fieldSelector: t.string,
        bookmarks: t.boolean,
        apiVersion: t.string,
        timeoutSeconds: t.number,
        resourceVersion: t.string,
        resourceVersionMatch: t.string,
        sendInitialEvents: t.boolean,
        continue: t.string,
        user: t.string,
        caller,
      }),
    ]),
  }),
  WatchPushed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'One change reaches a watcher. BOOKMARK moves its position without a change; with `initialEventsEnd` it ends the objects that were there from the beginning. `object` is what a webhook has made of the one at the revision.',
    data: t.intersection([
      t.type({
        watch: t.number,
        kind: t.string,
        revision: t.number,
        change: t.keyof({ ADDED: 1, MODIFIED: 1, DELETED: 1, BOOKMARK: 1 }),
      }),
      t.partial({ initialEventsEnd: t.literal(true), object: t.unknown }),
    ]),
  }),
  WatchEnded: defineEvent({
    class: 'message',
    v: 1,
    doc: 'An API server ends a watch: it timed out (code 200), its revision is gone (410), the server is not ready (429), its caller may not have it (401, 403) or it asked for what is not served or makes no sense. `status` says why; with `refused` the watch never began.',
    data: t.intersection([
      t.type({ watch: t.number, code: t.number }),
      t.partial({ status: t.unknown, refused: t.literal(true) }),
    ]),
  }),
  WatchCancelled: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A client gives a watch up.',
    data: t.type({ watch: t.number }),
  }),
  WebhookCalled: defineEvent({
    class: 'message',
    v: 1,
    doc: 'An API server asks a webhook, which is outside the cluster, and waits at most so long for `WebhookAnswered` with the same call.',
    data: t.intersection([
      t.type({ call: t.string, url: t.string, timeoutSeconds: t.number, review: t.unknown }),
      t.partial({ caBundle: t.string }),
    ]),
  }),
  WebhookAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'What came of calling a webhook: its AdmissionReview or ConversionReview, or why there is none.',
    data: t.intersection([t.type({ call: t.string }), t.partial({ review: t.unknown, problem: t.string })]),
  }),
}

/** A log made by hand, event by event, and what projections make of it. */
import type { EventData, EventType } from '../../../src/events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros, Seq } from '../../../src/events/envelope.ts'
import type { ApiObject, ObjectMeta } from '../../../src/events/json.ts'
import type { Kind, KindMap } from '../../../src/kubernetes/kinds.ts'
import { storageKey } from '../../../src/kubernetes/storage-key.ts'
import { createObjectStore, type ObjectStoreOptions } from '../../../src/projections/objects/store.ts'
import type { CauseLog } from '../../../src/projections/causes.ts'

/** Metadata with what a test says and the rest filled in. */
export const meta = (name: string, more: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name,
  uid: `uid-of-${name}`,
  resourceVersion: '',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...more,
})

type Fields<K extends Kind> = Omit<KindMap[K], keyof ApiObject>

/** An object of a kind in the default namespace; `namespace: undefined` in `more` for a cluster-scoped one. */
export const object = <K extends Kind>(
  kind: K,
  name: string,
  fields: Fields<K>,
  more: Partial<ObjectMeta> = { namespace: 'default' },
): KindMap[K] => ({ apiVersion: 'v1', kind, metadata: meta(name, more), ...fields }) as ApiObject as KindMap[K]

export class Story {
  readonly events: LogEvent[] = []
  readonly store
  /** Told of each event after the store. */
  readonly folds: ((event: LogEvent) => void)[] = []
  private now: Micros = 0
  private revision = 0

  constructor(options: ObjectStoreOptions = {}) {
    this.store = createObjectStore(options)
  }

  get log(): CauseLog {
    return { get: (seq) => this.events[seq - 1], causeOf: (seq) => this.events[seq - 1]?.cause ?? 0 }
  }

  /** What happens next happens at this second. */
  at(second: number): this {
    const now = Math.round(second * 1_000_000)
    if (now < this.now) throw new Error(`a story goes forward, not back to ${second} s`)
    this.now = now
    return this
  }

  tell<T extends EventType>(by: ActorId, type: T, data: EventData<T>, cause: Seq = 0, to?: ActorId): Seq {
    const event = { seq: this.events.length + 1, at: this.now, by, to, cause, type, v: 1, data } as LogEvent
    this.events.push(event)
    if (event.type === 'RevisionCommitted') this.store.fold(event)
    for (const fold of this.folds) fold(event)
    return event.seq
  }

  /** A write as it goes: somebody asks an API server, that asks etcd, etcd tells. Gives the commit's position. */
  write(by: ActorId, after: ApiObject, cause: Seq = 0): Seq {
    return this.request(by, after, after, cause)
  }

  delete(by: ActorId, before: ApiObject, cause: Seq = 0): Seq {
    return this.request(by, before, undefined, cause)
  }

  /** The commit reaches a watcher. */
  watched(commit: Seq, by: ActorId): Seq {
    const pushed = this.tell(
      'etcd/1',
      'EtcdWatchPushed',
      { watch: 1, revision: this.revision },
      commit,
      'kube-apiserver/0',
    )
    const change = { watch: 1, kind: 'Pod', revision: this.revision, change: 'MODIFIED' } as const
    return this.tell('kube-apiserver/0', 'WatchPushed', change, pushed, by)
  }

  private request(by: ActorId, subject: ApiObject, after: ApiObject | undefined, cause: Seq): Seq {
    const { kind } = subject
    const { namespace, name } = subject.metadata
    const verb = after === undefined ? 'delete' : 'update'
    const asked = this.tell(
      by,
      'ApiRequested',
      { request: 1, verb, kind, user: by, namespace, name },
      cause,
      'kube-apiserver/0',
    )
    return this.commit(subject, after, asked)
  }

  /** etcd's part of a write alone. */
  commit(subject: ApiObject, after: ApiObject | undefined, cause: Seq = 0): Seq {
    const { namespace, name } = subject.metadata
    const key = storageKey(subject.kind as Kind, namespace, name)
    const data = { revision: ++this.revision, key, previous: 0, deleted: after === undefined, object: after }
    return this.tell('etcd/1', 'RevisionCommitted', data, cause)
  }
}

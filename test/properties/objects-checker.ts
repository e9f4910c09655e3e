/** Drives an object store with random operations and holds it, step by step, against a naive model of the same history. */
import fc from 'fast-check'
import type { ApiObject } from '../../src/events/json.ts'
import type { Kind } from '../../src/kubernetes/kinds.ts'
import { storageKey } from '../../src/kubernetes/storage-key.ts'
import type { Change, Cursor, Scope, View } from '../../src/kubernetes/view.ts'
import type { ObjectStore } from '../../src/projections/objects/store.ts'

export type StoreFactory = (history: 'all' | 'compacted') => ObjectStore

export type Operation =
  | { readonly do: 'write'; readonly object: number; readonly node: number; readonly owner: number }
  | { readonly do: 'delete' | 'repeat'; readonly object: number }
  | {
      readonly do: 'advance' | 'deliver' | 'reset' | 'hide'
      readonly cursor: number
      readonly kind: number
      readonly by: number
    }
  | { readonly do: 'renew'; readonly cursor: number; readonly scope: number }
  | { readonly do: 'compact'; readonly by: number }

const KINDS: readonly Kind[] = ['Pod', 'Node']
const NODES = ['', 'n1', 'n2']
const OWNERS = [undefined, 'u1', 'u2']
const SCOPES: readonly Scope[] = [{}, { nodeName: 'n1' }, { namespace: 'a' }, { nodeName: 'n2', namespace: 'b' }]
const OBJECTS: readonly { kind: Kind; namespace: string | undefined; name: string }[] = [
  ...['a', 'b'].flatMap((namespace) => ['p', 'q', 'r'].map((name) => ({ kind: 'Pod' as const, namespace, name }))),
  ...['n1', 'n2'].map((name) => ({ kind: 'Node' as const, namespace: undefined, name })),
]
const CURSORS = 3

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T
const small = fc.nat(20)

export const operations: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('write' as const), object: small, node: small, owner: small }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), object: small }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), object: small }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('advance' as const, 'deliver' as const, 'reset' as const, 'hide' as const),
        cursor: small,
        kind: small,
        by: small,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), cursor: small, scope: small }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), by: small }) },
  ),
  { minLength: 10, maxLength: 150 },
)

interface Commit {
  readonly revision: number
  readonly kind: Kind
  readonly key: string
  readonly after: ApiObject | undefined
  readonly before: ApiObject | undefined
}

/** What one object is shown as, and which creation it belongs to. */
interface Shown {
  readonly object: ApiObject
  readonly created: number
}

const keyOf = (object: { readonly namespace?: string | undefined; readonly name: string }): string =>
  `${object.namespace ?? ''}/${object.name}`
const idOf = (object: ApiObject | undefined): string =>
  object === undefined ? 'nothing' : `${keyOf(object.metadata)}@${object.metadata.resourceVersion}`
const nodeOf = (object: ApiObject): string | undefined =>
  object.kind === 'Pod' ? ((object as ApiObject & { spec: { nodeName?: string } }).spec.nodeName ?? '') : undefined
const ownerOf = (object: ApiObject): string | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller)?.uid

const equal = (what: string, found: unknown, wanted: unknown): void => {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`${what}: the store shows ${a}, the model ${b}`)
}

/** All commits, folded anew whenever somebody asks. */
class History {
  readonly commits: Commit[] = []

  get head(): number {
    return this.commits.length
  }

  at(kind: Kind, revision: number): Map<string, Shown> {
    const shown = new Map<string, Shown>()
    for (const commit of this.commits) {
      if (commit.kind !== kind || commit.revision > revision) continue
      if (commit.after === undefined) shown.delete(commit.key)
      else shown.set(commit.key, { object: commit.after, created: shown.get(commit.key)?.created ?? commit.revision })
    }
    return shown
  }

  /** Which creation the object of a revision belongs to. */
  createdAt(commit: Commit): number {
    return this.at(commit.kind, commit.revision).get(commit.key)?.created ?? commit.revision
  }
}

/** A reader as one would write it who has all day. */
class ModelReader {
  revision = 0
  listed = false
  shown = new Map<string, Shown>()
  readonly hidden = new Set<number>()
  private readonly history: History
  private readonly kind: Kind
  private readonly scope: Scope

  constructor(history: History, kind: Kind, scope: Scope) {
    this.history = history
    this.kind = kind
    this.scope = scope
  }

  private sees(object: ApiObject | undefined): boolean {
    if (object === undefined) return false
    const { namespace, nodeName } = this.scope
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false
    return nodeName === undefined || nodeOf(object) === nodeName
  }

  private take(commit: Commit): void {
    if (commit.kind !== this.kind || this.hidden.has(commit.revision)) return
    if (this.sees(commit.after)) {
      this.shown.set(commit.key, { object: commit.after as ApiObject, created: this.history.createdAt(commit) })
    } else if (this.sees(commit.before)) this.shown.delete(commit.key)
  }

  advance(revision: number): void {
    if (!this.listed) return this.reset(revision)
    for (const commit of this.history.commits) {
      if (commit.revision > this.revision && commit.revision <= revision) this.take(commit)
    }
    this.revision = Math.max(this.revision, revision)
  }

  deliver(revision: number): void {
    if (revision <= this.revision) return
    this.listed = true
    this.revision = revision
    const commit = this.history.commits[revision - 1]
    if (commit !== undefined) this.take(commit)
  }

  reset(revision: number): void {
    this.listed = true
    this.revision = revision
    this.shown = this.history.at(this.kind, revision)
    for (const [key, { object }] of this.shown) if (!this.sees(object)) this.shown.delete(key)
  }

  /** In order of creation. */
  objects(): readonly ApiObject[] {
    return [...this.shown.values()].sort((a, b) => a.created - b.created).map(({ object }) => object)
  }
}

/** One cursor of the store, the model's reader for each kind, and a copy kept up by nothing but the changes told. */
class Reader {
  readonly cursor: Cursor
  readonly models: ReadonlyMap<Kind, ModelReader>
  private readonly copies = new Map<Kind, Map<string, string>>(KINDS.map((kind) => [kind, new Map()]))

  constructor(store: ObjectStore, name: string, history: History, scope: Scope) {
    this.cursor = store.createCursor(name)
    this.cursor.narrow('Pod', scope)
    this.models = new Map(KINDS.map((kind) => [kind, new ModelReader(history, kind, kind === 'Pod' ? scope : {})]))
  }

  model(kind: Kind): ModelReader {
    return this.models.get(kind) as ModelReader
  }

  apply(kind: Kind, changes: readonly Change[]): void {
    const copy = this.copies.get(kind) as Map<string, string>
    const seen = new Set<string>()
    for (const change of changes) {
      const key = keyOf(change)
      equal('one change an object', seen.has(key), false)
      seen.add(key)
      equal(`before of ${key}`, idOf(change.before), copy.get(key) ?? 'nothing')
      equal(`${key} changes`, change.before === change.after, false)
      if (change.after !== undefined)
        equal(`revision of ${key}`, change.revision, Number(change.after.metadata.resourceVersion))
      if (change.after === undefined) copy.delete(key)
      else copy.set(key, idOf(change.after))
    }
  }

  check(): void {
    for (const kind of KINDS) {
      const model = this.model(kind)
      equal(`revision of ${kind}`, this.cursor.revision(kind), model.revision)
      checkView(this.cursor, kind, model.objects())
      const copy = this.copies.get(kind) as Map<string, string>
      equal(`${kind} by changes`, [...copy.values()].sort(), model.objects().map(idOf).sort())
    }
  }
}

const checkView = (view: View, kind: Kind, wanted: readonly ApiObject[]): void => {
  const ids = (objects: readonly ApiObject[]): readonly string[] => objects.map(idOf)
  equal(`list of ${kind}`, ids(view.list(kind)), ids(wanted))
  for (const { kind: other, namespace, name } of OBJECTS) {
    if (other !== kind) continue
    const object = wanted.find((each) => keyOf(each.metadata) === keyOf({ namespace, name }))
    equal(`get of ${kind} ${name}`, idOf(view.get(kind, namespace, name)), idOf(object))
  }
  for (const value of ['a', 'b', 'none']) {
    const inNamespace = ids(wanted.filter((object) => object.metadata.namespace === value))
    equal(`list of ${kind} in ${value}`, ids(view.list(kind, value)), inNamespace)
    equal(`${kind} by namespace ${value}`, ids(view.indexed(kind, 'namespace', value)), inNamespace)
  }
  for (const value of NODES) {
    const onNode = wanted.filter((object) => nodeOf(object) === value)
    equal(`${kind} by node ${value}`, ids(view.indexed(kind, 'node', value)), ids(onNode))
  }
  for (const value of ['u1', 'u2']) {
    const owned = wanted.filter((object) => ownerOf(object) === value)
    equal(`${kind} by controller ${value}`, ids(view.indexed(kind, 'controller', value)), ids(owned))
  }
}

/** Runs the operations and looks at everything after each but the first `unseen`; throws at the first difference. */
export const check = (
  createStore: StoreFactory,
  history: 'all' | 'compacted',
  plan: readonly Operation[],
  unseen: number,
): void => {
  const run = new Run(createStore(history))
  plan.forEach((operation, index) => {
    run.step(operation)
    if (index >= unseen) run.look()
  })
}

class Run {
  private readonly store: ObjectStore
  private readonly history = new History()
  private readonly readers: Reader[] = []
  private uids = 0

  constructor(store: ObjectStore) {
    this.store = store
    for (let i = 0; i < CURSORS; i++) this.readers.push(new Reader(store, `reader-${i}`, this.history, pick(SCOPES, i)))
  }

  step(operation: Operation): void {
    switch (operation.do) {
      case 'write':
        this.write(operation.object, operation.node, operation.owner)
        break
      case 'delete':
        this.delete(operation.object)
        break
      case 'repeat':
        this.repeat(operation.object)
        break
      case 'renew': {
        const index = operation.cursor % CURSORS
        this.readers[index]?.cursor.release()
        this.readers[index] = new Reader(this.store, `reader-${index}`, this.history, pick(SCOPES, operation.scope))
        break
      }
      case 'compact':
        this.store.compact(Math.max(0, this.history.head - operation.by))
        break
      default:
        this.move(operation)
    }
  }

  look(): void {
    for (const reader of this.readers) reader.check()
    this.checkTimeTravel()
    this.checkCommits()
  }

  private move(operation: Extract<Operation, { cursor: number; kind: number }>): void {
    const reader = pick(this.readers, operation.cursor)
    const kind = pick(KINDS, operation.kind)
    const model = reader.model(kind)
    const { oldest } = this.store
    const { head } = this.history
    const ahead = Math.min(head, model.revision + 1 + (operation.by % 4))
    switch (operation.do) {
      case 'advance':
        if (!model.listed && ahead < oldest) return
        reader.apply(kind, reader.cursor.advance(kind, ahead))
        model.advance(ahead)
        return
      case 'deliver': {
        if (!model.listed && oldest > 0) return
        const change = reader.cursor.deliver(kind, ahead)
        reader.apply(kind, change === undefined ? [] : [change])
        model.deliver(ahead)
        return
      }
      case 'reset': {
        const revision = oldest + (operation.by % (head - oldest + 1))
        reader.apply(kind, reader.cursor.reset(kind, revision))
        model.reset(revision)
        return
      }
      case 'hide':
        reader.cursor.hide(kind, head + 1 - (operation.by % 5))
        model.hidden.add(head + 1 - (operation.by % 5))
    }
  }

  private write(object: number, node: number, owner: number): void {
    const { kind, namespace, name } = pick(OBJECTS, object)
    const before = this.truth(object)
    const uid = before?.metadata.uid ?? `uid-${this.uids++}`
    const controller = pick(OWNERS, owner)
    const ownerReferences =
      controller === undefined
        ? undefined
        : [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: controller, controller: true }]
    this.commit(object, {
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace, uid, resourceVersion: '', creationTimestamp: '', ownerReferences },
      spec: kind === 'Pod' ? { nodeName: pick(NODES, node) || undefined, containers: [] } : {},
    } as ApiObject)
  }

  private delete(object: number): void {
    if (this.truth(object) !== undefined) this.commit(object, undefined)
  }

  private truth(object: number): ApiObject | undefined {
    const { kind, namespace, name } = pick(OBJECTS, object)
    return this.history.at(kind, this.history.head).get(keyOf({ namespace, name }))?.object
  }

  private commit(index: number, object: ApiObject | undefined): void {
    const { kind, namespace, name } = pick(OBJECTS, index)
    const before = this.truth(index)
    const revision = this.history.head + 1
    const after =
      object === undefined
        ? undefined
        : { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
    this.history.commits.push({ revision, kind, key: keyOf({ namespace, name }), before, after })
    this.store.fold(commitEvent(revision, kind, namespace, name, object))
  }

  /** A new etcd leader tells an old commit again. */
  private repeat(back: number): void {
    const commit = this.history.commits[this.history.head - 1 - back]
    if (commit === undefined) return
    const [namespace, name] = commit.key.split('/') as [string, string]
    this.store.fold(commitEvent(commit.revision, commit.kind, namespace || undefined, name, commit.after))
  }

  private checkTimeTravel(): void {
    const { oldest } = this.store
    const { head } = this.history
    equal('head', this.store.head, head)
    for (const revision of new Set([oldest, (oldest + head) >> 1, head])) {
      const view = this.store.at(revision)
      for (const kind of KINDS) {
        const wanted = [...this.history.at(kind, revision).values()].sort((a, b) => a.created - b.created)
        checkView(
          view,
          kind,
          wanted.map(({ object }) => object),
        )
      }
    }
  }

  /** What is known of single commits. */
  private checkCommits(): void {
    const { oldest } = this.store
    for (const commit of this.history.commits) {
      const { revision, kind } = commit
      if (revision < oldest) continue
      equal(`newest at the time of ${revision}`, this.store.revisionAt(revision * 1000 + 1), revision)
      if (revision === oldest) continue
      equal(`event of ${revision}`, this.store.seqOf(revision), revision * 10)
      const written = this.store.written(revision)
      equal(
        `${revision} wrote`,
        [idOf(written?.before), idOf(written?.object)],
        [idOf(commit.before), idOf(commit.after)],
      )
      const [namespace, name] = commit.key.split('/') as [string, string]
      equal(
        `${revision} of ${name}`,
        idOf(this.store.read(kind, namespace || undefined, name, revision)),
        idOf(commit.after),
      )
    }
    for (const { kind, namespace, name } of OBJECTS) {
      const kept = this.store.history(kind, namespace, name).map((version) => version.revision)
      const all = this.history.commits.filter(
        (commit) => commit.kind === kind && commit.key === keyOf({ namespace, name }),
      )
      const needed = all.filter((commit) => commit.revision > oldest).length
      const revisions = all.map((commit) => commit.revision)
      equal(`history of ${name}`, kept, revisions.slice(revisions.length - Math.max(needed, kept.length)))
    }
  }
}

const commitEvent = (
  revision: number,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  object: ApiObject | undefined,
): Parameters<ObjectStore['fold']>[0] => ({
  seq: revision * 10,
  at: revision * 1000,
  cause: revision * 10 - 1,
  data: { revision, key: storageKey(kind, namespace, name), deleted: object === undefined, object },
})

/** What a controller of a small world is told of it: every write numbered, each shown when the disturbance lets it. */
import type { Micros } from '../../src/events/envelope.ts'
import type { ApiObject } from '../../src/events/json.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { Change, IndexName, View } from '../../src/kubernetes/view.ts'
import { indexValue } from '../../src/projections/objects/buckets.ts'
import { BenchTruth } from '../support/bench-truth.ts'

/** One write, as a watch would tell it. */
export interface Written {
  readonly kind: Kind
  readonly key: string
  readonly revision: number
  /** What there is from now on; undefined when it is gone. */
  readonly object: ApiObject | undefined
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`

/** The truth of a small world, with its history. */
export class RecordedTruth extends BenchTruth {
  /** All writes, of any kind, oldest first. */
  readonly history: Written[] = []
  /** Every object that ever was, by uid: the last version of each. */
  readonly ever = new Map<string, ApiObject>()
  private readonly onWrite: (written: Written) => void

  constructor(onWrite: (written: Written) => void) {
    super()
    this.onWrite = onWrite
  }

  override put(object: ApiObject, now: Micros): ApiObject {
    const stored = super.put(object, now)
    this.ever.set(stored.metadata.uid, stored)
    this.note(stored.kind as Kind, stored.metadata.namespace, stored.metadata.name, stored)
    return stored
  }

  override remove(kind: Kind, namespace: string | undefined, name: string): void {
    if (this.get(kind, namespace, name) === undefined) return
    super.remove(kind, namespace, name)
    this.note(kind, namespace, name, undefined)
  }

  private note(kind: Kind, namespace: string | undefined, name: string, object: ApiObject | undefined): void {
    const written: Written = { kind, key: keyOf(namespace, name), revision: this.revision, object }
    this.history.push(written)
    this.onWrite(written)
  }
}

/** A view that shows one write after the other. */
export class FedView implements View {
  private readonly kinds = new Map<Kind, Map<string, ApiObject>>()
  private readonly revisions = new Map<Kind, number>()

  revision(kind: Kind): number {
    return this.revisions.get(kind) ?? 0
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.kinds.get(kind)?.get(keyOf(namespace, name)) as KindMap[K] | undefined
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    const objects = [...(this.kinds.get(kind)?.values() ?? [])] as KindMap[K][]
    return namespace === undefined ? objects : objects.filter((object) => object.metadata.namespace === namespace)
  }

  indexed<K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][] {
    return this.list(kind).filter((object) => indexValue(kind, index, object) === value)
  }

  /** Shows one write. What it knows to be older than itself it leaves out. */
  show({ kind, key, revision, object }: Written): readonly Change[] {
    if (revision <= this.revision(kind)) return []
    this.revisions.set(kind, revision)
    return this.set(kind, key, object)
  }

  /** Shows a kind as a fresh list does. */
  relist(kind: Kind, objects: ReadonlyMap<string, ApiObject>, revision: number): readonly Change[] {
    const shown = this.kinds.get(kind) ?? new Map<string, ApiObject>()
    this.revisions.set(kind, revision)
    const gone = [...shown.keys()].filter((key) => !objects.has(key))
    return [
      ...gone.flatMap((key) => this.set(kind, key, undefined)),
      ...[...objects].flatMap(([key, object]) => this.set(kind, key, object)),
    ]
  }

  private set(kind: Kind, key: string, after: ApiObject | undefined): readonly Change[] {
    const shown = this.kinds.get(kind) ?? new Map<string, ApiObject>()
    this.kinds.set(kind, shown)
    const before = shown.get(key)
    if (before === after) return []
    if (after === undefined) shown.delete(key)
    else shown.set(key, after)
    const { namespace, name, resourceVersion = '0' } = (after ?? before)?.metadata ?? { name: '' }
    return [{ kind, namespace, name, revision: Number(resourceVersion), before, after }]
  }
}

/** The view of a controller on the bench: objects that the test shows, which may be old, hidden or all there are. */
import type { ApiObject } from '../../src/events/json.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { Change, IndexName, View } from '../../src/kubernetes/view.ts'
import { indexValue } from '../../src/projections/objects/buckets.ts'
import type { BenchTruth } from './bench-truth.ts'

export class BenchView implements View {
  private readonly kinds = new Map<Kind, Map<string, ApiObject>>()
  private readonly revisions = new Map<Kind, number>()
  private readonly truth: BenchTruth

  constructor(truth: BenchTruth) {
    this.truth = truth
  }

  revision(kind: Kind): number {
    return this.revisions.get(kind) ?? 0
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.kinds.get(kind)?.get(`${namespace ?? ''}/${name}`) as KindMap[K] | undefined
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    const objects = [...(this.kinds.get(kind)?.values() ?? [])] as KindMap[K][]
    return namespace === undefined ? objects : objects.filter((object) => object.metadata.namespace === namespace)
  }

  indexed<K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][] {
    return this.list(kind).filter((object) => indexValue(kind, index, object) === value)
  }

  /** Moves a kind to the truth as it is now; gives what that shows. */
  follow(kind: Kind): readonly Change[] {
    const shown = this.kinds.get(kind) ?? new Map<string, ApiObject>()
    this.kinds.set(kind, shown)
    const changes: Change[] = []
    const truth = this.truth.of(kind)
    for (const [key, before] of [...shown]) {
      if (truth.has(key)) continue
      shown.delete(key)
      changes.push(changeOf(kind, before, undefined))
    }
    for (const [key, after] of truth) {
      const before = shown.get(key)
      if (before === after) continue
      shown.set(key, after)
      changes.push(changeOf(kind, before, after))
    }
    this.revisions.set(kind, this.truth.revision)
    return changes
  }
}

const changeOf = (kind: Kind, before: ApiObject | undefined, after: ApiObject | undefined): Change => {
  const { namespace, name, resourceVersion = '0' } = (after ?? before)?.metadata ?? { name: '' }
  return { kind, namespace, name, revision: Number(resourceVersion), before, after }
}

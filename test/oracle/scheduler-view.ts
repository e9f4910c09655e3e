/** A view that is always up to date, over plain maps: what drives the scheduler's core without a cluster around it. */
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { Change, IndexName, View } from '../../src/kubernetes/view.ts'

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`

export class MemoryView implements View {
  private readonly kinds = new Map<Kind, Map<string, KindMap[Kind]>>()
  private readonly namespaces = new Map<string, Map<string, KindMap[Kind]>>()
  private current = 0

  revision(_kind: Kind): number {
    return this.current
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.kinds.get(kind)?.get(keyOf(namespace, name)) as KindMap[K] | undefined
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    const objects = namespace === undefined ? this.kinds.get(kind) : this.namespaces.get(`${kind}/${namespace}`)
    return [...(objects?.values() ?? [])] as KindMap[K][]
  }

  indexed<K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][] {
    if (index === 'namespace') return this.list(kind, value)
    throw new RangeError(`this view has no index ${index}`)
  }

  /** Writes an object; its resourceVersion is the new revision. */
  put<K extends Kind>(kind: K, object: KindMap[K]): Change {
    this.current++
    const { namespace, name } = object.metadata
    const before = this.get(kind, namespace, name)
    const metadata = { ...object.metadata, resourceVersion: String(this.current) }
    const after = { ...object, metadata } as KindMap[Kind]
    this.mapOf(this.kinds, kind).set(keyOf(namespace, name), after)
    if (namespace !== undefined) this.mapOf(this.namespaces, `${kind}/${namespace}`).set(name, after)
    return { kind, namespace, name, revision: this.current, before, after }
  }

  /** Undefined if there is nothing to delete. */
  delete(kind: Kind, namespace: string | undefined, name: string): Change | undefined {
    const before = this.get(kind, namespace, name)
    if (before === undefined) return undefined
    this.current++
    this.kinds.get(kind)?.delete(keyOf(namespace, name))
    this.namespaces.get(`${kind}/${namespace ?? ''}`)?.delete(name)
    return { kind, namespace, name, revision: this.current, before, after: undefined }
  }

  private mapOf<K>(maps: Map<K, Map<string, KindMap[Kind]>>, key: K): Map<string, KindMap[Kind]> {
    let map = maps.get(key)
    if (map === undefined) maps.set(key, (map = new Map()))
    return map
  }
}

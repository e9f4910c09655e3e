import type { ApiObject } from '../../../events/json.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'
import type { View } from '../../../kubernetes/view.ts'

interface Assumed<O> {
  readonly object: O
  /** The version the assumption was made on; once the view shows another, the truth has come. */
  readonly basedOn: string
}

/**
 * What a plugin believes of one kind: the view, and on top of it what the plugin itself has decided and not yet seen.
 * Source: pkg/scheduler/util/assumecache/assume_cache.go (v1.36).
 */
export class AssumeCache<K extends Kind> {
  private readonly kind: K
  private readonly view: View
  private readonly assumed = new Map<string, Assumed<KindMap[K]>>()

  constructor(kind: K, view: View) {
    this.kind = kind
    this.view = view
  }

  get(namespace: string | undefined, name: string): KindMap[K] | undefined {
    const seen = this.view.get(this.kind, namespace, name)
    return this.assumed.size === 0 || seen === undefined ? seen : this.believed(seen)
  }

  list(): readonly KindMap[K][] {
    const seen = this.view.list(this.kind)
    return this.assumed.size === 0 ? seen : seen.map((object) => this.believed(object))
  }

  /** @param object what will be, made from the version that `get` gave */
  assume(object: KindMap[K]): void {
    this.assumed.set(keyOf(object), { object, basedOn: object.metadata.resourceVersion })
  }

  /** Takes an assumption back. */
  restore(namespace: string | undefined, name: string): void {
    this.assumed.delete(`${namespace ?? ''}/${name}`)
  }

  private believed(seen: KindMap[K]): KindMap[K] {
    const key = keyOf(seen)
    const assumed = this.assumed.get(key)
    if (assumed === undefined) return seen
    if (assumed.basedOn === seen.metadata.resourceVersion) return assumed.object
    this.assumed.delete(key)
    return seen
  }
}

const keyOf = ({ metadata }: ApiObject): string => `${metadata.namespace ?? ''}/${metadata.name}`

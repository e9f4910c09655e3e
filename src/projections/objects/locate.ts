import type { Kind } from '../../kubernetes/kinds.ts'
import { parseStorageKey } from '../../kubernetes/storage-key.ts'

/** A storage key taken apart as the store's tables need it. */
export interface Place<T> {
  readonly table: T
  readonly namespaced: boolean
  /** Where the object's own part of the key begins. */
  readonly start: number
}

/**
 * Finds the table of a storage key by its prefix (`/registry/pods/`), so that each prefix is parsed once.
 * Every key of a kind has the same prefix; what follows it is the name, or namespace and name.
 */
export class Locator<T> {
  private readonly tableOf: (kind: Kind) => T
  private readonly byPrefix = new Map<string, Place<T>>()

  constructor(tableOf: (kind: Kind) => T) {
    this.tableOf = tableOf
  }

  /** Undefined for a key that holds no object. */
  find(key: string): Place<T> | undefined {
    const last = key.lastIndexOf('/')
    const beforeLast = key.lastIndexOf('/', last - 1)
    return (
      this.byPrefix.get(key.slice(0, beforeLast + 1)) ??
      this.byPrefix.get(key.slice(0, last + 1)) ??
      this.learn(key, last, beforeLast)
    )
  }

  private learn(key: string, last: number, beforeLast: number): Place<T> | undefined {
    const location = parseStorageKey(key)
    if (location === undefined) return undefined
    const namespaced = location.namespace !== undefined
    const start = (namespaced ? beforeLast : last) + 1
    const place = { table: this.tableOf(location.kind), namespaced, start }
    this.byPrefix.set(key.slice(0, start), place)
    return place
  }
}

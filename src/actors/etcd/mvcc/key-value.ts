import type { EtcdKeyValue } from '../../../events/catalogue/etcd-request.ts'

/** One version of one key. Never changed: a write makes another one. The value is somebody else's object, by reference. */
export class KeyValue implements EtcdKeyValue {
  readonly key: string
  readonly value: unknown
  readonly create: number
  readonly mod: number
  /** 0 for a tombstone. */
  readonly version: number
  readonly lease: number
  readonly size: number

  constructor(key: string, value: unknown, create: number, mod: number, version: number, lease: number, size: number) {
    this.key = key
    this.value = value
    this.create = create
    this.mod = mod
    this.version = version
    this.lease = lease
    this.size = size
  }
}

/** What one revision did to one key. */
export class Change {
  /** A tombstone for a deletion. */
  readonly current: KeyValue
  /** What was there before; undefined for a new key. */
  readonly previous: KeyValue | undefined

  constructor(current: KeyValue, previous: KeyValue | undefined) {
    this.current = current
    this.previous = previous
  }

  get revision(): number {
    return this.current.mod
  }

  get deleted(): boolean {
    return this.current.version === 0
  }
}

/** Keys `[key, end)`; without `end` the one key. */
export interface Span {
  readonly key: string
  readonly end?: string
}

/** The smallest key behind all that begin with `prefix`. */
export const prefixEnd = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

export const contains = (span: Span, key: string): boolean =>
  span.end === undefined ? key === span.key : key >= span.key && key < span.end

/** Bytes that a version takes in the database besides key and value. Source: server/storage/quota.go, kvOverhead. */
const VERSION_OVERHEAD = 256

export const storedBytes = ({ key, size }: { readonly key: string; readonly size: number }): number =>
  VERSION_OVERHEAD + key.length + size

import type { EtcdKeyValue, EtcdRequest } from '../../src/events/catalogue/etcd-request.ts'

interface Version {
  readonly key: string
  readonly value: unknown
  readonly create: number
  readonly mod: number
  readonly version: number
  readonly lease: number
  readonly size: number
}

type Keys = ReadonlyMap<string, Version>

/** What the model says of one request. */
export interface ModelAnswer {
  readonly outcome: 'succeeded' | 'failed' | 'refused'
  /** Keys that changed, in order. */
  readonly changed: readonly string[]
}

/**
 * The store's meaning without its means: every state of all keys is kept, by revision, in a plain map.
 */
export class MvccModel {
  revision = 1
  compactRevision = 0
  readonly leases = new Map<number, Set<string>>()
  private readonly states = new Map<number, Keys>([[1, new Map()]])
  /** Every version ever written, tombstones included. */
  private versions: (Version & { readonly replacedAt: number | undefined })[] = []

  at(revision: number): Keys {
    return this.states.get(revision) ?? new Map()
  }

  get now(): Keys {
    return this.at(this.revision)
  }

  /** Keys in order, as of a revision. */
  range(key: string, end: string | undefined, revision: number): readonly EtcdKeyValue[] {
    return [...this.at(revision).values()]
      .filter((one) => (end === undefined ? one.key === key : one.key >= key && one.key < end))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** Revisions from `from` on that changed something in the span. */
  changes(key: string, end: string | undefined, from: number): readonly number[] {
    const concerned = this.versions.filter(
      (one) => one.mod >= from && (end === undefined ? one.key === key : one.key >= key && one.key < end),
    )
    return [...new Set(concerned.map(({ mod }) => mod))].sort((a, b) => a - b)
  }

  /** Bytes of every version that can still be read: not replaced, or replaced after the compaction. */
  get bytes(): number {
    let bytes = 0
    for (const { key, size, version, mod, replacedAt } of this.versions) {
      const gone = version === 0 ? mod < this.compactRevision : (replacedAt ?? Infinity) <= this.compactRevision
      if (!gone) bytes += 256 + key.length + size
    }
    return bytes
  }

  apply(request: EtcdRequest): ModelAnswer {
    switch (request.op) {
      case 'put':
      case 'delete':
        return this.write([request], 'succeeded')
      case 'txn': {
        const holds = request.compare.every(({ key, target, value }) => (this.now.get(key)?.[target] ?? 0) === value)
        return this.write(holds ? request.then : request.else, holds ? 'succeeded' : 'failed')
      }
      case 'compact': {
        if (request.revision <= this.compactRevision || request.revision > this.revision) return REFUSED
        this.compactRevision = request.revision
        return { outcome: 'succeeded', changed: [] }
      }
      case 'lease-grant': {
        if (this.leases.has(request.lease)) return REFUSED
        this.leases.set(request.lease, new Set())
        return { outcome: 'succeeded', changed: [] }
      }
      case 'lease-revoke':
        return this.revoke(request.lease)
      default:
        throw new Error(`the model knows no ${request.op}`)
    }
  }

  private write(
    operations: readonly (EtcdRequest & { readonly op: 'put' | 'delete' | 'range' })[],
    outcome: ModelAnswer['outcome'],
  ): ModelAnswer {
    const missing = operations.some(
      (one) => one.op === 'put' && one.lease !== undefined && one.lease !== 0 && !this.leases.has(one.lease),
    )
    if (missing) return REFUSED
    const keys = new Map(this.now)
    const changed: string[] = []
    for (const operation of operations) {
      if (operation.op === 'put') this.put(keys, operation, changed)
      else if (operation.op === 'delete') {
        const doomed = [...keys.keys()].filter((key) =>
          operation.end === undefined ? key === operation.key : key >= operation.key && key < operation.end,
        )
        for (const key of doomed.sort()) this.remove(keys, key, changed)
      }
    }
    if (changed.length > 0) this.states.set(++this.revision, keys)
    return { outcome, changed }
  }

  private put(keys: Map<string, Version>, put: EtcdRequest & { readonly op: 'put' }, changed: string[]): void {
    const mod = this.revision + 1
    const before = keys.get(put.key)
    this.replace(put.key, mod)
    const { key, value, size, lease = 0 } = put
    const version = { key, value, create: before?.create ?? mod, mod, version: (before?.version ?? 0) + 1, lease, size }
    keys.set(key, version)
    if (before !== undefined) this.leases.get(before.lease)?.delete(key)
    this.leases.get(lease)?.add(key)
    this.versions.push({ ...version, replacedAt: undefined })
    changed.push(key)
  }

  private remove(keys: Map<string, Version>, key: string, changed: string[]): void {
    const before = keys.get(key)
    if (before === undefined) return
    const mod = this.revision + 1
    this.replace(key, mod)
    keys.delete(key)
    this.leases.get(before.lease)?.delete(key)
    const tombstone = { key, value: undefined, create: 0, mod, version: 0, lease: 0, size: 0 }
    this.versions.push({ ...tombstone, replacedAt: undefined })
    changed.push(key)
  }

  private replace(key: string, at: number): void {
    this.versions = this.versions.map((one) =>
      one.key === key && one.replacedAt === undefined ? { ...one, replacedAt: at } : one,
    )
  }

  private revoke(lease: number): ModelAnswer {
    const keys = this.leases.get(lease)
    if (keys === undefined) return REFUSED
    const changed: string[] = []
    for (const key of [...keys].sort()) changed.push(...this.write([{ op: 'delete', key }], 'succeeded').changed)
    this.leases.delete(lease)
    return { outcome: 'succeeded', changed }
  }
}

const REFUSED: ModelAnswer = { outcome: 'refused', changed: [] }

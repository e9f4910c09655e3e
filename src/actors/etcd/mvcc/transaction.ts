import type {
  EtcdCompare,
  EtcdOperation,
  EtcdOperationResult,
  EtcdRange,
  EtcdTxn,
} from '../../../events/catalogue/etcd-request.ts'
import { ERROR } from './error-text.ts'
import type { Change } from './key-value.ts'
import type { MvccStore } from './store.ts'

/** Whether all comparisons hold; a missing key counts as written never. */
export const holds = (store: MvccStore, compares: EtcdTxn['compare']): boolean => {
  for (const compare of compares) if (!compareHolds(store, compare)) return false
  return true
}

const compareHolds = (store: MvccStore, { key, target, result, value }: EtcdCompare): boolean => {
  const actual = store.get(key)?.[target] ?? 0
  switch (result) {
    case '=':
      return actual === value
    case '!=':
      return actual !== value
    case '>':
      return actual > value
    case '<':
      return actual < value
  }
}

/** Why these operations cannot be run now; undefined if they can. All or nothing: looked at before the first is run. */
export const refusalOf = (store: MvccStore, operations: readonly EtcdOperation[]): string | undefined => {
  for (const operation of operations) {
    if (operation.op === 'put') {
      if (operation.lease !== undefined && operation.lease !== 0 && !store.leases.has(operation.lease)) {
        return ERROR.leaseNotFound
      }
    } else if (operation.op === 'range') {
      const refusal = rangeRefusal(store, operation)
      if (refusal !== undefined) return refusal
    }
  }
  return undefined
}

export const rangeRefusal = (store: MvccStore, { revision = 0 }: EtcdRange): string | undefined => {
  if (revision > store.revision) return ERROR.futureRevision
  return revision > 0 && revision < store.compactRevision ? ERROR.compacted : undefined
}

/** Runs operations in order under one new revision; what they change is added to `changes`. */
export const run = (
  store: MvccStore,
  operations: readonly EtcdOperation[],
  ref: number,
  changes: Change[],
): readonly EtcdOperationResult[] => {
  const revision = store.revision + 1
  const results = operations.map((operation) => runOne(store, operation, revision, ref, changes))
  if (changes.length > 0) store.revision = revision
  return results
}

const runOne = (
  store: MvccStore,
  operation: EtcdOperation,
  revision: number,
  ref: number,
  changes: Change[],
): EtcdOperationResult => {
  switch (operation.op) {
    case 'put': {
      const change = store.put(operation, revision, ref)
      changes.push(change)
      return { op: 'put', previous: change.previous?.mod ?? 0 }
    }
    case 'delete': {
      const keys = operation.end === undefined ? [operation.key] : keysOf(store, operation)
      const before = changes.length
      for (const key of keys) {
        const change = store.delete(key, revision, ref)
        if (change !== undefined) changes.push(change)
      }
      return { op: 'delete', deleted: changes.length - before, previous: changes[before]?.previous?.mod ?? 0 }
    }
    case 'range':
      return rangeOf(store, operation)
  }
}

const keysOf = (store: MvccStore, span: { readonly key: string; readonly end?: string }): readonly string[] =>
  store.range(span, store.revision, Infinity).keys.map(({ key }) => key)

export const rangeOf = (store: MvccStore, request: EtcdRange): EtcdOperationResult => {
  const { revision = 0, limit = 0, countOnly = false } = request
  const at = revision === 0 ? store.revision : revision
  const { keys, count } = store.range(request, at, countOnly ? 1 : limit === 0 ? Infinity : limit)
  const mod = keys[0]?.mod ?? 0
  if (countOnly) return { op: 'range', count, more: false, mod }
  return { op: 'range', count, more: count > keys.length, mod, keys }
}

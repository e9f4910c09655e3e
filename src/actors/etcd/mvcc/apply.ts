import { InvariantError } from '../../../engine/invariant.ts'
import type {
  EtcdOperation,
  EtcdOperationResult,
  EtcdRequest,
  EtcdResponse,
} from '../../../events/catalogue/etcd-request.ts'
import type { Entry } from '../raft/entry.ts'
import { ERROR } from './error-text.ts'
import type { Change } from './key-value.ts'
import { LEASE_TTL_MAX } from './leases.ts'
import { costOf } from './quota.ts'
import type { MvccStore } from './store.ts'
import { holds, refusalOf, run } from './transaction.ts'

/** What a decided entry did, the same on every member. */
export interface Applied {
  readonly outcome: EtcdResponse['outcome']
  readonly error?: string
  readonly results: readonly EtcdOperationResult[]
  /** In order; one revision may hold several. */
  readonly changes: readonly Change[]
}

/**
 * The state machine: takes one decided entry. Deterministic, so that members that apply the same entries are the same.
 * Source: server/etcdserver/apply/apply.go.
 */
export const apply = (store: MvccStore, entry: Entry): Applied => {
  if (entry.index !== store.appliedIndex + 1) {
    throw new InvariantError(`entry ${store.appliedIndex + 1} is applied next, not ${entry.index}`)
  }
  store.appliedIndex = entry.index
  const { request } = entry
  if (request === undefined) return DONE
  if (store.alarms.size > 0 && costOf(request) > 0) return refused(ERROR.noSpace)
  return applyRequest(store, request, entry.ref)
}

const applyRequest = (store: MvccStore, request: EtcdRequest, ref: number): Applied => {
  switch (request.op) {
    case 'put':
    case 'delete':
    case 'range':
      return execute(store, [request], 'succeeded', ref)
    case 'txn': {
      const succeeded = holds(store, request.compare)
      return execute(store, succeeded ? request.then : request.else, succeeded ? 'succeeded' : 'failed', ref)
    }
    case 'compact':
      return compact(store, request.revision)
    case 'lease-grant':
      return grant(store, request.lease, request.ttl)
    case 'lease-revoke':
      return revoke(store, request.lease, ref)
    case 'alarm':
      if (request.active) store.alarms.add(request.member)
      // Disarming member 0 disarms all. Source: etcdctl alarm disarm.
      else if (request.member === 0) store.alarms.clear()
      else store.alarms.delete(request.member)
      store.note('alarm', store.alarms.size)
      return DONE
    case 'member-add':
    case 'member-remove':
      // Raft itself has applied it.
      return DONE
    case 'lease-keep-alive':
    case 'defragment':
    case 'move-leader':
      throw new InvariantError(`${request.op} is answered by one member and never enters the log`)
  }
}

const execute = (
  store: MvccStore,
  operations: readonly EtcdOperation[],
  outcome: 'succeeded' | 'failed',
  ref: number,
): Applied => {
  const refusal = refusalOf(store, operations)
  if (refusal !== undefined) return refused(refusal)
  const changes: Change[] = []
  return { outcome, results: run(store, operations, ref, changes), changes }
}

const compact = (store: MvccStore, revision: number): Applied => {
  if (revision <= store.compactRevision) return refused(ERROR.compacted)
  if (revision > store.revision) return refused(ERROR.futureRevision)
  store.compact(revision)
  return DONE
}

const grant = (store: MvccStore, id: number, ttl: number): Applied => {
  if (ttl > LEASE_TTL_MAX) return refused(ERROR.leaseTtlTooLarge)
  if (store.leases.has(id)) return refused(ERROR.leaseExists)
  store.leases.grant(id, ttl)
  store.note('lease-grant', id)
  return DONE
}

/**
 * Deletes a lease and its keys, in order of their names, as upstream does to stay deterministic.
 *
 * Abridged: upstream deletes them all in one revision, here each gets its own. So a revision names one object, in the whole
 * of Seatrial; Kubernetes itself never writes two keys in one transaction.
 */
const revoke = (store: MvccStore, id: number, ref: number): Applied => {
  const lease = store.leases.get(id)
  if (lease === undefined) return refused(ERROR.leaseNotFound)
  const changes: Change[] = []
  for (const key of [...lease.keys].sort()) {
    const change = store.delete(key, store.revision + 1, ref)
    if (change === undefined) continue
    store.revision += 1
    changes.push(change)
  }
  store.leases.remove(id)
  store.note('lease-revoke', id)
  return { outcome: 'succeeded', results: [], changes }
}

const refused = (error: string): Applied => ({ outcome: 'refused', error, results: [], changes: [] })

const DONE: Applied = { outcome: 'succeeded', results: [], changes: [] }

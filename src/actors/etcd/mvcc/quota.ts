import type { EtcdOperation, EtcdRequest } from '../../../events/catalogue/etcd-request.ts'
import { requestBytes } from '../raft/entry.ts'
import { ERROR } from './error-text.ts'
import { storedBytes } from './key-value.ts'
import type { MvccStore } from './store.ts'

/** Size at which a member's database accepts no more. Source: server/storage/quota.go, DefaultQuotaBytes. */
export const QUOTA_BYTES = 2_147_483_648
/** Source: server/embed/config.go, DefaultMaxRequestBytes. */
export const REQUEST_BYTES_MAX = 1_572_864
/** Source: server/embed/config.go, DefaultMaxTxnOps. */
export const TXN_OPERATIONS_MAX = 128
/** Source: server/storage/quota.go, leaseOverhead. */
const LEASE_BYTES = 64

/** Bytes by which a request may make the database grow; 0 if it takes no space. Source: server/storage/quota.go, Cost. */
export const costOf = (request: EtcdRequest): number => {
  switch (request.op) {
    case 'put':
      return storedBytes(request)
    case 'txn':
      return Math.max(costOfAll(request.then), costOfAll(request.else))
    case 'lease-grant':
      return LEASE_BYTES
    default:
      return 0
  }
}

const costOfAll = (operations: readonly EtcdOperation[]): number => {
  let cost = 0
  for (const operation of operations) if (operation.op === 'put') cost += storedBytes(operation)
  return cost
}

/** Whether a request must be refused, and the alarm raised, because this member's database would grow beyond its quota. */
export const exceedsQuota = (store: MvccStore, request: EtcdRequest, quotaBytes: number): boolean => {
  const cost = costOf(request)
  return cost > 0 && store.bytesAllocated + cost >= quotaBytes
}

/** Why a request is refused before anyone else hears of it; undefined if it is well-formed. Source: server/etcdserver/api/v3rpc/key.go. */
export const malformation = (request: EtcdRequest): string | undefined => {
  switch (request.op) {
    case 'put':
    case 'delete':
    case 'range':
      if (request.key === '') return ERROR.keyEmpty
      break
    case 'lease-grant':
      if (request.ttl <= 0) return ERROR.ttlZero
      break
    case 'txn': {
      const { compare, then, else: otherwise } = request
      if (Math.max(compare.length, then.length, otherwise.length) > TXN_OPERATIONS_MAX) return ERROR.tooManyOperations
      if (compare.some(({ key }) => key === '')) return ERROR.keyEmpty
      const refusal = operationsMalformation(then) ?? operationsMalformation(otherwise)
      if (refusal !== undefined) return refusal
      break
    }
  }
  return requestBytes(request) > REQUEST_BYTES_MAX ? ERROR.requestTooLarge : undefined
}

/** One transaction writes one revision, so it may put a key only once, and not together with its deletion. */
const operationsMalformation = (operations: readonly EtcdOperation[]): string | undefined => {
  if (operations.some(({ key }) => key === '')) return ERROR.keyEmpty
  if (operations.length < 2) return undefined
  const puts = new Set<string>()
  for (const operation of operations) {
    if (operation.op !== 'put') continue
    if (puts.has(operation.key)) return ERROR.duplicateKey
    puts.add(operation.key)
  }
  for (const operation of operations) {
    if (operation.op !== 'delete') continue
    const { key, end } = operation
    for (const put of puts) {
      if (end === undefined ? put === key : put >= key && put < end) return ERROR.duplicateKey
    }
  }
  return undefined
}

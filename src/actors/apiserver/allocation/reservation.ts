import { etcd, type Procedure } from '../procedure.ts'
import { unexpectedError, type Status } from '../../../kubernetes/status.ts'

/** Whom a number is for. */
export interface Owner {
  readonly namespace: string | undefined
  readonly name: string
}

/** About what a reservation takes in etcd. */
const SIZE = 300

export const ipKey = (ip: string): string => `/registry/ipaddresses/${ip}`
/** Abridged: upstream keeps all node ports in one object, a bitmap; here each has a key of its own, as addresses have. */
export const portKey = (port: number): string => `/registry/ranges/servicenodeports/${port}`

/**
 * Takes a number in etcd, so that no other API server gives it away too. False when somebody has it.
 * Source: pkg/registry/core/service/ipallocator/ipallocator.go, createIPAddress: an object per address (v1.36).
 */
export function* reserve(key: string, { namespace, name }: Owner): Procedure<boolean | Status> {
  const parentRef = { group: '', resource: 'services', namespace, name }
  const metadata = { name: key.slice(key.lastIndexOf('/') + 1) }
  const value = { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata, spec: { parentRef } }
  const response = yield* etcd({
    op: 'txn',
    compare: [{ key, target: 'mod', result: '=', value: 0 }],
    then: [{ op: 'put', key, size: SIZE, value }],
    else: [],
  })
  return response.outcome === 'refused' ? unexpectedError(response.error ?? '') : response.outcome === 'succeeded'
}

/** Gives numbers back. What cannot be given back now stays taken. Abridged: no repair loop finds it. */
export function* release(keys: readonly string[]): Procedure<void> {
  for (const key of keys) yield* etcd({ op: 'delete', key })
}

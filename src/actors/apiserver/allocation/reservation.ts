import type { ApiObject } from '../../../events/json.ts'
import { unexpectedError, type Status } from '../../../kubernetes/status.ts'
import type { IPAddress } from '../../../kubernetes/types/ingress.ts'
import { etcd, type Procedure } from '../procedure.ts'
import { bornNow } from '../registry/birth.ts'
import { createdByServer } from '../registry/field-tracking.ts'
import type { World } from '../world.ts'
import { ipOf } from './number-keys.ts'

/** Whom a number is for. */
export interface Owner {
  readonly namespace: string | undefined
  readonly name: string
}

/** About what a reservation takes in etcd. */
const SIZE = 300

interface Reservation {
  readonly spec?: { readonly parentRef?: Owner }
}

/**
 * Takes a number in etcd, so that no other API server gives it away too. `kept`: this owner has it already, by a create that
 * broke off. Source: pkg/registry/core/service/ipallocator/ipallocator.go, createIPAddress: an object per address (v1.36).
 */
export function* reserve(
  key: string,
  { namespace, name }: Owner,
  world: World,
): Procedure<'taken' | 'kept' | 'refused' | Status> {
  const parentRef = { resource: 'services', namespace, name }
  const ip = ipOf(key)
  const value = ip === undefined ? { spec: { parentRef } } : addressObject(ip, { parentRef }, world)
  const response = yield* etcd({
    op: 'txn',
    compare: [{ key, target: 'mod', result: '=', value: 0 }],
    then: [{ op: 'put', key, size: SIZE, value }],
    else: [{ op: 'range', key }],
  })
  if (response.outcome === 'refused') return unexpectedError(response.error ?? '')
  if (response.outcome === 'succeeded') return 'taken'
  const [result] = response.results ?? []
  const present = result?.op === 'range' ? (result.keys?.[0]?.value as Reservation | undefined) : undefined
  const holder = present?.spec?.parentRef
  return holder?.namespace === namespace && holder?.name === name ? 'kept' : 'refused'
}

/** Source: ipallocator.go, createIPAddress. */
const addressObject = (name: string, spec: IPAddress['spec'], world: World): ApiObject => {
  const address: IPAddress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name,
      ...bornNow('IPAddress', undefined, name, world),
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec,
  }
  return createdByServer(address, world)
}

/** Gives numbers back. What cannot be given back now is found by `repairAddresses`; a port stays taken. */
export function* release(keys: readonly string[], { addresses }: World): Procedure<void> {
  for (const key of keys) {
    yield* etcd({ op: 'delete', key })
    addresses.free(key)
  }
}

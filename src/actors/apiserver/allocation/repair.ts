import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { IPAddress } from '../../../kubernetes/types/ingress.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Answer } from '../answer.ts'
import { etcd, type Procedure } from '../procedure.ts'
import type { World } from '../world.ts'
import { ipKey } from './number-keys.ts'
import { reserve } from './reservation.ts'
import { clusterIPsOf } from './service-spec.ts'

/** A young address may be that of a Service that is being written. Source: repairip.go, gracePeriod. */
const GRACE: Micros = seconds(60)

/**
 * Makes addresses and Services agree again: an address of a Service that is gone, or has another, is freed; one that a Service
 * has and that nobody notes is noted. Undefined when they agree.
 * Source: pkg/registry/core/service/ipallocator/controller/repairip.go, syncService and syncIPAddress (v1.36).
 * Abridged: looks every three minutes, upstream at each change as well, and tells nobody of it in Events.
 */
export function repairAddresses(world: World): Procedure<Answer> | undefined {
  const { view } = world.cache
  const leaked = view.list('IPAddress').filter((address) => isLeaked(address, world))
  const missing = view
    .list('Service')
    .flatMap((service) => clusterIPsOf(service.spec).map((ip) => ({ ip, service })))
    .filter(({ ip }) => view.get('IPAddress', undefined, ip) === undefined && world.addresses.contains(ip))
  return leaked.length + missing.length === 0 ? undefined : repair(leaked, missing, world)
}

function isLeaked({ metadata, spec }: IPAddress, { cache, now }: World): boolean {
  if (metadata.labels?.['ipaddress.kubernetes.io/managed-by'] !== 'ipallocator.k8s.io') return false
  if (now - (parseTime(metadata.creationTimestamp) ?? now) < GRACE) return false
  const { namespace, name } = spec.parentRef
  const service = cache.view.get('Service', namespace, name)
  return service === undefined || !clusterIPsOf(service.spec).includes(metadata.name)
}

function* repair(
  leaked: readonly IPAddress[],
  missing: readonly { readonly ip: string; readonly service: Service }[],
  world: World,
): Procedure<Answer> {
  for (const { metadata } of leaked) {
    const key = ipKey(metadata.name)
    // Another server may have given it away meanwhile: then it is not the one that was seen.
    yield* etcd({
      op: 'txn',
      compare: [{ key, target: 'mod', result: '=', value: Number(metadata.resourceVersion) }],
      then: [{ op: 'delete', key }],
      else: [],
    })
  }
  for (const { ip, service } of missing) {
    const { namespace, name } = service.metadata
    yield* reserve(ipKey(ip), { namespace, name }, world)
  }
  return { code: 200 }
}

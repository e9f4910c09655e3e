import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { findCondition, setCondition } from '../../../kubernetes/conditions.ts'
import { parseTime, rfc3339 } from '../../../kubernetes/time.ts'
import type { IPAddress, ServiceCIDR } from '../../../kubernetes/types/ingress.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'
import type { View } from '../../../kubernetes/view.ts'
import { containsAddress, containsRange, isOfService, overlap, rangesOf } from './ranges.ts'

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
/** So long API servers may not yet know that a range goes, and give out its addresses. */
const DELETION_GRACE: Micros = seconds(10)

const READY: Condition = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
const TERMINATING: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
}

/**
 * Says of each range of Service addresses that it may be used, and keeps one that is deleted as long as addresses lie in it
 * and in no other. Source: pkg/controller/servicecidrs/servicecidrs_controller.go, sync and canDeleteCIDR (v1.36).
 */
export const serviceCIDRsController = defineController({
  name: 'service-cidr-controller',
  account: 'service-cidrs-controller',
  kinds: ['ServiceCIDR', 'IPAddress'],
  workers: 5,
  maxRetries: 15,
  memory: () => undefined,

  *wakes({ kind, name, before, after }, { view }) {
    if (kind === 'ServiceCIDR') {
      yield name
      if (before !== undefined && after !== undefined) return
      // What comes may free another to go. Upstream looks only at what comes: a range that goes frees nobody.
      const range = after as ServiceCIDR | undefined
      for (const other of range === undefined ? [] : view.list('ServiceCIDR')) {
        if (overlap(other, range as ServiceCIDR)) yield other.metadata.name
      }
      return
    }
    const address = (after ?? before) as IPAddress
    if ((before !== undefined && after !== undefined) || !isOfService(address)) return
    for (const range of view.list('ServiceCIDR')) {
      if (containsAddress(rangesOf(range), address.metadata.name)) yield range.metadata.name
    }
  },

  *reconcile(name, world): Sync {
    const range = world.view.get('ServiceCIDR', undefined, name)
    if (range === undefined) return
    const { deletionTimestamp, finalizers = [] } = range.metadata
    const isGuarded = finalizers.includes(FINALIZER)
    if (deletionTimestamp === undefined) {
      const guarded = isGuarded
        ? undefined
        : yield* patch(name, { metadata: { finalizers: [...finalizers, FINALIZER] } })
      if (guarded !== undefined) return { retry: guarded }
      const told = yield* tell(range, READY, world.now)
      if (told === undefined) return
      const message = 'The ServiceCIDR Status can not be set to Ready=True'
      world.event('ServiceCIDR', range, 'Warning', 'KubernetesServiceCIDRError', message)
      return { retry: told }
    }
    if (!mayGo(range, world.view)) {
      const told = yield* tell(range, TERMINATING, world.now)
      return told === undefined ? undefined : { retry: told }
    }
    const left = DELETION_GRACE - (world.now - (parseTime(deletionTimestamp) ?? 0))
    if (left > 0) return { after: left }
    if (!isGuarded) return
    const freed = yield* patch(name, { metadata: { finalizers: finalizers.filter((one) => one !== FINALIZER) } })
    return freed === undefined ? undefined : { retry: freed }
  },
})

/** Whether no address would be left in no range. */
function mayGo(range: ServiceCIDR, view: View): boolean {
  const { name } = range.metadata
  const others = view
    .list('ServiceCIDR')
    .filter(({ metadata }) => metadata.name !== name)
    .map(rangesOf)
  const own = rangesOf(range)
  const isWithinOthers = own.every((inner) =>
    others.some((ranges) => ranges.some((outer) => containsRange(outer, inner))),
  )
  if (isWithinOthers) return true
  for (const address of view.list('IPAddress')) {
    const { name: text } = address.metadata
    if (!isOfService(address) || !containsAddress(own, text)) continue
    if (!others.some((ranges) => containsAddress(ranges, text))) return false
  }
  return true
}

/** Upstream applies the condition anew at each look; here it is written when it says something else. */
function* tell({ metadata, status }: ServiceCIDR, condition: Condition, now: Micros): Sync<string | undefined> {
  const before = findCondition(status?.conditions, 'Ready')
  if (before?.status === condition.status && before.message === condition.message) return undefined
  const conditions = setCondition(status?.conditions, condition, rfc3339(now))
  return yield* patch(metadata.name, { status: { conditions } }, 'status')
}

/** Gives why it could not. */
function* patch(name: string, body: object, subresource?: string): Sync<string | undefined> {
  const answer = yield* call({ verb: 'patch', kind: 'ServiceCIDR', name, subresource, patchType: 'merge', body })
  return answer.ok || answer.code === 404 ? undefined : answer.message
}

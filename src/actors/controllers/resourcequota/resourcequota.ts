import { minutes } from '../../../events/time.ts'
import { defineController, type Controller, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { ResourceQuota } from '../../../kubernetes/types/core.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { countsFor, isReplenished, mayCount } from './replenishment.ts'
import { measured, sameAmounts } from './usage.ts'

/** Source: cmd/kube-controller-manager/app/options, ConcurrentResourceQuotaSyncs and ResourceQuotaSyncPeriod (v1.36). */
const WORKERS = 5
const FULL_RESYNC = minutes(5)

/** Names of the quotas of each namespace that has any. */
type Memory = Map<string, Set<string>>

/**
 * Counts again what each ResourceQuota limits, whenever something went that counted or the limits changed. What is created
 * is counted by the API server's admission; this controller gives back, and corrects.
 * Source: pkg/controller/resourcequota/resource_quota_controller.go, syncResourceQuota (v1.36).
 */
export const resourceQuotaController = (namespaced: readonly Kind[]): Controller => {
  const counted = namespaced.filter(mayCount)
  return defineController<Memory>({
    name: 'resourcequota-controller',
    clients: 2,
    asks: 'when built',
    kinds: [...new Set<Kind>(['ResourceQuota', ...counted])],
    workers: WORKERS,
    memory: () => new Map(),
    ticks: [
      {
        name: 'resync',
        every: FULL_RESYNC,
        run: ({ view }) => view.list('ResourceQuota').map((quota) => keyOf(quota)),
      },
    ],

    wakes: (change, world) => {
      const quotas = world.memory.get(change.namespace ?? '')
      const replenished = quotas === undefined ? NOBODY : toReplenish(change, quotas, world)
      return change.kind === 'ResourceQuota' ? [...quotaChanged(change, world.memory), ...replenished] : replenished
    },

    *reconcile(key, world): Sync {
      const { namespace, name } = splitKey(key)
      const quota = world.view.get('ResourceQuota', namespace, name)
      if (quota === undefined) return
      const hard = quota.spec.hard ?? {}
      const used = measured(quota, counted, world.view, world.now)
      const { status } = quota
      const isCurrent =
        status?.hard !== undefined &&
        status.used !== undefined &&
        sameAmounts(status.hard, hard) &&
        sameAmounts(status.used, used)
      if (isCurrent) return
      const body: ResourceQuota = { ...quota, status: { hard, used } }
      const answer = yield* call({
        verb: 'update',
        kind: 'ResourceQuota',
        namespace,
        name,
        subresource: 'status',
        body,
      })
      if (!answer.ok) return { retry: answer.message }
    },
  })
}

const NOBODY: readonly Wake[] = []

/** New limits, and quotas that are new; what happens to a status is this controller's own work or that of admission. */
const quotaChanged = ({ namespace = '', name, ...change }: Change, memory: Memory): readonly Wake[] => {
  const before = change.before as ResourceQuota | undefined
  const after = change.after as ResourceQuota | undefined
  const quotas = memory.get(namespace)
  if (after === undefined) {
    quotas?.delete(name)
    if (quotas?.size === 0) memory.delete(namespace)
  } else if (quotas === undefined) memory.set(namespace, new Set([name]))
  else quotas.add(name)
  const isNews =
    before === undefined || after === undefined || !sameAmounts(before.spec.hard ?? {}, after.spec.hard ?? {})
  return isNews ? [keyFor(namespace, name)] : NOBODY
}

/** Source: resource_quota_controller.go, replenishQuota. */
const toReplenish = (change: Change, quotas: ReadonlySet<string>, { view, now }: World<Memory>): readonly Wake[] => {
  if (!isReplenished(change, now)) return NOBODY
  const { namespace, kind } = change
  return [...quotas].flatMap((name) => {
    const hard = view.get('ResourceQuota', namespace, name)?.status?.hard
    return hard !== undefined && countsFor(kind, hard) ? [keyFor(namespace, name)] : []
  })
}

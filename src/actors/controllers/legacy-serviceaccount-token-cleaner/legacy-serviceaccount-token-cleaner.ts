import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Micros } from '../../../events/envelope.ts'
import { hours } from '../../../events/time.ts'
import { namesIn } from '../../../kubernetes/pod-references.ts'
import {
  accountNameOf,
  dayOf,
  INVALID_SINCE,
  isAbout,
  isTokenSecret,
  LAST_USED,
} from '../../../kubernetes/service-account-tokens/secrets.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import type { View } from '../../../kubernetes/view.ts'

/** Source: pkg/controller/serviceaccount/config/v1alpha1/defaults.go, CleanUpPeriod. */
const UNUSED_FOR: Micros = hours(365 * 24)
const EVERY: Micros = hours(24)

const TRACKING = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' } as const
const ALL = 'tokens'

const isDay = (text: string): boolean => startOf(text) !== undefined
const startOf = (day: string): Micros | undefined => parseTime(`${day}T00:00:00Z`)

/**
 * Marks tokens that were made for accounts by themselves and that nobody has used for a year as invalid, and deletes them when
 * they have been so for another year. Source: pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go (v1.36).
 */
export const legacyTokenCleaner = defineController({
  name: 'legacy-serviceaccount-token-cleaner-controller',
  account: 'legacy-service-account-token-cleaner',
  kinds: ['ServiceAccount', 'Secret', 'Pod'],
  workers: 1,
  memory: () => undefined,
  wakes: () => [],
  ticks: [
    {
      name: 'evaluate service account tokens',
      every: EVERY,
      run: () => [ALL],
    },
  ],

  /** What goes wrong is left for the next day. */
  *reconcile(_key, { view, now }): Sync {
    const tracking = yield* call({ verb: 'get', kind: 'ConfigMap', ...TRACKING })
    const since = tracking.ok ? startOf(tracking.object?.data?.['since'] ?? '') : undefined
    // The first day counts only when it is over.
    if (since === undefined || now < since + EVERY + UNUSED_FOR) return
    const oldest = now - UNUSED_FOR
    for (const secret of view.list('Secret')) {
      if (!isTokenSecret(secret) || !isForgotten(secret, oldest) || isNeeded(secret, view)) continue
      const { namespace, name, uid, resourceVersion, labels } = secret.metadata
      const invalid = labels?.[INVALID_SINCE] ?? ''
      if (!isDay(invalid)) {
        const body = { metadata: { uid, labels: { [INVALID_SINCE]: dayOf(now) } } }
        yield* call({ verb: 'patch', kind: 'Secret', namespace, name, patchType: 'merge', body })
      } else if (invalid < dayOf(oldest)) {
        const options = { preconditions: { resourceVersion } }
        yield* call({ verb: 'delete', kind: 'Secret', namespace, name, options })
      }
    }
  },
})

/** Neither made nor used since then. A day of use that cannot be read says nothing, so the token stays. */
function isForgotten({ metadata }: Secret, oldest: Micros): boolean {
  const { creationTimestamp, deletionTimestamp, labels } = metadata
  if (deletionTimestamp !== undefined || (parseTime(creationTimestamp) ?? 0) >= oldest) return false
  const used = labels?.[LAST_USED]
  return used === undefined || (isDay(used) && used < dayOf(oldest))
}

/** Whether a Pod mounts it, or somebody may have made it by hand: only what its account lists was made by itself. */
function isNeeded(secret: Secret, view: View): boolean {
  const { namespace, name } = secret.metadata
  const account = view.get('ServiceAccount', namespace, accountNameOf(secret))
  if (account === undefined || !isAbout(secret, account)) return true
  if (account.secrets?.some((one) => one.name === name) !== true) return true
  return view.list('Pod', namespace).some((pod) => namesIn(pod, 'secrets').has(name))
}

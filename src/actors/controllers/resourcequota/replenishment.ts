import type { Micros } from '../../../events/envelope.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { countedNames, isOver, usageOf } from '../../../kubernetes/quota/usage.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Change } from '../../../kubernetes/view.ts'

/** Source: pkg/quota/v1/install/registry.go, DefaultIgnoredResources (v1.36). */
const IGNORED: ReadonlySet<Kind> = new Set<Kind>(['Event'])

/** Whether objects of a kind count for quotas at all. */
export const mayCount = (kind: Kind): boolean => !IGNORED.has(kind)

/** Whether objects of a kind count for one of these limits. */
export const countsFor = (kind: Kind, hard: ResourceList): boolean =>
  countedNames(Object.keys(hard), kindRow(kind)).length > 0

/**
 * Whether a change can have given something back: an object went, a Pod ended, something asks for more or less than before.
 * What is created was counted when it was admitted. Source: pkg/quota/v1/install/update_filter.go, DefaultUpdateFilter (v1.36).
 */
export const isReplenished = ({ kind, before, after }: Change, now: Micros): boolean => {
  if (before === undefined) return false
  if (after === undefined) return true
  switch (kind) {
    case 'Pod':
      if (isOver(before as Pod, now)) return false
      return isOver(after as Pod, now) || asksOtherwise(before as Pod, after as Pod)
    case 'Service':
    case 'PersistentVolumeClaim':
      return !sameJson(usageOf(before, kindRow(kind), now), usageOf(after, kindRow(kind), now))
    default:
      return false
  }
}

const asksOtherwise = (before: Pod, after: Pod): boolean =>
  before.spec !== after.spec &&
  !sameJson(
    before.spec.containers.map(({ resources }) => resources),
    after.spec.containers.map(({ resources }) => resources),
  )

import { findCondition } from '../../../kubernetes/conditions.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'
import type { Condition, Time } from '../../../kubernetes/types/meta.ts'
import type { Left } from './content.ts'

/** What each condition says when all is well, in the order in which they stand. Source: status_condition_utils.go. */
const FINE: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
]

/**
 * A namespace's conditions after a pass over its content; the same array if they say nothing new.
 * Source: pkg/controller/namespace/deletion/status_condition_utils.go, updateConditions (v1.36).
 */
export const conditionsAfter = (namespace: Namespace, left: Left, now: Time): readonly Condition[] => {
  const before = namespace.status?.conditions ?? []
  const bad = troubles(left)
  let isNews = namespace.status?.conditions === undefined
  const after = FINE.map(([type, reason, message]): Condition => {
    const [badReason, badMessage] = bad.get(type) ?? []
    const status = badReason === undefined ? 'False' : 'True'
    const next = { type, status, reason: badReason ?? reason, message: badMessage ?? message } as const
    const old = findCondition(before, type)
    const isSame = old?.status === next.status && old.reason === next.reason && old.message === next.message
    if (isSame) return old
    isNews = true
    return { ...next, lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now }
  })
  return isNews ? [...before.filter(({ type }) => !FINE.some(([ours]) => ours === type)), ...after] : before
}

const troubles = ({
  byResource,
  byFinalizer,
  failures,
  undiscovered,
}: Left): ReadonlyMap<string, readonly [string, string]> => {
  const bad = new Map<string, readonly [string, string]>()
  if (undiscovered.length > 0) {
    const message = `Discovery failed for some groups, ${undiscovered.length} failing: ${discoveryFailure(undiscovered)}`
    bad.set('NamespaceDeletionDiscoveryFailure', ['DiscoveryFailed', message])
  }
  if (failures.length > 0) {
    const message = `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`
    bad.set('NamespaceDeletionContentFailure', ['ContentDeletionFailed', message])
  }
  if (byResource.size > 0) {
    const message = `Some resources are remaining: ${list(byResource, (what, n) => `${what} has ${n} resource instances`)}`
    bad.set('NamespaceContentRemaining', ['SomeResourcesRemain', message])
  }
  if (byFinalizer.size > 0) {
    const what = list(byFinalizer, (finalizer, n) => `${finalizer} in ${n} resource instances`)
    const message = `Some content in the namespace has finalizers remaining: ${what}`
    bad.set('NamespaceFinalizersRemaining', ['SomeFinalizersRemain', message])
  }
  return bad
}

/** Source: client-go/discovery/discovery_client.go, ErrGroupDiscoveryFailed; aggregated_discovery.go, StaleGroupVersionError. */
export const discoveryFailure = (versions: readonly string[]): string =>
  `unable to retrieve the complete list of server APIs: ${versions
    .toSorted()
    .map((one) => `${one}: stale GroupVersion discovery: ${one}`)
    .join(', ')}`

/** Sorted, so that the same says the same. */
const list = (counts: ReadonlyMap<string, number>, phrase: (what: string, count: number) => string): string =>
  [...counts]
    .map(([what, count]) => phrase(what, count))
    .sort()
    .join(', ')

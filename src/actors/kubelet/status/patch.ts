import { findCondition } from '../../../kubernetes/conditions.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { PodCondition, PodStatus } from '../../../kubernetes/types/pod.ts'
import { withMembers } from '../../../kubernetes/with-members.ts'
import { KUBELET_CONDITIONS } from './conditions.ts'

type Members = Readonly<Record<string, unknown>>

/** A strategic merge patch of `pods/status`. */
export interface StatusPatch {
  readonly metadata: { readonly uid: string }
  readonly status: Members
}

/**
 * What to send so that the API's status becomes `next`: conditions by their type, everything else whole. Undefined when
 * nothing differs. Source: pkg/util/pod/pod.go, PatchPodStatus; apimachinery/pkg/util/strategicpatch/patch.go (v1.36).
 */
export const statusPatch = (uid: string, shown: PodStatus | undefined, next: PodStatus): StatusPatch | undefined => {
  const after = withOthers(shown, next)
  const status: Record<string, unknown> = {}
  diffConditions(shown?.conditions ?? [], after.conditions ?? [], status)
  diffMembers((shown ?? {}) as Members, after as Members, status)
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status }
}

/** What others own is kept as the API shows it: their conditions, resource claims. Source: status_manager.go, mergePodStatus. */
export const withOthers = (shown: PodStatus | undefined, next: PodStatus): PodStatus => {
  const conditions: PodCondition[] = []
  for (const condition of shown?.conditions ?? [])
    if (!KUBELET_CONDITIONS.has(condition.type)) conditions.push(condition)
  for (const condition of next.conditions ?? []) if (KUBELET_CONDITIONS.has(condition.type)) conditions.push(condition)
  const { resourceClaimStatuses, extendedResourceClaimStatus } = shown ?? {}
  return withMembers(next, { conditions, resourceClaimStatuses, extendedResourceClaimStatus })
}

/** Whether the API shows what the kubelet would have it show. */
export const shows = (shown: PodStatus | undefined, next: PodStatus): boolean =>
  statusPatch('', shown, next) === undefined

/** Members that differ, `null` for those that go. Lists are replaced as a whole, as container statuses are. */
const diffMembers = (before: Members, after: Members, diff: Record<string, unknown>): void => {
  for (const key of Object.keys(after)) {
    if (key === 'conditions') continue
    const [old, now] = [before[key], after[key]]
    if (now === undefined || sameJson(old, now)) continue
    if (isMembers(old) && isMembers(now)) {
      const inner: Record<string, unknown> = {}
      diffMembers(old, now, inner)
      diff[key] = inner
    } else diff[key] = now
  }
  for (const key of Object.keys(before)) {
    if (key !== 'conditions' && isThere(before[key]) && after[key] === undefined) diff[key] = null
  }
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const diffConditions = (
  before: readonly PodCondition[],
  after: readonly PodCondition[],
  diff: Record<string, unknown>,
): void => {
  const changed: Members[] = []
  for (const condition of after) {
    const old = findCondition(before, condition.type)
    const news = old === undefined ? membersOf(condition) : diffCondition(old, condition)
    if (news !== undefined) changed.push(news)
  }
  for (const { type } of before) {
    if (findCondition(after, type) === undefined) changed.push({ $patch: 'delete', type })
  }
  if (changed.length === 0) return
  if (before.length > 0) diff['$setElementOrder/conditions'] = after.map(({ type }) => ({ type }))
  diff['conditions'] = changed
}

const membersOf = (condition: PodCondition): Members => ({ ...condition })

const CONDITION_MEMBERS = [
  'status',
  'reason',
  'message',
  'lastTransitionTime',
  'lastProbeTime',
  'observedGeneration',
] as const

/** A null time is no time. */
const diffCondition = (before: PodCondition, after: PodCondition): Members | undefined => {
  let diff: Record<string, unknown> | undefined
  for (const member of CONDITION_MEMBERS) {
    const [old, now] = [before[member] ?? undefined, after[member] ?? undefined]
    if (old === now) continue
    diff ??= { type: after.type }
    diff[member] = now ?? null
  }
  return diff
}

import { sameJson } from '../../../kubernetes/hash.ts'
import type { PodCondition, PodStatus } from '../../../kubernetes/types/pod.ts'
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
  const { conditions: shownConditions, ...before } = shown ?? {}
  const { conditions, ...after } = withOthers(shown, next)
  const status = { ...diffConditions(shownConditions ?? [], conditions ?? []), ...diffMembers(before, after) }
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status }
}

/** What others own is kept as the API shows it: their conditions, resource claims. Source: status_manager.go, mergePodStatus. */
export const withOthers = (shown: PodStatus | undefined, next: PodStatus): PodStatus => {
  const others = (shown?.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.has(type))
  const own = (next.conditions ?? []).filter(({ type }) => KUBELET_CONDITIONS.has(type))
  const { resourceClaimStatuses, extendedResourceClaimStatus } = shown ?? {}
  return { ...next, conditions: [...others, ...own], resourceClaimStatuses, extendedResourceClaimStatus }
}

/** Whether the API shows what the kubelet would have it show. */
export const shows = (shown: PodStatus | undefined, next: PodStatus): boolean =>
  statusPatch('', shown, next) === undefined

/** Members that differ, `null` for those that go. Lists are replaced as a whole, as container statuses are. */
const diffMembers = (before: Members, after: Members): Members => {
  const diff: Record<string, unknown> = {}
  for (const key of Object.keys(after)) {
    const [old, now] = [before[key], after[key]]
    if (now === undefined || sameJson(old, now)) continue
    diff[key] = isMembers(old) && isMembers(now) ? diffMembers(old, now) : now
  }
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && before[key] !== null && after[key] === undefined) diff[key] = null
  }
  return diff
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const diffConditions = (before: readonly PodCondition[], after: readonly PodCondition[]): Members => {
  const changed: Members[] = []
  for (const condition of after) {
    const old = before.find(({ type }) => type === condition.type)
    const diff = old === undefined ? { ...condition } : diffMembers(members(old), members(condition))
    if (Object.keys(diff).length > 0) changed.push({ ...diff, type: condition.type })
  }
  for (const { type } of before) {
    if (!after.some((condition) => condition.type === type)) changed.push({ $patch: 'delete', type })
  }
  if (changed.length === 0) return {}
  const order = after.map(({ type }) => ({ type }))
  return before.length === 0 ? { conditions: changed } : { '$setElementOrder/conditions': order, conditions: changed }
}

/** A null time is no time. */
const members = ({ lastProbeTime, ...rest }: PodCondition): Members =>
  lastProbeTime === null || lastProbeTime === undefined ? rest : { ...rest, lastProbeTime }

import type { Micros } from '../../events/envelope.ts'
import { hours, minutes } from '../../events/time.ts'
import { compareQuantities, milliValue } from '../../kubernetes/quantity.ts'
import { parseTime } from '../../kubernetes/time.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { OBSERVED } from './pod-patch.ts'
import { policyOf, type RecommendedContainer, type VerticalPodAutoscaler } from './types.ts'

/** Source: pkg/updater/priority/update_priority_calculator.go and pkg/updater/main.go, flags (VPA 1.5). */
const POD_LIFETIME: Micros = hours(12)
const QUICK_OOM: Micros = minutes(10)
/** In thousandths. */
const MIN_CHANGE_MILLI = 100

export interface UpdatePriority {
  readonly pod: Pod
  readonly isOutside: boolean
  readonly wantsMore: boolean
  /** How far requests are from what is recommended, in thousandths of the requests, over all resources. */
  readonly diffMilli: number
}

/** How urgently a Pod should get what is recommended; undefined when it need not. */
export const updatePriority = (
  autoscaler: VerticalPodAutoscaler,
  pod: Pod,
  recommended: readonly RecommendedContainer[],
  now: Micros,
): UpdatePriority | undefined => {
  const priority = compare(pod, recommended)
  const isQuickOOM = endedQuickly(autoscaler, pod)
  if (!priority.isOutside && !isQuickOOM) {
    const startedAt = parseTime(pod.status?.startTime ?? '')
    if (startedAt === undefined || now < startedAt + POD_LIFETIME) return undefined
    if (priority.diffMilli < MIN_CHANGE_MILLI) return undefined
  }
  return isQuickOOM && priority.diffMilli === 0 ? undefined : priority
}

/** Those that want more first, then those that are farthest off. */
export const mostUrgentFirst = (a: UpdatePriority, b: UpdatePriority): number =>
  Number(b.wantsMore) - Number(a.wantsMore) || b.diffMilli - a.diffMilli

/** Source: pkg/updater/priority/priority_processor.go, GetUpdatePriority. */
const compare = (pod: Pod, recommended: readonly RecommendedContainer[]): UpdatePriority => {
  let isOutside = false
  let wantsMore = false
  const requested = new Map<string, number>()
  const wanted = new Map<string, number>()
  const observed = observedContainers(pod)
  for (const { name, resources: asked } of pod.spec.containers) {
    // What it has, not what it asks for: a resize that does not come about is to be noticed. Source: pkg/utils/resources/resourcehelpers.go.
    const resources = pod.status?.containerStatuses?.find((status) => status.name === name)?.resources ?? asked
    const one = recommended.find(({ containerName }) => containerName === name)
    if (one === undefined || (observed !== undefined && !observed.has(name))) continue
    for (const [resource, target] of Object.entries(one.target)) {
      wanted.set(resource, (wanted.get(resource) ?? 0) + milliValue(target))
      const request = resources?.requests?.[resource]
      if (request === undefined) {
        isOutside = true
        wantsMore = true
        continue
      }
      requested.set(resource, (requested.get(resource) ?? 0) + milliValue(request))
      if (compareQuantities(target, request) > 0) wantsMore = true
      const lower = one.lowerBound?.[resource]
      const upper = one.upperBound?.[resource]
      if (lower !== undefined && compareQuantities(request, lower) < 0) isOutside = true
      if (upper !== undefined && compareQuantities(request, upper) > 0) isOutside = true
    }
  }
  let diffMilli = 0
  for (const [resource, amount] of wanted) {
    const asked = requested.get(resource) ?? 0
    diffMilli += Math.floor((Math.abs(asked - amount) * 1000) / Math.max(asked, 1))
  }
  return { pod, isOutside, wantsMore, diffMilli }
}

const observedContainers = ({ metadata }: Pod): ReadonlySet<string> | undefined => {
  const text = metadata.annotations?.[OBSERVED]
  return text === undefined ? undefined : new Set(text.split(',').map((name) => name.trim()))
}

/** Whether a container was killed for its memory within ten minutes of its start. */
const endedQuickly = (autoscaler: VerticalPodAutoscaler, { status }: Pod): boolean =>
  (status?.containerStatuses ?? []).some(({ name, lastState }) => {
    const ended = lastState?.terminated
    if (ended?.reason !== 'OOMKilled' || policyOf(autoscaler, name)?.mode === 'Off') return false
    const [from, to] = [parseTime(ended.startedAt ?? ''), parseTime(ended.finishedAt ?? '')]
    return from !== undefined && to !== undefined && to - from < QUICK_OOM
  })

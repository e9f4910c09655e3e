import type { Micros } from '../../../events/envelope.ts'
import { minutes } from '../../../events/time.ts'
import type { World } from '../../../engine/client/controller.ts'
import { splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { isTerminal, isTerminating, podCondition } from '../../../kubernetes/pods.ts'
import { parseTime, rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/** How long a Pod may be marked for disruption without being deleted. Source: disruption.go, stalePodDisruptionTimeout (v1.36). */
const STALE_AFTER: Micros = minutes(2)

const DISRUPTION_TARGET = 'DisruptionTarget'

/** In how long a Pod's mark is stale; undefined for one that is not marked, or is on its way out. A kubelet's mark never is. */
export const staleIn = (pod: Pod, now: Micros): Micros | undefined => {
  const condition = podCondition(pod, DISRUPTION_TARGET)
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined
  if (isTerminating(pod) || isTerminal(pod)) return undefined
  return Math.max(0, STALE_AFTER - (now - (parseTime(condition.lastTransitionTime ?? '') ?? 0)))
}

/** Takes back the mark of a Pod that was to be disrupted and was not. Source: disruption.go, syncStalePodDisruption. */
export function* clearStale(key: string, { view, now }: World): Sync {
  const { namespace, name } = splitKey(key)
  const pod = view.get('Pod', namespace, name)
  const wait = pod === undefined ? undefined : staleIn(pod, now)
  if (pod === undefined || wait === undefined) return
  if (wait > 0) return { after: wait }
  const time = rfc3339(now)
  const cleared = { type: DISRUPTION_TARGET, status: 'False', lastProbeTime: null, lastTransitionTime: time } as const
  const body = { ...pod, status: { ...pod.status, conditions: setCondition(pod.status?.conditions, cleared, time) } }
  const answer = yield* call({ verb: 'update', kind: 'Pod', namespace, name, subresource: 'status', body })
  if (!answer.ok) return { retry: answer.message }
}

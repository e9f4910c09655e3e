/** Pods. Source: pkg/registry/core/pod/strategy.go (v1.36). */
import type { ObjectMeta } from '../../events/json.ts'
import type { Time } from '../types/meta.ts'
import type { Pod, PodSpec, PodStatus } from '../types/pod.ts'
import type { Draft } from '../draft.ts'
import { defaultPod } from '../defaulting/pod.ts'
import { isTerminal } from '../pods.ts'
import { computeQOS } from '../qos.ts'
import { podWarnings } from '../warnings/pod.ts'
import { withMembers } from '../with-members.ts'
import { validatePod, validatePodUpdate } from '../validation/pod/pod.ts'
import { validatePodStatusUpdate } from '../validation/pod/status.ts'
import { withAppArmor } from './app-armor.ts'
import { withLabelKeys } from './pod-label-keys.ts'
import { defineStrategy, keepStatus, specChanged } from './strategy.ts'

export const podStrategy = defineStrategy<Pod>({
  defaults: defaultPod,
  prepareForCreate: (pod, now) =>
    withMembers(pod, {
      spec: withAppArmor(pod, withGrace(withLabelKeys(pod))),
      status: { phase: 'Pending', qosClass: computeQOS(pod.spec ?? {}), ...gated(pod, now) },
    }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: (next, before) => {
    const qosClass = next.status?.qosClass ?? before.status?.qosClass
    const status = qosClass === undefined ? next.status : withMembers(next.status ?? {}, { qosClass })
    return withMembers(next, { spec: before.spec, metadata: withOwners(next, before), status })
  },
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  graceSeconds: podGraceSeconds,
  warnings: podWarnings,
  check: validatePod,
  checkUpdate: validatePodUpdate,
  checkStatusUpdate: validatePodStatusUpdate,
})

/** Old kubelets corrupt them. */
function withOwners({ metadata = {} }: Draft<Pod>, before: Pod): Draft<ObjectMeta> {
  const { ownerReferences } = before.metadata
  if (ownerReferences === undefined && metadata.ownerReferences === undefined) return metadata
  return { ...metadata, ownerReferences }
}

/** A negative one asks for the shortest. */
const withGrace = (spec: Draft<PodSpec>): Draft<PodSpec> =>
  (spec.terminationGracePeriodSeconds ?? 0) < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec

function gated(pod: Draft<Pod>, now: Time | undefined): Pick<Draft<PodStatus>, 'conditions'> {
  if ((pod.spec?.schedulingGates ?? []).length === 0) return {}
  const message = 'Scheduling is blocked due to non-empty scheduling gates'
  const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'SchedulingGated', message }
  return { conditions: [now === undefined ? condition : { ...condition, lastTransitionTime: now }] }
}

/**
 * Seconds between a Pod's deletion and its end: as requested, else as its spec says; none for one that no kubelet holds or
 * that has finished. Source: strategy.go, CheckGracefulDelete.
 */
export function podGraceSeconds(pod: Pod, requested: number | undefined): number {
  if ((pod.spec.nodeName ?? '') === '' || isTerminal(pod)) return 0
  const seconds = requested ?? pod.spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 ? 1 : seconds
}

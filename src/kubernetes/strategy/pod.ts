/** Pods. Source: pkg/registry/core/pod/strategy.go (v1.36). */
import type { Pod } from '../types/pod.ts'
import type { Draft } from '../draft.ts'
import { defaultPod } from '../defaulting/pod.ts'
import { isTerminal } from '../pods.ts'
import { computeQOS } from '../qos.ts'
import { validatePod, validatePodUpdate } from '../validation/pod/pod.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { defineStrategy, keepStatus, specChanged } from './strategy.ts'

export const podStrategy = defineStrategy<Pod>({
  defaults: defaultPod,
  prepareForCreate: (pod) => ({
    ...pod,
    status: { phase: 'Pending', qosClass: computeQOS(pod.spec ?? {}), ...gated(pod) },
  }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: (next, before) => ({
    ...next,
    spec: before.spec,
    // Old kubelets corrupt them.
    metadata: { ...next.metadata, ownerReferences: before.metadata.ownerReferences },
    status: { ...next.status, qosClass: next.status?.qosClass ?? before.status?.qosClass },
  }),
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  graceSeconds: podGraceSeconds,
  check: validatePod,
  checkUpdate: validatePodUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

function gated(pod: Draft<Pod>): Pick<Draft<NonNullable<Pod['status']>>, 'conditions'> {
  if ((pod.spec?.schedulingGates ?? []).length === 0) return {}
  const message = 'Scheduling is blocked due to non-empty scheduling gates'
  return { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message }] }
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

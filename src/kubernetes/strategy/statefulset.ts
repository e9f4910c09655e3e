/** StatefulSets and ControllerRevisions. Source: pkg/registry/apps/{statefulset,controllerrevision}/strategy.go (v1.36). */
import type { ControllerRevision, StatefulSet } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { defaultStatefulSet } from '../defaulting/workloads.ts'
import {
  validateControllerRevision,
  validateControllerRevisionUpdate,
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from '../validation/statefulset.ts'
import { podSpecWarnings } from '../warnings/pod.ts'
import { withMembers } from '../with-members.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

export const statefulSetStrategy = defineStrategy<StatefulSet>({
  defaults: defaultStatefulSet,
  prepareForCreate: (statefulSet) =>
    resetStatus(withoutMaxUnavailable(statefulSet, undefined), { replicas: 0, availableReplicas: 0 }),
  prepareForUpdate: (next, before) => keepStatus(withoutMaxUnavailable(next, before), before),
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: ({ spec }) => {
    const own = podSpecWarnings(spec?.template?.spec ?? {}, spec?.template?.metadata, 'spec.template.')
    if ((spec?.revisionHistoryLimit ?? 0) >= 0) return own
    const advice = 'a negative value retains all historical revisions; a value >= 0 is recommended'
    return [...own, `spec.revisionHistoryLimit: ${advice}`]
  },
  check: validateStatefulSet,
  checkUpdate: validateStatefulSetUpdate,
  checkStatusUpdate: validateStatefulSetStatusUpdate,
})

/** Feature MaxUnavailableStatefulSet is off in v1.36.2: the field goes unless it was there. */
function withoutMaxUnavailable(next: Draft<StatefulSet>, before: StatefulSet | undefined): Draft<StatefulSet> {
  const { rollingUpdate } = next.spec?.updateStrategy ?? {}
  if (rollingUpdate?.maxUnavailable === undefined) return next
  if (before?.spec.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return next
  const { maxUnavailable: _off, ...rest } = rollingUpdate
  const updateStrategy = { ...next.spec?.updateStrategy, rollingUpdate: rest }
  return withMembers(next, { spec: withMembers(next.spec ?? {}, { updateStrategy }) })
}

export const controllerRevisionStrategy = defineStrategy<ControllerRevision>({
  check: validateControllerRevision,
  checkUpdate: validateControllerRevisionUpdate,
})

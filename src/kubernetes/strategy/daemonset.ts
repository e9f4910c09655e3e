/** DaemonSets. Source: pkg/registry/apps/daemonset/strategy.go; pkg/apis/apps/v1/conversion.go (v1.36). */
import type { DaemonSet } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { defaultDaemonSet } from '../defaulting/workloads.ts'
import { sameJson } from '../hash.ts'
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from '../validation/daemonset.ts'
import { podSpecWarnings } from '../warnings/pod.ts'
import { withMembers } from '../with-members.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

/** How often the template has changed: once a field of the spec, kept by the server whatever users write. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

const NOTHING_SCHEDULED = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
}

export const daemonSetStrategy = defineStrategy<DaemonSet>({
  defaults: defaultDaemonSet,
  prepareForCreate: (daemonSet) => resetStatus(withTemplateGeneration(daemonSet, 1), NOTHING_SCHEDULED),
  prepareForUpdate: (next, before) => {
    const changes = sameJson(next.spec?.template, before.spec.template) ? 0 : 1
    return keepStatus(withTemplateGeneration(next, templateGeneration(before) + changes), before)
  },
  prepareForStatusUpdate: (next, before) => withTemplateGeneration(keepSpec(next, before), templateGeneration(before)),
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: ({ spec }) => podSpecWarnings(spec?.template?.spec ?? {}, spec?.template?.metadata, 'spec.template.'),
  check: validateDaemonSet,
  checkUpdate: validateDaemonSetUpdate,
  checkStatusUpdate: validateDaemonSetStatusUpdate,
})

const templateGeneration = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0)

const withTemplateGeneration = (daemonSet: Draft<DaemonSet>, generation: number): Draft<DaemonSet> =>
  withMembers(daemonSet, {
    metadata: {
      ...daemonSet.metadata,
      annotations: { ...daemonSet.metadata?.annotations, [TEMPLATE_GENERATION]: String(generation) },
    },
  })

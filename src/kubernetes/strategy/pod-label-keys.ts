/**
 * `matchLabelKeys` and `mismatchLabelKeys` become requirements of their selector when the Pod is made, with the Pod's own
 * values; keys that the Pod has no label for count for nothing, and a term that selects nothing stays so.
 *
 * Source: pkg/registry/core/pod/strategy.go, mutatePodAffinity and mutateTopologySpreadConstraints (v1.36).
 */
import type { Draft } from '../draft.ts'
import type { LabelSelector, LabelSelectorRequirement, Labels } from '../types/meta.ts'
import type { Pod, PodSpec } from '../types/pod.ts'
import type { PodAffinityTerm } from '../types/scheduling.ts'

type Spec = Draft<PodSpec>
type Side = NonNullable<NonNullable<Spec['affinity']>['podAffinity']>

/** The Pod's spec with the keys in its selectors; the spec itself where it names none. */
export function withLabelKeys(pod: Draft<Pod>): Spec {
  const spec = pod.spec ?? {}
  const labels = pod.metadata?.labels ?? {}
  const { affinity, topologySpreadConstraints } = spec
  const constraints = topologySpreadConstraints?.map((constraint) =>
    withRequirements(constraint, requirements(constraint.matchLabelKeys, 'In', labels)),
  )
  if (affinity?.podAffinity === undefined && affinity?.podAntiAffinity === undefined) {
    return constraints === undefined ? spec : { ...spec, topologySpreadConstraints: constraints }
  }
  const { podAffinity, podAntiAffinity } = affinity
  const merged = {
    ...affinity,
    ...(podAffinity === undefined ? {} : { podAffinity: mergedSide(podAffinity, labels) }),
    ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: mergedSide(podAntiAffinity, labels) }),
  }
  const spread = constraints === undefined ? {} : { topologySpreadConstraints: constraints }
  return { ...spec, affinity: merged, ...spread }
}

function mergedSide(side: Side, labels: Labels): Side {
  const required = side.requiredDuringSchedulingIgnoredDuringExecution
  const preferred = side.preferredDuringSchedulingIgnoredDuringExecution
  return {
    ...side,
    ...(required === undefined
      ? {}
      : { requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => mergedTerm(term, labels)) }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((weighted) =>
            weighted.podAffinityTerm === undefined
              ? weighted
              : { ...weighted, podAffinityTerm: mergedTerm(weighted.podAffinityTerm, labels) },
          ),
        }),
  }
}

const mergedTerm = (term: Draft<PodAffinityTerm>, labels: Labels): Draft<PodAffinityTerm> =>
  withRequirements(term, [
    ...requirements(term.matchLabelKeys, 'In', labels),
    ...requirements(term.mismatchLabelKeys, 'NotIn', labels),
  ])

function requirements(
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Labels,
): readonly LabelSelectorRequirement[] {
  if (keys === undefined) return []
  return keys.flatMap((key) => {
    const value = labels[key]
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
}

function withRequirements<T extends { readonly labelSelector?: Draft<LabelSelector> }>(
  holder: T,
  added: readonly LabelSelectorRequirement[],
): T {
  const { labelSelector } = holder
  if (labelSelector === undefined || added.length === 0) return holder
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added]
  return { ...holder, labelSelector: { ...labelSelector, matchExpressions } }
}

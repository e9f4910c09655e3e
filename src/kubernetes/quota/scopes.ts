/** Which objects a quota is about. Source: pkg/quota/v1/evaluator/core/pods.go, podMatchesScopeFunc and podMatchesSelector (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import { qosOf } from '../qos.ts'
import type { ResourceQuota, ScopedResourceSelectorRequirement } from '../types/core.ts'
import type { Pod } from '../types/pod.ts'
import type { PersistentVolumeClaim } from '../types/storage.ts'
import type { PodAffinityTerm } from '../types/scheduling.ts'

/** All that a quota demands of an object: its scopes are selectors that a thing exists. */
export const selectorsOf = ({ spec }: ResourceQuota): readonly ScopedResourceSelectorRequirement[] => [
  ...(spec.scopes ?? []).map((scopeName): ScopedResourceSelectorRequirement => ({ scopeName, operator: 'Exists' })),
  ...(spec.scopeSelector?.matchExpressions ?? []),
]

/** Whether an object is in all scopes of a quota. Objects of kinds that know no scopes are in none. */
export function isInScopes(quota: ResourceQuota, object: ApiObject): boolean {
  const selectors = selectorsOf(quota)
  if (selectors.length === 0) return true
  if (object.kind === 'Pod') return selectors.every((selector) => podMatches(selector, object as Pod))
  if (object.kind === 'PersistentVolumeClaim') {
    return selectors.every((selector) => claimMatches(selector, object as PersistentVolumeClaim))
  }
  return false
}

const podMatches = (selector: ScopedResourceSelectorRequirement, pod: Pod): boolean => {
  const { spec } = pod
  switch (selector.scopeName) {
    case 'Terminating':
      return (spec.activeDeadlineSeconds ?? -1) >= 0
    case 'NotTerminating':
      return (spec.activeDeadlineSeconds ?? -1) < 0
    case 'BestEffort':
      return qosOf(pod) === 'BestEffort'
    case 'NotBestEffort':
      return qosOf(pod) !== 'BestEffort'
    case 'PriorityClass':
      return valueMatches(selector, spec.priorityClassName ?? '')
    case 'CrossNamespacePodAffinity':
      return usesOtherNamespaces(pod)
    default:
      return false
  }
}

const claimMatches = (selector: ScopedResourceSelectorRequirement, { spec }: PersistentVolumeClaim): boolean =>
  selector.scopeName === 'VolumeAttributesClass' && valueMatches(selector, spec?.volumeAttributesClassName ?? '')

const valueMatches = ({ operator, values = [] }: ScopedResourceSelectorRequirement, value: string): boolean => {
  switch (operator) {
    case 'Exists':
      return value !== ''
    case 'DoesNotExist':
      return value === ''
    case 'In':
      return value !== '' && values.includes(value)
    case 'NotIn':
      return !values.includes(value)
  }
}

const usesOtherNamespaces = ({ spec: { affinity } }: Pod): boolean => {
  const sets = [affinity?.podAffinity, affinity?.podAntiAffinity]
  return sets.some((set) => {
    const preferred = (set?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }) => podAffinityTerm,
    )
    return [...(set?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...preferred].some(isAcross)
  })
}

const isAcross = ({ namespaces = [], namespaceSelector }: PodAffinityTerm): boolean =>
  namespaces.length > 0 || namespaceSelector !== undefined

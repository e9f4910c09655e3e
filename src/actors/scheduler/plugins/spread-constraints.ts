import {
  compileRequirements,
  formatRequirements,
  matchesMap,
  matchNothing,
  requirementsOf,
  type LabelMatch,
  type Requirement,
} from '../../../kubernetes/selectors.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import type { Labels, LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { TopologySpreadConstraint } from '../../../kubernetes/types/scheduling.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { PluginArgs } from '../framework/configuration.ts'

export const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

/** A constraint of one Pod, compiled. Source: plugins/podtopologyspread/common.go, topologySpreadConstraint. */
export interface SpreadConstraint {
  readonly maxSkew: number
  readonly minDomains: number
  readonly topologyKey: string
  readonly selector: LabelMatch
  /** Identity of `selector`. */
  readonly selectorKey: string
  /** Only nodes that the Pod's node selector and affinity allow make domains. */
  readonly honorAffinity: boolean
  /** Only nodes whose taints the Pod tolerates make domains. */
  readonly honorTaints: boolean
}

/** Source: plugins/podtopologyspread/plugin.go, systemDefaultConstraints. */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
]

export const isSystemDefaulted = (args: PluginArgs): boolean => (args.defaultingType ?? 'System') === 'System'

export const defaultConstraints = (args: PluginArgs): readonly TopologySpreadConstraint[] =>
  isSystemDefaulted(args) ? SYSTEM_DEFAULTS : (args.defaultConstraints ?? [])

/** The Pod's own constraints of one kind or, if it has none at all, the defaults for Pods of a workload. */
export function constraintsOf(
  pod: Pod,
  kind: TopologySpreadConstraint['whenUnsatisfiable'],
  defaults: readonly TopologySpreadConstraint[],
  view: View,
): readonly SpreadConstraint[] {
  const own = pod.spec.topologySpreadConstraints
  if (own !== undefined && own.length > 0) {
    return own
      .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === kind)
      .map((constraint) => compile(constraint, ownRequirements(pod, constraint)))
  }
  const applicable = defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === kind)
  if (applicable.length === 0) return []
  const requirements = workloadRequirements(pod, view)
  return requirements.length === 0 ? [] : applicable.map((constraint) => compile(constraint, requirements))
}

function compile(
  constraint: TopologySpreadConstraint,
  requirements: readonly Requirement[] | undefined,
): SpreadConstraint {
  const { maxSkew, minDomains, topologyKey, nodeAffinityPolicy, nodeTaintsPolicy } = constraint
  return {
    maxSkew,
    minDomains: minDomains ?? 1,
    topologyKey,
    selector: requirements === undefined ? matchNothing : compileRequirements(requirements),
    selectorKey: requirements === undefined ? '!' : formatRequirements(requirements),
    honorAffinity: nodeAffinityPolicy !== 'Ignore',
    honorTaints: nodeTaintsPolicy === 'Honor',
  }
}

/** Undefined selects nothing. The API server merges `matchLabelKeys` at creation; merging twice changes nothing. */
function ownRequirements(
  { metadata }: Pod,
  { labelSelector, matchLabelKeys }: TopologySpreadConstraint,
): readonly Requirement[] | undefined {
  if (labelSelector === undefined) return undefined
  const requirements = [...requirementsOf(labelSelector)]
  for (const key of matchLabelKeys ?? []) {
    const text = metadata.labels?.[key]
    if (text !== undefined) requirements.push({ key, operator: 'in', values: [text] })
  }
  return requirements
}

const equalities = (labels: Labels): readonly Requirement[] =>
  Object.entries(labels).map(([key, text]) => ({ key, operator: '=', values: [text] }))

/**
 * What selects the Pods of the workload this one belongs to: its Services' selectors and its controller's, all together.
 * Source: plugins/helper/spread.go, DefaultSelector (v1.36).
 */
function workloadRequirements(pod: Pod, view: View): readonly Requirement[] {
  const { namespace, labels } = pod.metadata
  let merged: Record<string, string> = {}
  for (const { spec } of view.list('Service', namespace)) {
    if (matchesMap(spec.selector, labels)) merged = { ...merged, ...spec.selector }
  }
  const owner = controllerOf(pod)
  if (owner === undefined) return equalities(merged)
  switch (`${owner.apiVersion}/${owner.kind}`) {
    case 'v1/ReplicationController': {
      const selector = view.get('ReplicationController', namespace, owner.name)?.spec.selector
      return equalities({ ...merged, ...selector })
    }
    case 'apps/v1/ReplicaSet':
      return [...equalities(merged), ...selected(view.get('ReplicaSet', namespace, owner.name)?.spec.selector)]
    case 'apps/v1/StatefulSet':
      return [...equalities(merged), ...selected(view.get('StatefulSet', namespace, owner.name)?.spec.selector)]
    default:
      return equalities(merged)
  }
}

const selected = (selector: LabelSelector | undefined): readonly Requirement[] =>
  selector === undefined ? [] : requirementsOf(selector)

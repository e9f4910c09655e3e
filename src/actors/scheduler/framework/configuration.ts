/**
 * What an operator may set: kubescheduler.config.k8s.io/v1, KubeSchedulerConfiguration, as it is written in YAML.
 *
 * Source: staging/src/k8s.io/kube-scheduler/config/v1/{types,types_pluginargs}.go; defaults from
 * pkg/scheduler/apis/config/v1/{defaults,default_plugins}.go (v1.36).
 */
import type { NodeAffinity, TopologySpreadConstraint } from '../../../kubernetes/types/scheduling.ts'

export interface KubeSchedulerConfiguration {
  readonly apiVersion?: string
  readonly kind?: string
  /** How many nodes are looked at side by side. 1: feasible nodes in order of evaluation; more: in any order. Default here 1. */
  readonly parallelism?: number
  /** 0 or absent: adaptive. */
  readonly percentageOfNodesToScore?: number
  readonly podInitialBackoffSeconds?: number
  readonly podMaxBackoffSeconds?: number
  readonly leaderElection?: {
    readonly leaderElect?: boolean
    /** The Lease for which the scheduler's instances compete. */
    readonly resourceName?: string
    readonly resourceNamespace?: string
  }
  readonly clientConnection?: { readonly qps?: number; readonly burst?: number }
  /** Refused: extenders are not simulated. */
  readonly extenders?: readonly unknown[]
  readonly profiles?: readonly KubeSchedulerProfile[]
}

export interface KubeSchedulerProfile {
  readonly schedulerName?: string
  readonly percentageOfNodesToScore?: number
  readonly plugins?: Plugins
  readonly pluginConfig?: readonly PluginConfig[]
}

export interface PluginReference {
  readonly name: string
  readonly weight?: number
}

export interface PluginSet {
  readonly enabled?: readonly PluginReference[]
  /** `*` stands for all defaults. */
  readonly disabled?: readonly PluginReference[]
}

export const EXTENSION_POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const

export type ExtensionPoint = (typeof EXTENSION_POINTS)[number]

export type Plugins = { readonly [point in ExtensionPoint | 'multiPoint']?: PluginSet }

/** Arguments by plugin name; what a plugin of one's own takes is its own affair. */
export interface PluginConfig {
  readonly name: string
  readonly args?: PluginArgs
}

export interface WeightedResource {
  readonly name: string
  readonly weight?: number
}

export interface ScoringStrategy {
  readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  readonly resources?: readonly WeightedResource[]
  readonly requestedToCapacityRatio?: {
    readonly shape?: readonly { readonly utilization: number; readonly score: number }[]
  }
}

/** The arguments of every plugin that has any, in one shape: names do not collide but where they mean the same. */
export interface PluginArgs {
  readonly scoringStrategy?: ScoringStrategy
  readonly ignoredResources?: readonly string[]
  readonly ignoredResourceGroups?: readonly string[]
  /** NodeResourcesBalancedAllocation. */
  readonly resources?: readonly WeightedResource[]
  /** InterPodAffinity. */
  readonly hardPodAffinityWeight?: number
  readonly ignorePreferredTermsOfExistingPods?: boolean
  /** NodeAffinity. */
  readonly addedAffinity?: NodeAffinity
  /** PodTopologySpread. */
  readonly defaultConstraints?: readonly TopologySpreadConstraint[]
  readonly defaultingType?: 'List' | 'System'
  /** DefaultPreemption. */
  readonly minCandidateNodesPercentage?: number
  readonly minCandidateNodesAbsolute?: number
  /** VolumeBinding. */
  readonly bindTimeoutSeconds?: number
}

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler'

/**
 * Order matters: it decides which reason a node is rejected for.
 *
 * Abridged: NodeDeclaredFeatures (on in v1.36, for Pods that need a node's new features) is left out, as are extenders and
 * the alpha plugins for Pod groups.
 */
export const DEFAULT_PLUGINS: readonly PluginReference[] = [
  { name: 'SchedulingGates' },
  { name: 'PrioritySort' },
  { name: 'NodeUnschedulable' },
  { name: 'NodeName' },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeRestrictions' },
  { name: 'NodeVolumeLimits' },
  { name: 'VolumeBinding' },
  { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  { name: 'DynamicResources', weight: 2 },
  { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
  { name: 'DefaultBinder' },
]

/**
 * The defaults as an operator changes them: a plugin named again keeps its place, a new one goes to the end.
 * Source: apis/config/v1/default_plugins.go, mergePluginSet.
 */
export function mergePluginSet(
  defaults: readonly PluginReference[],
  custom: PluginSet | undefined,
): readonly PluginReference[] {
  const disabled = new Set(custom?.disabled?.map(({ name }) => name))
  const enabled = custom?.enabled ?? []
  const replacing = new Set<PluginReference>()
  const merged: PluginReference[] = []
  for (const plugin of disabled.has('*') ? [] : defaults) {
    if (disabled.has(plugin.name)) continue
    const replacement = enabled.find(({ name }) => name === plugin.name)
    if (replacement !== undefined) replacing.add(replacement)
    merged.push(replacement ?? plugin)
  }
  for (const plugin of enabled) if (!replacing.has(plugin)) merged.push(plugin)
  return merged
}

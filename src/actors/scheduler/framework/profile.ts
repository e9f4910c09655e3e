import type { View } from '../../../kubernetes/view.ts'
import { invariant } from '../../../engine/invariant.ts'
import type { ClusterCache } from './cluster-cache.ts'
import {
  DEFAULT_PLUGINS,
  DEFAULT_SCHEDULER_NAME,
  mergePluginSet,
  type ExtensionPoint,
  type KubeSchedulerProfile,
  type PluginReference,
} from './configuration.ts'
import type { CycleState } from './cycle-state.ts'
import type { NodeInfo } from './node-info.ts'
import type { Nominations } from './nominations.ts'
import type { PluginFactory, PluginHandle, SchedulerPlugin } from './plugin.ts'
import type { PodInfo } from './pod-info.ts'
import type { Status } from './status.ts'

/** What a profile stands on; shared by all profiles of a scheduler. */
export interface ProfileGround {
  readonly cache: ClusterCache
  readonly view: View
  readonly nominations: Nominations
  readonly preempting: ReadonlySet<string>
  below(n: number): number
}

export interface ScorePlugin {
  readonly plugin: SchedulerPlugin
  readonly weight: number
}

/**
 * The plugins that decide for the Pods of one scheduler name, in their order at each extension point.
 * Source: pkg/scheduler/framework/runtime/framework.go, NewFramework and expandMultiPointPlugins (v1.36).
 */
export class Profile implements PluginHandle {
  readonly name: string
  readonly percentageOfNodesToScore: number | undefined
  readonly cache: ClusterCache
  readonly view: View
  readonly nominations: Nominations
  readonly preempting: ReadonlySet<string>
  readonly preEnqueue: readonly SchedulerPlugin[]
  readonly queueSort: SchedulerPlugin | undefined
  readonly preFilters: readonly SchedulerPlugin[]
  readonly filters: readonly SchedulerPlugin[]
  readonly postFilters: readonly SchedulerPlugin[]
  readonly preScores: readonly SchedulerPlugin[]
  readonly scores: readonly ScorePlugin[]
  readonly reserves: readonly SchedulerPlugin[]
  readonly permits: readonly SchedulerPlugin[]
  readonly preBinds: readonly SchedulerPlugin[]
  readonly binds: readonly SchedulerPlugin[]
  readonly postBinds: readonly SchedulerPlugin[]
  /** Every plugin that some extension point uses. */
  readonly plugins: ReadonlyMap<string, SchedulerPlugin>
  private readonly random: (n: number) => number

  constructor(config: KubeSchedulerProfile, registry: ReadonlyMap<string, PluginFactory>, ground: ProfileGround) {
    this.name = config.schedulerName ?? DEFAULT_SCHEDULER_NAME
    this.percentageOfNodesToScore = config.percentageOfNodesToScore
    this.cache = ground.cache
    this.view = ground.view
    this.nominations = ground.nominations
    this.preempting = ground.preempting
    this.random = ground.below

    const multiPoint = mergePluginSet(DEFAULT_PLUGINS, config.plugins?.multiPoint)
    this.plugins = instantiate(config, multiPoint, registry, this)
    const at = (point: ExtensionPoint): SchedulerPlugin[] =>
      expand(config, multiPoint, this.plugins, point).map(({ plugin }) => plugin)
    this.preEnqueue = at('preEnqueue')
    this.queueSort = expand(config, multiPoint, this.plugins, 'queueSort', 'less')[0]?.plugin
    this.preFilters = at('preFilter')
    this.filters = at('filter')
    this.postFilters = at('postFilter')
    this.preScores = at('preScore')
    this.scores = expand(config, multiPoint, this.plugins, 'score')
    this.reserves = at('reserve')
    this.permits = at('permit')
    this.preBinds = at('preBind')
    this.binds = at('bind')
    this.postBinds = at('postBind')
  }

  below(n: number): number {
    return this.random(n)
  }

  /** As for one node of an attempt: stops at the first plugin that objects. */
  runFilters(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const { filters } = state
    for (let i = 0; i < filters.length; i++) {
      const status = filters[i]?.filter?.(state, pod, node)
      if (status !== undefined) return status
    }
    return undefined
  }

  /**
   * A node on which others wait for room must fit with them there, and without: what helps one Pod may hurt another.
   * Source: framework.go, RunFilterPluginsWithNominatedPods and addGENominatedPods.
   */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    if (!this.nominations.isEmpty) {
      const { priority, uid } = pod
      const waiting = this.nominations.on(node.name).filter((other) => other.uid !== uid && other.priority >= priority)
      if (waiting.length > 0) {
        const [stateWith, nodeWith] = [state.clone(), node.clone()]
        for (const other of waiting) {
          nodeWith.addPod(other)
          this.addPod(stateWith, pod, other, nodeWith)
        }
        const status = this.runFilters(stateWith, pod, nodeWith)
        if (status !== undefined) return status
      }
    }
    return this.runFilters(state, pod, node)
  }

  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    for (const plugin of state.observers) plugin.preFilterAddPod?.(state, pod, added, node)
  }

  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    for (const plugin of state.observers) plugin.preFilterRemovePod?.(state, pod, removed, node)
  }
}

function instantiate(
  config: KubeSchedulerProfile,
  multiPoint: readonly PluginReference[],
  registry: ReadonlyMap<string, PluginFactory>,
  handle: PluginHandle,
): ReadonlyMap<string, SchedulerPlugin> {
  const names = new Set(multiPoint.map(({ name }) => name))
  for (const [point, set] of Object.entries(config.plugins ?? {})) {
    if (point !== 'multiPoint') for (const { name } of set?.enabled ?? []) names.add(name)
  }
  const plugins = new Map<string, SchedulerPlugin>()
  for (const name of names) {
    const factory = registry.get(name)
    invariant(factory !== undefined, `a scheduler plugin of the name ${name} exists`)
    const args = config.pluginConfig?.find((entry) => entry.name === name)?.args ?? {}
    plugins.set(name, factory(args, handle))
  }
  return plugins
}

/** Plugins named at the point itself that MultiPoint names too come first, then MultiPoint's, then the other named ones. */
function expand(
  config: KubeSchedulerProfile,
  multiPoint: readonly PluginReference[],
  plugins: ReadonlyMap<string, SchedulerPlugin>,
  point: ExtensionPoint,
  method: keyof SchedulerPlugin = point === 'queueSort' ? 'less' : point,
): ScorePlugin[] {
  const set = config.plugins?.[point]
  const disabled = new Set(set?.disabled?.map(({ name }) => name))
  const named = set?.enabled ?? []
  const general = disabled.has('*')
    ? []
    : multiPoint.filter(({ name }) => !disabled.has(name) && plugins.get(name)?.[method] !== undefined)
  const isNamed = (name: string): boolean => named.some((reference) => reference.name === name)
  const isGeneral = (name: string): boolean => general.some((reference) => reference.name === name)
  const ordered = [
    ...named.filter(({ name }) => isGeneral(name)),
    ...general.filter(({ name }) => !isNamed(name)),
    ...named.filter(({ name }) => !isGeneral(name)),
  ]
  return ordered.map(({ name, weight }) => {
    const plugin = plugins.get(name)
    invariant(plugin?.[method] !== undefined, `plugin ${name} can be enabled at ${point}`)
    return { plugin, weight: weight === undefined || weight === 0 ? 1 : weight }
  })
}

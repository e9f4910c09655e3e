import { either as E } from 'fp-ts'
import { readConfiguration } from '../actors/scheduler/configuration/read.ts'
import type { KubeSchedulerConfiguration, KubeSchedulerProfile } from '../actors/scheduler/framework/configuration.ts'
import { ANY_ACTION, type EventHint } from '../actors/scheduler/framework/events.ts'
import type { PluginFactory, SchedulerPluginDefinition } from '../actors/scheduler/framework/plugin.ts'

/** A scheduler of the cluster: kube-scheduler, or another one beside it. One instance runs on each control-plane machine. */
export interface SchedulerSpec {
  /** Of its processes (`NAME/0` …) and of its election Lease; default `kube-scheduler`. */
  readonly name?: string
  /** KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1), as YAML or as a value. */
  readonly configuration?: string | KubeSchedulerConfiguration
  /** Plugins of one's own. A profile that neither enables nor disables one by name has it at all its extension points. */
  readonly plugins?: readonly SchedulerPluginDefinition[]
  /** How many nodes each `SchedulingAttempted` tells of, of the best and of the left out; default 3. `all` takes memory. */
  readonly explain?: number | 'all'
}

/** As it stands in a recording: plain JSON. */
export interface ResolvedScheduler {
  readonly name: string
  readonly configuration: KubeSchedulerConfiguration
  /** Names of plugins of one's own; their code is no part of a recording. */
  readonly plugins: readonly string[]
  readonly explain: number | 'all'
}

/** What was given as a configuration is none. Each problem has its line, where there are lines, and its field. */
export class SchedulerConfigurationError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'SchedulerConfigurationError'
    this.problems = problems
  }
}

const ANY_EVENT: readonly EventHint[] = [{ resource: '*', actions: ANY_ACTION }]

const KUBE_SCHEDULER = 'kube-scheduler'
const EXPLAINED_NODES = 3

/** @throws SchedulerConfigurationError */
export const resolveScheduler = (spec: SchedulerSpec, name = KUBE_SCHEDULER): ResolvedScheduler => {
  const plugins = spec.plugins ?? []
  const named = plugins.map((plugin) => (typeof plugin === 'string' ? plugin : plugin.name))
  if (plugins.some((plugin) => typeof plugin === 'string')) {
    throw new SchedulerConfigurationError([
      `the scheduler ran with plugins whose code is not here: ${named.join(', ')}; give them again`,
    ])
  }
  const read = readConfiguration(spec.configuration ?? {}, named)
  if (E.isLeft(read)) throw new SchedulerConfigurationError(read.left)
  const configuration = read.right
  const profiles = configuration.profiles ?? (plugins.length === 0 ? undefined : [{}])
  return {
    name: spec.name ?? name,
    configuration:
      profiles === undefined
        ? configuration
        : { ...configuration, profiles: profiles.map((profile) => withPlugins(profile, plugins)) },
    plugins: named,
    explain: spec.explain ?? EXPLAINED_NODES,
  }
}

/** The profile with every plugin of one's own that it says nothing about. */
const withPlugins = (
  profile: KubeSchedulerProfile,
  plugins: readonly SchedulerPluginDefinition[],
): KubeSchedulerProfile => {
  const mentioned = new Set(
    Object.values(profile.plugins ?? {}).flatMap((set) =>
      [...(set?.enabled ?? []), ...(set?.disabled ?? [])].map(({ name }) => name),
    ),
  )
  const added = plugins.filter(({ name }) => !mentioned.has(name)).map(({ name, weight }) => ({ name, weight }))
  if (added.length === 0) return profile
  const { multiPoint } = profile.plugins ?? {}
  const enabled = [...(multiPoint?.enabled ?? []), ...added]
  return { ...profile, plugins: { ...profile.plugins, multiPoint: { ...multiPoint, enabled } } }
}

/** Code by scheduler, then by plugin. */
export type PluginCode = ReadonlyMap<string, ReadonlyMap<string, PluginFactory>>

export const pluginCode = (specs: readonly (SchedulerSpec | undefined)[]): PluginCode =>
  new Map(
    specs.map((spec) => [
      spec?.name ?? KUBE_SCHEDULER,
      new Map((spec?.plugins ?? []).map(({ name, create }) => [name, factoryOf(name, create)])),
    ]),
  )

const factoryOf =
  (name: string, create: SchedulerPluginDefinition['create']): PluginFactory =>
  (args, handle) => {
    const plugin = create({ ...args }, handle)
    // Upstream: a plugin that names no events is asked again after any. Source: framework.go, defaultEnqueueExtension.
    return { ...plugin, name, hints: plugin.hints ?? ANY_EVENT }
  }

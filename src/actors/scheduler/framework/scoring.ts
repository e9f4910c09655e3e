import type { CycleState } from './cycle-state.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { MAX_NODE_SCORE, type SchedulerPlugin } from './plugin.ts'
import type { Profile, ScorePlugin } from './profile.ts'
import { failure, messageOf, type Status } from './status.ts'

/** Scores of one attempt, by plugin and by node. Valid until the next attempt: its arrays are used again. */
export class ScoreTable {
  plugins: readonly ScorePlugin[] = []
  nodes: readonly NodeInfo[] = []
  /** Normalised and weighted: one array per plugin, one entry per node. */
  readonly scores: number[][] = []
  /** By plugin: the one entry that stands for all nodes, where they are all alike. */
  readonly uniform: (number | undefined)[] = []
  readonly totals: number[] = []

  begin(plugins: readonly ScorePlugin[], nodes: readonly NodeInfo[], total: number): void {
    this.plugins = plugins
    this.nodes = nodes
    while (this.scores.length < plugins.length) this.scores.push([])
    if (this.totals.length !== nodes.length) this.totals.length = nodes.length
    this.totals.fill(total)
  }

  /** Of the plugin in place `p` for the node in place `i`. */
  at(p: number, i: number): number {
    return this.uniform[p] ?? this.scores[p]?.[i] ?? 0
  }
}

/**
 * Scores the feasible nodes with every score plugin that has something to say.
 * Source: pkg/scheduler/framework/runtime/framework.go, RunPreScorePlugins and RunScorePlugins (v1.36).
 *
 * @returns what went wrong, if anything
 */
export function scoreNodes(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  table: ScoreTable,
): Status | undefined {
  const skipped = new Set<SchedulerPlugin>()
  for (const plugin of profile.preScores) {
    const status = plugin.preScore?.(state, pod, nodes)
    if (status === undefined) continue
    if (status.code !== 'Skip') {
      return failure(plugin.name, `running PreScore plugin "${plugin.name}": ${messageOf(status)}`)
    }
    skipped.add(plugin)
  }
  const plugins = skipped.size === 0 ? profile.scores : profile.scores.filter(({ plugin }) => !skipped.has(plugin))
  let base = 0
  for (let p = 0; p < plugins.length; p++) {
    const entry = plugins[p]
    const score = entry?.plugin.uniformScore?.(state, pod)
    const weighted = score === undefined || entry === undefined ? undefined : score * entry.weight
    table.uniform[p] = weighted
    base += weighted ?? 0
  }
  table.begin(plugins, nodes, base)
  for (let p = 0; p < plugins.length; p++) {
    const entry = plugins[p]
    const scores = table.scores[p]
    if (entry === undefined || scores === undefined || table.uniform[p] !== undefined) continue
    const status = scoreWith(entry, state, pod, nodes, scores, table.totals)
    if (status !== undefined) return status
  }
  return undefined
}

function scoreWith(
  { plugin, weight }: ScorePlugin,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  scores: number[],
  totals: number[],
): Status | undefined {
  const n = nodes.length
  if (scores.length !== n) scores.length = n
  for (let i = 0; i < n; i++) {
    const node = nodes[i]
    scores[i] = node === undefined ? 0 : (plugin.score?.(state, pod, node) ?? 0)
  }
  plugin.normalize?.(state, pod, nodes, scores)
  for (let i = 0; i < n; i++) {
    const score = scores[i] ?? 0
    if (score < 0 || score > MAX_NODE_SCORE || !Number.isInteger(score)) {
      const range = `it should in the range of [0, ${MAX_NODE_SCORE}] after normalizing`
      return failure(plugin.name, `plugin "${plugin.name}" returns an invalid score ${score}, ${range}`)
    }
    const weighted = score * weight
    scores[i] = weighted
    totals[i] = (totals[i] ?? 0) + weighted
  }
  return undefined
}

/** Brings scores to 0..100 by the highest. Source: plugins/helper/normalize_score.go, DefaultNormalizeScore. */
export function normalizeByHighest(scores: number[], reverse: boolean): void {
  let highest = 0
  for (let i = 0; i < scores.length; i++) highest = Math.max(highest, scores[i] ?? 0)
  if (highest === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE)
    return
  }
  for (let i = 0; i < scores.length; i++) {
    const score = Math.trunc((MAX_NODE_SCORE * (scores[i] ?? 0)) / highest)
    scores[i] = reverse ? MAX_NODE_SCORE - score : score
  }
}

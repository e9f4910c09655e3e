import type { NodeInfo } from './framework/node-info.ts'
import type { Preemption, SchedulerPlugin } from './framework/plugin.ts'
import type { Diagnosis } from './framework/diagnosis.ts'
import type { ScoreTable } from './framework/scoring.ts'
import type { Status } from './framework/status.ts'

/** How an attempt ended. */
export type Outcome =
  /** A node was found; binding may still fail. */
  | 'scheduled'
  /** No node fits. */
  | 'unschedulable'
  /** The attempt could not be finished. */
  | 'error'

/** One reason of one plugin, and for how many nodes it was given. */
export interface FilteredNodes {
  /** '' for nodes that were not looked at. */
  readonly plugin: string
  readonly reasons: readonly string[]
  readonly nodes: number
  /** Some of these nodes, in order of evaluation; all of them where everything is explained. */
  readonly named?: readonly string[]
}

export interface ScoredNode {
  readonly node: string
  readonly total: number
  /** Normalised and weighted, one per plugin. */
  readonly scores: readonly number[]
  /** As each plugin gave them, before normalising. */
  readonly raw?: readonly number[]
}

/** A node that preemption could have made room on. */
export interface PreemptionCandidate {
  readonly node: string
  /** `namespace/name`, the most important first. */
  readonly victims: readonly string[]
  readonly pdbViolations: number
}

/** Why a Pod went where it went, or nowhere: what `why` shows. */
export interface Decision {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  readonly profile: string
  /** How often this Pod was tried, this time included. */
  readonly attempt: number
  readonly outcome: Outcome
  readonly node?: string
  /** As in the condition PodScheduled; absent where a node was found. */
  readonly message?: string
  readonly evaluatedNodes: number
  readonly feasibleNodes: number
  /** Why nodes were left out, the most frequent first. */
  readonly filtered: readonly FilteredNodes[]
  /** Absent where there was but one node to choose. */
  readonly scores?: {
    readonly plugins: readonly { readonly name: string; readonly weight: number }[]
    /** How many nodes were scored; `nodes` may hold only the best of them, the best first. */
    readonly scored: number
    readonly nodes: readonly ScoredNode[]
  }
  /** Taken over from the ranking of an equal Pod's attempt a moment before. */
  readonly hint?: string
  readonly nominatedNode?: string
  /** `namespace/name`, who has to go, in the order of deletion. */
  readonly victims?: readonly string[]
  /** Whom preemption could choose from: how many nodes, and some of them, the chosen one first. */
  readonly candidates?: { readonly found: number; readonly nodes: readonly PreemptionCandidate[] }
}

/**
 * Sums rejections up: equal verdicts are one object, so this is one look per node.
 * @param named how many nodes are named with each verdict
 */
export function summarize(diagnosis: Diagnosis, allNodes: number, named: number): readonly FilteredNodes[] {
  const { statuses, nodes, absent } = diagnosis.statuses
  const groups = new Map<Status, { count: number; readonly named: string[] }>()
  for (let from = 0; from < statuses.length;) {
    const status = statuses[from]
    let to = from + 1
    while (to < statuses.length && statuses[to] === status) to++
    if (status !== undefined) {
      let group = groups.get(status)
      if (group === undefined) groups.set(status, (group = { count: 0, named: [] }))
      group.count += to - from
      for (let i = from; i < to && group.named.length < named; i++) group.named.push(nodes[i]?.name ?? '')
    }
    from = to
  }
  const rest = allNodes - nodes.length
  if (rest > 0 && absent.reasons.length > 0) groups.set(absent, { count: rest, named: [] })
  return [...groups]
    .map(([{ plugin, reasons }, group]) => ({ plugin, reasons, nodes: group.count, named: group.named }))
    .sort((a, b) => b.nodes - a.nodes)
}

/**
 * The scores as rows.
 * @param rows how many of the best, the best first; Infinity for all, in order of evaluation
 * @param raw what a plugin says of a node before normalising; only the rows shown are asked for
 */
export function scoreRows(
  table: ScoreTable,
  rows: number,
  raw: (plugin: SchedulerPlugin, node: NodeInfo) => number,
): NonNullable<Decision['scores']> {
  const { plugins, nodes, totals } = table
  const shown = rows === Infinity ? nodes.map((_, i) => i) : best(totals, rows)
  return {
    plugins: plugins.map(({ plugin, weight }) => ({ name: plugin.name, weight })),
    scored: nodes.length,
    nodes: shown.map((i) => ({
      node: nodes[i]?.name ?? '',
      total: totals[i] ?? 0,
      scores: plugins.map((_, p) => table.at(p, i)),
      raw: plugins.map(({ plugin }) => rawOf(nodes[i], plugin, raw)),
    })),
  }
}

/** Only whole numbers reach the log. */
const rawOf = (
  node: NodeInfo | undefined,
  plugin: SchedulerPlugin,
  raw: (plugin: SchedulerPlugin, node: NodeInfo) => number,
): number => (node === undefined ? 0 : Math.trunc(raw(plugin, node)))

/** Places of the highest totals, the highest first, earlier before later. */
function best(totals: readonly number[], rows: number): readonly number[] {
  const places: number[] = []
  for (let i = 0; i < totals.length; i++) {
    const total = totals[i] ?? 0
    const last = places[places.length - 1]
    if (places.length === rows && total <= (totals[last ?? 0] ?? 0)) continue
    let at = places.length
    while (at > 0 && (totals[places[at - 1] ?? 0] ?? 0) < total) at--
    places.splice(at, 0, i)
    if (places.length > rows) places.pop()
  }
  return places
}

/** @param rows how many candidates are told of; the chosen one always is, first */
export function candidateRows({ node, candidates }: Preemption, rows: number): NonNullable<Decision['candidates']> {
  const chosen = candidates.filter((candidate) => candidate.node.name === node)
  const others = candidates.filter((candidate) => candidate.node.name !== node)
  return {
    found: candidates.length,
    nodes: [...chosen, ...others].slice(0, Math.max(1, rows)).map(({ node: { name }, victims, pdbViolations }) => ({
      node: name,
      victims: victims.map(({ key }) => key),
      pdbViolations,
    })),
  }
}

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
}

export interface ScoredNode {
  readonly node: string
  readonly total: number
  /** Normalised and weighted, one per plugin. */
  readonly scores: readonly number[]
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
}

/** Sums rejections up: equal verdicts are one object, so this is one look per node. */
export function summarize(diagnosis: Diagnosis, allNodes: number): readonly FilteredNodes[] {
  const { statuses, nodes, absent } = diagnosis.statuses
  const counts = new Map<Status, number>()
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
  const rest = allNodes - nodes.length
  if (rest > 0 && absent.reasons.length > 0) counts.set(absent, rest)
  return [...counts]
    .map(([{ plugin, reasons }, count]) => ({ plugin, reasons, nodes: count }))
    .sort((a, b) => b.nodes - a.nodes)
}

/**
 * The scores as rows.
 * @param rows how many of the best, the best first; Infinity for all, in order of evaluation
 */
export function scoreRows(table: ScoreTable, rows: number): NonNullable<Decision['scores']> {
  const { plugins, nodes, totals } = table
  const shown = rows === Infinity ? nodes.map((_, i) => i) : best(totals, rows)
  return {
    plugins: plugins.map(({ plugin, weight }) => ({ name: plugin.name, weight })),
    scored: nodes.length,
    nodes: shown.map((i) => ({
      node: nodes[i]?.name ?? '',
      total: totals[i] ?? 0,
      scores: plugins.map((_, p) => table.at(p, i)),
    })),
  }
}

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

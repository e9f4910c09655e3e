/** Why a Pod went where it went, or nowhere: a scheduler's attempt as a table of nodes and plugins, as data and as text. */
import type { Micros, Seq } from '../events/envelope.ts'
import type { SchedulingAttempt } from './scheduling.ts'
import { timeText } from './timeline.ts'

/** What one plugin gave one node. */
export interface PluginScore {
  readonly plugin: string
  readonly weight: number
  /** As the plugin gave it; absent in recordings of older versions. */
  readonly raw?: number
  /** 0 to 100. */
  readonly normalized: number
  /** `normalized` times `weight`: what the total is made of. */
  readonly weighted: number
}

/** What became of one node. */
export interface NodeVerdict {
  readonly node: string
  readonly chosen: boolean
  /** The plugin that left it out, and why; absent for a node that fits. */
  readonly filteredBy?: string
  readonly reasons?: readonly string[]
  /** Of a node that fits and was scored. */
  readonly total?: number
  readonly scores?: readonly PluginScore[]
}

/** One reason of one plugin, and for how many nodes. */
export interface ReasonCount {
  /** '' for nodes that were not looked at. */
  readonly plugin: string
  readonly reason: string
  readonly nodes: number
}

export interface ScheduleExplanation {
  readonly namespace: string
  readonly pod: string
  readonly seq: Seq
  readonly at: Micros
  /** The name of the scheduler's profile. */
  readonly scheduler: string
  readonly attempt: number
  readonly outcome: 'scheduled' | 'unschedulable' | 'error'
  readonly node?: string
  /** As in the Pod's condition PodScheduled. */
  readonly message?: string
  readonly evaluatedNodes: number
  readonly feasibleNodes: number
  readonly reasons: readonly ReasonCount[]
  /** The best first, then those that were left out. */
  readonly nodes: readonly NodeVerdict[]
  /** Whether `nodes` has every node that was looked at; else more were, see the option `explain`. */
  readonly complete: boolean
  /** Taken over from an equal Pod's ranking a moment before. */
  readonly hint?: string
  readonly preemption?: {
    readonly node: string
    readonly victims: readonly string[]
    /** How many nodes preemption could have made room on, and some of them. */
    readonly found: number
    readonly candidates: readonly {
      readonly node: string
      readonly victims: readonly string[]
      readonly pdbViolations: number
    }[]
  }
}

export const explainAttempt = ({ seq, at, data }: SchedulingAttempt): ScheduleExplanation => {
  const { namespace, pod, profile, attempt, outcome, node, message, evaluatedNodes, feasibleNodes, hint } = data
  const nodes = [...scoredNodes(data), ...filteredNodes(data)]
  const fits = outcome === 'scheduled' && node !== undefined && !nodes.some((one) => one.node === node)
  const chosen: readonly NodeVerdict[] = fits ? [{ node, chosen: true }] : []
  const all = [...chosen, ...nodes]
  return {
    ...{ namespace, pod, seq, at, scheduler: profile, attempt, outcome, evaluatedNodes, feasibleNodes },
    ...(node === undefined ? {} : { node }),
    ...(message === undefined ? {} : { message }),
    ...(hint === undefined ? {} : { hint }),
    reasons: reasonsOf(data),
    nodes: all,
    complete: all.length >= evaluatedNodes,
    ...preemptionOf(data),
  }
}

type Attempted = SchedulingAttempt['data']

const scoredNodes = ({ scores, node: chosen }: Attempted): readonly NodeVerdict[] => {
  if (scores === undefined) return []
  const rows = scores.nodes.map(({ node, total, scores: weighted, raw }) => ({
    node,
    chosen: node === chosen,
    total,
    scores: scores.plugins.map(({ name, weight }, i) => ({
      plugin: name,
      weight,
      ...(raw === undefined ? {} : { raw: raw[i] ?? 0 }),
      normalized: (weighted[i] ?? 0) / weight,
      weighted: weighted[i] ?? 0,
    })),
  }))
  return rows.sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.total - a.total)
}

const filteredNodes = ({ filtered }: Attempted): readonly NodeVerdict[] =>
  filtered.flatMap(({ plugin, reasons, named = [] }) =>
    named.map((node) => ({ node, chosen: false, filteredBy: plugin, reasons })),
  )

const reasonsOf = ({ filtered }: Attempted): readonly ReasonCount[] =>
  filtered.flatMap(({ plugin, reasons, nodes }) => reasons.map((reason) => ({ plugin, reason, nodes })))

const preemptionOf = ({
  nominatedNode,
  victims = [],
  candidates,
}: Attempted): Pick<ScheduleExplanation, 'preemption'> =>
  nominatedNode === undefined
    ? {}
    : {
        preemption: {
          node: nominatedNode,
          victims,
          found: candidates?.found ?? 1,
          candidates: candidates?.nodes ?? [],
        },
      }

/** `default-scheduler, attempt 1: 3 of 5 nodes fit, node-2 chosen`. */
export const explanationTitle = ({
  scheduler,
  attempt,
  outcome,
  node,
  evaluatedNodes,
  feasibleNodes,
  message,
}: ScheduleExplanation): string => {
  const fit = `${feasibleNodes} of ${evaluatedNodes} nodes looked at fit`
  const end = outcome === 'scheduled' ? `${fit}, ${node ?? ''} chosen` : (message ?? fit)
  return `${scheduler}, attempt ${attempt}: ${end}`
}

/**
 * The tables of an explanation, without its title.
 *
 * @param pluginsDown one line for each plugin, not for each node: narrow where only the best few nodes are told of
 */
export const explanationTables = (explanation: ScheduleExplanation, pluginsDown = false): readonly string[] => {
  const blocks = [
    (pluginsDown ? scoresByPlugin : scoreTable)(explanation),
    reasonTable(explanation),
    filterTable(explanation),
    preemptionTable(explanation),
  ]
  const lines = blocks.filter((block) => block.length > 0).flatMap((block, i) => (i === 0 ? block : ['', ...block]))
  const left = explanation.evaluatedNodes - explanation.nodes.length
  return left > 0
    ? [...lines, '', left === 1 ? '1 more node was looked at' : `${left} more nodes were looked at`]
    : lines
}

/** For people: where and when, then node by node. A cell is `raw > normalised x weight = weighted`. */
export const renderExplanation = (explanation: ScheduleExplanation): string => {
  const { namespace, pod, at } = explanation
  const title = `${timeText(at)}  pod/${namespace}/${pod}  ${explanationTitle(explanation)}`
  const tables = explanationTables(explanation)
  return tables.length === 0 ? title : [title, '', ...tables].join('\n')
}

const scoreTable = ({ nodes }: ScheduleExplanation): readonly string[] => {
  const scored = nodes.filter(({ scores }) => scores !== undefined)
  const [first] = scored
  if (first === undefined) return []
  const heads = ['NODE', 'TOTAL', ...(first.scores ?? []).map(({ plugin }) => plugin)]
  return table(
    heads,
    scored.map(({ node, chosen, total, scores }) => [
      `${node}${chosen ? ' *' : ''}`,
      String(total ?? ''),
      ...(scores ?? []).map(scoreText),
    ]),
  )
}

/** As many nodes stand side by side in 80 columns. */
const FEW = 3

const scoresByPlugin = ({ nodes }: ScheduleExplanation): readonly string[] => {
  const scored = nodes.filter(({ scores }) => scores !== undefined).slice(0, FEW)
  const plugins = scored[0]?.scores ?? []
  if (plugins.length === 0) return []
  return table(
    ['PLUGIN', ...scored.map(({ node, chosen }) => `${node}${chosen ? ' *' : ''}`)],
    [
      ...plugins.map(({ plugin }, i) => [
        plugin,
        ...scored.map(({ scores }) => {
          const score = scores?.[i]
          return score === undefined ? '' : scoreText(score)
        }),
      ]),
      ['TOTAL', ...scored.map(({ total }) => String(total ?? ''))],
    ],
  )
}

const scoreText = ({ raw, normalized, weight, weighted }: PluginScore): string =>
  `${raw === undefined ? '' : `${raw} > `}${normalized} x ${weight} = ${weighted}`

const reasonTable = ({ reasons }: ScheduleExplanation): readonly string[] =>
  table(
    ['NODES', 'LEFT OUT BY', 'BECAUSE'],
    reasons.map(({ nodes, plugin, reason }) => [String(nodes), plugin === '' ? '(not looked at)' : plugin, reason]),
  )

const filterTable = ({ nodes }: ScheduleExplanation): readonly string[] =>
  table(
    ['NODE', 'FILTERED BY', 'MESSAGE'],
    nodes
      .filter(({ filteredBy }) => filteredBy !== undefined)
      .map(({ node, filteredBy, reasons = [] }) => [node, filteredBy ?? '', reasons.join(', ')]),
  )

const preemptionTable = ({ preemption }: ScheduleExplanation): readonly string[] =>
  preemption === undefined
    ? []
    : [
        `preemption could make room on ${preemption.found} nodes and takes ${preemption.node}`,
        ...table(
          ['CANDIDATE', 'BUDGETS BROKEN', 'VICTIMS'],
          preemption.candidates.map(({ node, pdbViolations, victims }) => [
            `${node}${node === preemption.node ? ' *' : ''}`,
            String(pdbViolations),
            victims.join(', '),
          ]),
        ),
      ]

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  if (rows.length === 0) return []
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  return [heads, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}

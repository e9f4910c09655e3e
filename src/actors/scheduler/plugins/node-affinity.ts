import { either } from 'fp-ts'
import {
  compileNodeSelector,
  compileNodeSelectorTerm,
  pinnedNodes,
  type NodeMatch,
} from '../../../kubernetes/node-selector.ts'
import { compileRequirements, newRequirement, type LabelMatch, type Operator } from '../../../kubernetes/selectors.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type {
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PreferredSchedulingTerm,
} from '../../../kubernetes/types/scheduling.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey } from '../framework/cycle-state.ts'
import { Action, type ClusterEvent } from '../framework/events.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import { normalizeByHighest } from '../framework/scoring.ts'
import { failure, SKIP, unresolvable, type Status } from '../framework/status.ts'

const NAME = 'NodeAffinity'
const NO_MATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector")
const NOT_ENFORCED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity")
const CONFLICT = unresolvable(NAME, 'pod affinity terms conflict')

interface WeightedMatch {
  readonly weight: number
  readonly matches: NodeMatch
}

const required = new StateKey<NodeMatch>(`${NAME}/required`)
const preferred = new StateKey<readonly WeightedMatch[]>(`${NAME}/preferred`)

/** What a Pod demands of its node, compiled: node selector and required node affinity. Undefined demands nothing. */
export function requiredNodeMatch(pod: Pod): NodeMatch | undefined {
  const { nodeSelector, affinity } = pod.spec
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const byAffinity = terms === undefined ? undefined : compileNodeSelector(terms).matches
  if (nodeSelector === undefined || Object.keys(nodeSelector).length === 0) return byAffinity
  const byLabels = labelsMatch(nodeSelector)
  if (byAffinity === undefined) return (node) => byLabels(node.metadata.labels)
  return (node) => byLabels(node.metadata.labels) && byAffinity(node)
}

const labelsMatch = (labels: Labels): LabelMatch =>
  compileRequirements(Object.entries(labels).map(([key, text]) => ({ key, operator: '=', values: [text] })))

/**
 * Node selector and node affinity of the Pod, and affinity that the operator adds to every Pod.
 * Source: plugins/nodeaffinity/node_affinity.go (v1.36).
 */
export const nodeAffinity = ({ addedAffinity }: PluginArgs): SchedulerPlugin => {
  const addedRequired = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const enforced = addedRequired === undefined ? undefined : compileNodeSelector(addedRequired).matches
  const addedPreferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution
  const added = weightedMatches(addedPreferred)

  const allows = (pod: Pod, node: Node): boolean =>
    (enforced === undefined || enforced(node)) && (requiredNodeMatch(pod)?.(node) ?? true)
  const becameAllowed = (pod: Pod, { before, after }: ClusterEvent): boolean => {
    const [was, is] = [before as Node | undefined, after as Node | undefined]
    return is !== undefined && allows(pod, is) && (was === undefined || !allows(pod, was))
  }

  return {
    name: NAME,
    preFilter: (state, { pod }) => {
      const matches = requiredNodeMatch(pod)
      if (matches === undefined && enforced === undefined && pod.spec.nodeSelector === undefined) return SKIP
      if (matches !== undefined) state.write(required, matches)
      const pinned = pinnedNodes(pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
      if (pinned === undefined) return undefined
      return pinned.size === 0 ? CONFLICT : { nodeNames: pinned }
    },
    filter: (state, _pod, { node }) => {
      if (node === undefined) return NO_MATCH
      if (enforced !== undefined && !enforced(node)) return NOT_ENFORCED
      const matches = state.read(required)
      return matches === undefined || matches(node) ? undefined : NO_MATCH
    },
    preScore: (state, { pod }) => {
      const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
      const problem = preferredProblem(terms ?? [])
      if (problem !== undefined) return problem
      if ((terms === undefined || terms.length === 0) && addedPreferred === undefined) return SKIP
      state.write(preferred, [...added, ...weightedMatches(terms)])
      return undefined
    },
    score: (state, _pod, { node }) => {
      if (node === undefined) return 0
      let sum = 0
      for (const { weight, matches } of state.read(preferred) ?? []) if (matches(node)) sum += weight
      return sum
    },
    normalize: (_state, _pod, _nodes, scores) => normalizeByHighest(scores, false),
    sign: (pod) => JSON.stringify([pod.spec.nodeSelector ?? {}, pod.spec.affinity?.nodeAffinity ?? {}]),
    hints: [{ resource: 'Node', actions: Action.add | Action.updateNodeLabel, worthTrying: becameAllowed }],
  }
}

/** Terms without weight or without requirements match nothing and are left out. */
const weightedMatches = (terms: readonly PreferredSchedulingTerm[] | undefined): readonly WeightedMatch[] =>
  (terms ?? [])
    .filter(({ weight, preference }) => weight !== 0 && !isEmptyTerm(preference))
    .map(({ weight, preference }) => ({ weight, matches: compileNodeSelectorTerm(preference).matches }))

const isEmptyTerm = ({ matchExpressions, matchFields }: NodeSelectorTerm): boolean =>
  (matchExpressions?.length ?? 0) + (matchFields?.length ?? 0) === 0

/** The API lets through preferred terms that cannot be parsed; here they end the attempt. */
function preferredProblem(terms: readonly PreferredSchedulingTerm[]): Status | undefined {
  const problems: string[] = []
  terms.forEach(({ weight, preference }, t) => {
    if (weight === 0) return
    const problem = expressionProblem(preference.matchExpressions ?? [])
    if (problem !== undefined) problems.push(`[${t}].${problem}`)
  })
  const [first] = problems
  if (first === undefined) return undefined
  return failure(NAME, problems.length === 1 ? first : `[${problems.join(', ')}]`)
}

const OPERATORS: Readonly<Record<NodeSelectorRequirement['operator'], Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}

function expressionProblem(expressions: readonly NodeSelectorRequirement[]): string | undefined {
  for (let e = 0; e < expressions.length; e++) {
    const expression = expressions[e]
    if (expression === undefined) continue
    const made = newRequirement(expression.key, OPERATORS[expression.operator], expression.values ?? [])
    if (either.isLeft(made)) return `matchExpressions[${e}].${made.left}`
  }
  return undefined
}

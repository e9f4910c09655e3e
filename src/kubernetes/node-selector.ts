/**
 * Node selectors: terms are alternatives, the requirements of one term must all hold.
 *
 * Source: component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go (v1.36).
 */
import { either } from 'fp-ts'
import type { Labels } from './types/meta.ts'
import type { Node } from './types/node.ts'
import type { PodSpec } from './types/pod.ts'
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './types/scheduling.ts'
import { compileRequirements, matchesMap, newRequirement, type LabelMatch, type Operator } from './selectors.ts'

export type NodeMatch = (node: Node) => boolean

/**
 * A term or selector ready to be asked. `problem` says which part cannot be used (the API accepts some that the scheduler
 * then refuses, as `Gt "-1"` in a preferred term); what has a problem matches nothing.
 */
export interface CompiledNodeSelector {
  readonly matches: NodeMatch
  readonly problem: string | undefined
}

const NOWHERE: CompiledNodeSelector = { matches: () => false, problem: undefined }
const terms = new WeakMap<NodeSelectorTerm, CompiledNodeSelector>()
const selectors = new WeakMap<NodeSelector, CompiledNodeSelector>()

const OPERATORS: Readonly<Record<NodeSelectorRequirement['operator'], Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}

/** One term; without any requirement it matches nothing. Compiled once per object. */
export function compileNodeSelectorTerm(term: NodeSelectorTerm): CompiledNodeSelector {
  const known = terms.get(term)
  if (known !== undefined) return known
  const made = compileTerm(term)
  terms.set(term, made)
  return made
}

function compileTerm(term: NodeSelectorTerm): CompiledNodeSelector {
  const { matchExpressions = [], matchFields = [] } = term
  if (matchExpressions.length === 0 && matchFields.length === 0) return NOWHERE
  const labels = compileExpressions(matchExpressions)
  if (either.isLeft(labels)) return { matches: () => false, problem: labels.left }
  const fields = matchFields.map(compileField)
  const problem = fields.find((field) => field.problem !== undefined)?.problem
  if (problem !== undefined) return { matches: () => false, problem }
  return {
    matches: (node) => labels.right(node.metadata.labels) && fields.every((field) => field.matches(node)),
    problem: undefined,
  }
}

function compileExpressions(expressions: readonly NodeSelectorRequirement[]): either.Either<string, LabelMatch> {
  const requirements = []
  for (const { key, operator, values } of expressions) {
    const known = OPERATORS[operator]
    if (known === undefined) return either.left(`"${String(operator)}" is not a valid node selector operator`)
    const made = newRequirement(key, known, values ?? [])
    if (either.isLeft(made)) return made
    requirements.push(made.right)
  }
  return either.right(compileRequirements(requirements))
}

/** Only `metadata.name` is a field, with exactly one value. */
function compileField({ key, operator, values }: NodeSelectorRequirement): CompiledNodeSelector {
  const [name] = values ?? []
  const none = () => false
  if (operator !== 'In' && operator !== 'NotIn') {
    return { matches: none, problem: `"${operator}" is not a valid node selector operator` }
  }
  if (name === undefined || (values ?? []).length !== 1) {
    return {
      matches: none,
      problem: `unexpected number of value (${(values ?? []).length}) for node field selector operator`,
    }
  }
  const wanted = operator === 'In'
  const read = (node: Node): string => (key === 'metadata.name' ? node.metadata.name : '')
  return { matches: (node) => (read(node) === name) === wanted, problem: undefined }
}

/** A whole selector: any term suffices. Compiled once per object. */
export function compileNodeSelector(selector: NodeSelector): CompiledNodeSelector {
  const known = selectors.get(selector)
  if (known !== undefined) return known
  const compiled = (selector.nodeSelectorTerms ?? []).map(compileNodeSelectorTerm)
  const made: CompiledNodeSelector = {
    matches: (node) => {
      for (const term of compiled) if (term.matches(node)) return true
      return false
    },
    problem: compiled.find((term) => term.problem !== undefined)?.problem,
  }
  selectors.set(selector, made)
  return made
}

/** Names that the selector's terms pin by `metadata.name`, if every term pins one; else undefined: any node may match. */
export function pinnedNodes(selector: NodeSelector | undefined): ReadonlySet<string> | undefined {
  if (selector === undefined || (selector.nodeSelectorTerms ?? []).length === 0) return undefined
  const names = new Set<string>()
  for (const { matchFields = [] } of selector.nodeSelectorTerms) {
    const pins = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (pins.length === 0) return undefined
    const [first, ...rest] = pins.map(({ values }) => values ?? [])
    for (const name of first ?? []) if (rest.every((values) => values.includes(name))) names.add(name)
  }
  return names
}

/** Whether the Pod's nodeSelector and required node affinity allow the node. Source: nodeaffinity.go, RequiredNodeAffinity. */
export function allowsNode(spec: PodSpec, node: Node): boolean {
  if (!allowsLabels(spec.nodeSelector, node.metadata.labels)) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || compileNodeSelector(required).matches(node)
}

const allowsLabels = (wanted: Labels | undefined, labels: Labels | undefined): boolean =>
  wanted === undefined || Object.keys(wanted).length === 0 || matchesMap(wanted, labels)

/**
 * Label selectors, as objects and as text, compiled once to a predicate.
 *
 * Source: apimachinery/pkg/labels/selector.go, apimachinery/pkg/apis/meta/v1/helpers.go (v1.36).
 */
import { either } from 'fp-ts'
import type { LabelSelector, Labels } from './types/meta.ts'
import { isLabelKey, isLabelValue } from './syntax.ts'

export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt'

/** One condition on one label. `values` are sorted and without duplicates. */
export interface Requirement {
  readonly key: string
  readonly operator: Operator
  readonly values: readonly string[]
}

export type LabelMatch = (labels: Labels | undefined) => boolean

export const matchEverything: LabelMatch = () => true
export const matchNothing: LabelMatch = () => false

/** All requirements must hold; none is a match of everything. */
export function compileRequirements(requirements: readonly Requirement[]): LabelMatch {
  const [first, ...others] = requirements.map(compileRequirement)
  if (first === undefined) return matchEverything
  if (others.length === 0) return first
  const all = [first, ...others]
  return (labels) => {
    for (const holds of all) if (!holds(labels)) return false
    return true
  }
}

/** An absent label satisfies `!=`, `notin` and `!`. Source: labels/selector.go, Requirement.Matches. */
function compileRequirement({ key, operator, values }: Requirement): LabelMatch {
  const [only = ''] = values
  switch (operator) {
    case '=':
    case '==':
      return (labels) => labels?.[key] === only
    case '!=':
      return (labels) => labels?.[key] !== only
    case 'in': {
      const wanted = new Set(values)
      return (labels) => labels?.[key] !== undefined && wanted.has(labels[key])
    }
    case 'notin': {
      const unwanted = new Set(values)
      return (labels) => labels?.[key] === undefined || !unwanted.has(labels[key])
    }
    case 'exists':
      return (labels) => labels?.[key] !== undefined
    case '!':
      return (labels) => labels?.[key] === undefined
    case 'gt':
      return compareWith(key, only, (actual, bound) => actual > bound)
    case 'lt':
      return compareWith(key, only, (actual, bound) => actual < bound)
  }
}

function compareWith(key: string, text: string, holds: (actual: bigint, bound: bigint) => boolean): LabelMatch {
  const bound = int64(text)
  if (bound === undefined) return matchNothing
  return (labels) => {
    const actual = int64(labels?.[key] ?? '')
    return actual !== undefined && holds(actual, bound)
  }
}

/** As Go's `strconv.ParseInt(text, 10, 64)`. */
function int64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined
  const n = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return BigInt.asIntN(64, n) === n ? n : undefined
}

const compiled = new WeakMap<LabelSelector, LabelMatch>()

/**
 * The predicate of a selector object. An absent selector matches nothing, an empty one everything.
 * Compiled once per object; invalid operators match nothing, validation has refused them before.
 */
export function compileLabelSelector(selector: LabelSelector | undefined): LabelMatch {
  if (selector === undefined) return matchNothing
  const known = compiled.get(selector)
  if (known !== undefined) return known
  const match = compileRequirements(requirementsOf(selector))
  compiled.set(selector, match)
  return match
}

const OPERATORS = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' } as const

/** The requirements that a selector object stands for. Source: meta/v1/helpers.go, LabelSelectorAsSelector. */
export function requirementsOf(selector: LabelSelector): readonly Requirement[] {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, text]): Requirement => ({
    key,
    operator: '=',
    values: [text],
  }))
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }): Requirement => ({
    key,
    operator: OPERATORS[operator] ?? 'in',
    values: sortedSet(values ?? []),
  }))
  return [...labels, ...expressions]
}

export const matchesSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  compileLabelSelector(selector)(labels)

/** A plain map as a selector, as Services and ReplicationControllers have it. Empty or absent selects nothing. */
export function matchesMap(selector: Labels | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false
  const keys = Object.keys(selector)
  if (keys.length === 0) return false
  for (const key of keys) if (labels?.[key] !== selector[key]) return false
  return true
}

/** Whether two selector objects ask for the same, whatever order they are written in. */
export const sameSelector = (a: LabelSelector | undefined, b: LabelSelector | undefined): boolean =>
  (a === undefined) === (b === undefined) &&
  (a === undefined || b === undefined || formatSelector(a) === formatSelector(b))

/** As `kubectl` prints a selector object. Source: meta/v1/helpers.go, FormatLabelSelector. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '<none>'
  const text = formatRequirements(requirementsOf(selector))
  return text === '' ? '<none>' : text
}

/** The text form, sorted by key. */
export function formatRequirements(requirements: readonly Requirement[]): string {
  return [...requirements]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(formatRequirement)
    .join(',')
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`
    case 'gt':
      return `${key}>${values.join(',')}`
    case 'lt':
      return `${key}<${values.join(',')}`
    default:
      return `${key}${operator}${values.join(',')}`
  }
}

export const sortedSet = (values: readonly string[]): readonly string[] =>
  [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

/**
 * A requirement, if key and values may be labels; else upstream's words.
 * Source: labels/selector.go, NewRequirement.
 */
export function newRequirement(
  key: string,
  operator: Operator,
  values: readonly string[],
): either.Either<string, Requirement> {
  const badKey = isLabelKey(key)[0]
  if (badKey !== undefined) return either.left(`<nil>: Invalid value: ${JSON.stringify(key)}: ${badKey}`)
  const shape = valuesProblem(operator, values)
  if (shape !== undefined) return either.left(shape)
  for (let i = 0; i < values.length; i += 1) {
    const text = values[i] ?? ''
    const bad = isLabelValue(text)[0]
    if (bad !== undefined) return either.left(`values[${i}][${key}]: Invalid value: ${JSON.stringify(text)}: ${bad}`)
  }
  return either.right({ key, operator, values: sortedSet(values) })
}

function valuesProblem(operator: Operator, values: readonly string[]): string | undefined {
  const list = `["${values.join('","')}"]`
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0
        ? "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"
        : undefined
    case '=':
    case '==':
    case '!=':
      return values.length === 1
        ? undefined
        : `values: Invalid value: ${list}: exact-match compatibility requires one single value`
    case 'exists':
    case '!':
      return values.length === 0
        ? undefined
        : `values: Invalid value: ${list}: values set must be empty for exists and does not exist`
    case 'gt':
    case 'lt':
      if (values.length !== 1) {
        return `values: Invalid value: ${list}: for 'Gt', 'Lt' operators, exactly one value is required`
      }
      return int64(values[0] ?? '') === undefined
        ? `values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`
        : undefined
  }
}

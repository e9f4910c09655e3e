/**
 * The part of JSONPath that columns of custom resources may use: members, elements, filters by equality or order.
 *
 * Source: client-go/util/jsonpath (v1.36); apiextensions-apiserver validation, ValidateCustomResourceColumnDefinition.
 */
export type JsonPath = (value: unknown) => readonly unknown[]

type Step = (value: unknown) => readonly unknown[]

const MEMBER = /^\.((?:\\.|[^.[\]\s\\])+)/
const QUOTED = /^\['((?:\\.|[^'\\])*)'\]/
const ELEMENT = /^\[(-?\d+)\]/
const SLICE = /^\[(-?\d*):(-?\d*)\]/
const FILTER =
  /^\[\?\(\s*@((?:\.[^\s=!<>()[\]]+|\['[^']*'\])+)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^\s)]+)\s*)?\)\]/

/**
 * A path from the root of an object, or undefined if it is none. A path finds nothing where members are missing.
 * Abridged: no recursive descent and no unions; filters compare one path with one literal.
 */
export function compileJsonPath(text: string): JsonPath | undefined {
  const steps = stepsOf(text.startsWith('$') ? text.slice(1) : text)
  return steps === undefined ? undefined : (value) => walk(steps, value)
}

function walk(steps: readonly Step[], value: unknown): readonly unknown[] {
  let found: readonly unknown[] = [value]
  for (const step of steps) found = found.flatMap(step)
  return found
}

function stepsOf(text: string): readonly Step[] | undefined {
  const steps: Step[] = []
  let rest = text
  while (rest !== '') {
    const next = firstStep(rest)
    if (next === undefined) return undefined
    steps.push(next.step)
    rest = rest.slice(next.length)
  }
  return steps.length === 0 ? undefined : steps
}

function firstStep(text: string): { step: Step; length: number } | undefined {
  const taken = (match: RegExpExecArray, step: Step) => ({ step, length: match[0].length })
  if (text.startsWith('.*') || text.startsWith('[*]')) return { step: everything, length: text.startsWith('.') ? 2 : 3 }
  const member = MEMBER.exec(text) ?? QUOTED.exec(text)
  if (member !== null) return taken(member, memberStep((member[1] ?? '').replace(/\\(.)/g, '$1')))
  const element = ELEMENT.exec(text)
  if (element !== null) return taken(element, elementStep(Number(element[1])))
  const slice = SLICE.exec(text)
  if (slice !== null) return taken(slice, sliceStep(bound(slice[1]), bound(slice[2])))
  const filter = FILTER.exec(text)
  const path = filter === null ? undefined : stepsOf(filter[1] ?? '')
  return filter === null || path === undefined ? undefined : taken(filter, filterStep(path, filter[2], filter[3] ?? ''))
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const everything: Step = (value) => (Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [])

const memberStep =
  (name: string): Step =>
  (value) =>
    isMap(value) && value[name] !== undefined ? [value[name]] : []

const elementStep =
  (index: number): Step =>
  (value) =>
    Array.isArray(value) && index < value.length && index >= -value.length ? [value.at(index)] : []

const bound = (digits: string | undefined): number | undefined =>
  digits === undefined || digits === '' ? undefined : Number(digits)

const sliceStep =
  (from: number | undefined, to: number | undefined): Step =>
  (value) =>
    Array.isArray(value) ? value.slice(from, to) : []

/** Without a comparison it is enough that the path finds something. */
function filterStep(path: readonly Step[], operator: string | undefined, literal: string): Step {
  const wanted = literalOf(literal)
  const holds = (item: unknown): boolean => {
    const [actual] = walk(path, item)
    return actual !== undefined && (operator === undefined || compare(actual, operator, wanted))
  }
  return (value) => (Array.isArray(value) ? value.filter(holds) : [])
}

function literalOf(text: string): unknown {
  if (/^["'].*["']$/.test(text)) return text.slice(1, -1)
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Values of different types are unequal and have no order. */
function compare(actual: unknown, operator: string, wanted: unknown): boolean {
  if (operator === '==') return actual === wanted
  if (operator === '!=') return actual !== wanted
  const ordered =
    typeof actual === 'number' && typeof wanted === 'number' ? actual - wanted : orderOfTexts(actual, wanted)
  if (ordered === undefined) return false
  if (operator === '<') return ordered < 0
  if (operator === '<=') return ordered <= 0
  return operator === '>' ? ordered > 0 : ordered >= 0
}

const orderOfTexts = (a: unknown, b: unknown): number | undefined =>
  typeof a === 'string' && typeof b === 'string' ? (a < b ? -1 : a > b ? 1 : 0) : undefined

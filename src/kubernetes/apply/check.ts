/**
 * Whether an applied object fits its kind's structure, in the words of upstream's check.
 *
 * Source: structured-merge-diff/v6/typed/validate.go and helpers.go.
 */
import { goText, isObject, type JsonObject } from '../patch/json.ts'
import { goQuote } from '../validation/field-error.ts'
import { DEDUCED_MAP } from './compare.ts'
import { elementOf, ElementProblem } from './list-elements.ts'
import { fieldElement, formatElement } from './path-element.ts'
import { type ListNode, type MapNode, type ScalarType, type TypeNode } from './type-node.ts'

/** What does not fit; undefined for an object that does. */
export function structureProblem(type: TypeNode, object: JsonObject): string | undefined {
  const problems: string[] = []
  check(type, object, '', problems)
  if (problems.length <= 1) return problems[0]
  return ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n')
}

function check(type: TypeNode, value: unknown, path: string, problems: string[]): void {
  const complain = (why: string): void => void problems.push(path === '' ? why : `${path}: ${why}`)
  if (value === null) return
  switch (type.form) {
    case 'any':
      return
    case 'scalar': {
      const problem = scalarProblem(type.scalar, value)
      if (problem !== undefined) complain(problem)
      return
    }
    case 'deduced':
      if (isObject(value)) checkMap(DEDUCED_MAP, value, path, problems)
      return
    case 'list':
      if (!Array.isArray(value)) return complain(`expected list, got ${shown(value)}`)
      return checkList(type, value, path, problems)
    case 'map':
      if (!isObject(value)) return complain(`expected map, got ${shown(value)}`)
      return checkMap(type, value, path, problems)
  }
}

function checkMap(type: MapNode, object: JsonObject, path: string, problems: string[]): void {
  for (const key of Object.keys(object)) {
    const value = object[key]
    if (value === undefined) continue
    const field = type.fields.get(key)
    const inner = path + formatElement(fieldElement(key))
    const of = field?.type ?? type.of
    if (of !== undefined) check(of, value, inner, problems)
    else {
      problems.push(`${inner}: field not declared in schema`)
      return
    }
  }
}

function checkList(type: ListNode, items: readonly unknown[], path: string, problems: string[]): void {
  const seen = new Set<string>()
  for (const [i, item] of items.entries()) {
    const element = type.atomic ? `i:${i}` : elementOf(type, item)
    if (element instanceof ElementProblem) {
      problems.push(`${path}: element ${i}: ${element.message}`)
      return
    }
    if (seen.has(element)) problems.push(`${path}: duplicate entries for key ${formatElement(element)}`)
    seen.add(element)
    check(type.of, item, path + formatElement(element), problems)
  }
}

function scalarProblem(scalar: ScalarType, value: unknown): string | undefined {
  const kind = typeof value
  switch (scalar) {
    case 'numeric':
      return kind === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'string':
      return kind === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'boolean':
      return kind === 'boolean' ? undefined : `expected boolean, got ${shown(value)}`
    case 'untyped':
      return kind === 'number' || kind === 'string' || kind === 'boolean'
        ? undefined
        : `expected any scalar, got ${shown(value)}`
  }
}

/** As Go's `%v` prints the structure that holds the value. */
const shown = (value: unknown): string => `&{${goText(value)}}`

const goTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** As Go's `%#v`. */
function goSyntax(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isObject(value)) {
    const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    return `map[string]interface {}{${keys.map((key) => `${goQuote(key)}:${goSyntax(value[key])}`).join(', ')}}`
  }
  return value === null ? 'interface {}(nil)' : String(value)
}

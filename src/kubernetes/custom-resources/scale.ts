/** The numbers that the subresource `scale` reads and writes in a custom resource. */
import type { FieldErrors } from '../validation/field-error.ts'
import { isJsonObject } from './schema.ts'

const INT32_MAX = 2_147_483_647

/** `.spec.replicas` as names of members. */
const partsOf = (path: string): readonly string[] => path.split('.').slice(1)

/** What a path leads to; undefined for nothing. */
export function atPath(object: unknown, path: string): unknown {
  let value = object
  for (const part of partsOf(path)) {
    if (!isJsonObject(value)) return undefined
    value = value[part]
  }
  return value
}

/** A copy with a value put where a path leads. */
export function withAtPath<T extends object>(object: T, path: string, value: unknown): T {
  return put(object, partsOf(path), value) as T
}

const put = (object: unknown, [first, ...rest]: readonly string[], value: unknown): unknown => {
  if (first === undefined) return value
  const before = isJsonObject(object) ? object : {}
  return { ...before, [first]: put(before[first], rest, value) }
}

/** Source: apiextensions-apiserver/pkg/registry/customresource/validator.go, validateScaleSpec and validateScaleStatus (v1.36). */
export function validateReplicas(object: unknown, path: string, errors: FieldErrors): void {
  const problem = accessProblem(object, path)
  if (problem !== undefined) return errors.invalid(path, 0, problem)
  const replicas = atPath(object, path)
  if (typeof replicas !== 'number') return
  if (replicas < 0) errors.invalid(path, replicas, 'should be a non-negative integer')
  else if (replicas > INT32_MAX) errors.invalid(path, replicas, `should be less than or equal to ${INT32_MAX}`)
}

/** Source: apimachinery/pkg/apis/meta/v1/unstructured/helpers.go, NestedInt64. */
function accessProblem(object: unknown, path: string): string | undefined {
  let value = object
  let at = ''
  for (const part of partsOf(path)) {
    if (!isJsonObject(value)) return accessorError(at, value, 'map[string]interface{}', path)
    at += `.${part}`
    value = value[part]
    if (value === undefined) return undefined
  }
  return typeof value === 'number' && Number.isInteger(value) ? undefined : accessorError(at, value, 'int64', path)
}

const accessorError = (_at: string, value: unknown, wanted: string, path: string): string =>
  `${path} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${wanted}`

const goType = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (value === null) return '<nil>'
  return typeof value === 'string' ? 'string' : 'map[string]interface {}'
}

const goText = (value: unknown): string => {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isJsonObject(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map((name) => `${name}:${goText(value[name])}`).join(' ')}]`
}

/**
 * Shapes of configuration as data, and what of a value does not fit them. Kubernetes' own structures inside (affinities,
 * constraints) are checked by the schema of the API.
 */
import { decodeObject } from '../../../kubernetes/schema/decode.ts'
import { definition } from '../../../kubernetes/schema/reader.ts'

export type Shape =
  | { readonly form: 'text' | 'integer' | 'boolean' | 'anything' }
  | { readonly form: 'one of'; readonly values: readonly string[] }
  | { readonly form: 'list'; readonly of: Shape }
  | { readonly form: 'object'; readonly fields: Readonly<Record<string, Shape>> }
  /** A structure of the Kubernetes API, by its name in the schema. */
  | { readonly form: 'api'; readonly name: string }

export const text: Shape = { form: 'text' }
export const integer: Shape = { form: 'integer' }
export const boolean: Shape = { form: 'boolean' }
export const anything: Shape = { form: 'anything' }
export const oneOf = (...values: string[]): Shape => ({ form: 'one of', values })
export const list = (of: Shape): Shape => ({ form: 'list', of })
export const object = (fields: Readonly<Record<string, Shape>>): Shape => ({ form: 'object', fields })
export const api = (name: string): Shape => ({ form: 'api', name })

/** `profiles[0].plugins`, and what is wrong there. */
export interface ShapeProblem {
  readonly field: string
  readonly message: string
}

export const member = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`)

/** Everything in `value` that does not fit, in order. `null` is as if it were not there. */
export function misfits(value: unknown, shape: Shape, field = ''): readonly ShapeProblem[] {
  if (value === undefined || value === null) return []
  const wrong = (expected: string): readonly ShapeProblem[] => [
    { field, message: `expected ${expected}, found ${nameOf(value)}` },
  ]
  switch (shape.form) {
    case 'anything':
      return []
    case 'text':
      return typeof value === 'string' ? [] : wrong('text')
    case 'integer':
      return Number.isSafeInteger(value) ? [] : wrong('integer')
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong('boolean')
    case 'one of':
      return typeof value === 'string' && shape.values.includes(value) ? [] : wrong(`one of ${shape.values.join(', ')}`)
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item, i) => misfits(item, shape.of, `${field}[${i}]`))
        : wrong('list')
    case 'object':
      return isRecord(value) ? misfitMembers(value, shape.fields, field) : wrong('object')
    case 'api': {
      const known = definition(shape.name)
      if (known === undefined) throw new RangeError(`the schema has no ${shape.name}`)
      return decodeObject(value, known).problems.map((problem) => ({
        field: member(field, problem.field),
        message: problem.message,
      }))
    }
  }
}

function misfitMembers(
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Shape>>,
  field: string,
): readonly ShapeProblem[] {
  const problems: ShapeProblem[] = []
  for (const [name, part] of Object.entries(value)) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (shape === undefined) problems.push({ field: member(field, name), message: 'unknown field' })
    else problems.push(...misfits(part, shape, member(field, name)))
  }
  return problems
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object') return 'object'
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

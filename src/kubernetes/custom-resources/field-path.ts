/**
 * Where a rule says that its fault is: `.spec['x-y'].size`. Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go,
 * ValidFieldPath (v1.36).
 */
import type { Schema } from './schema.ts'

const PART = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/

/** As errors show it; undefined for what leads nowhere in the schema. */
export function normalFieldPath(path: string, schema: Schema): string | undefined {
  let rest = path
  let inside = schema
  let normal = ''
  while (rest !== '') {
    const part = PART.exec(rest)
    if (part === null) return undefined
    const name = part[1] ?? (part[2] ?? '').replace(/\\(.)/g, '$1')
    const { properties, additionalProperties } = inside
    const next = properties === undefined ? additionalProperties : properties[name]
    if (typeof next !== 'object') return undefined
    normal += properties === undefined ? `[${name}]` : `.${name}`
    inside = next
    rest = rest.slice(part[0].length)
  }
  return normal
}

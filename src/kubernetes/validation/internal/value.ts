/**
 * Objects as the API server's own structures show them: every member under its Go name, in Go's order, nothing left out.
 * Structures that have JSON names of their own (label selectors, metadata) are shown by those.
 *
 * Source: encoding/json of pkg/apis/core/types.go, whose structures have no `json` tags (v1.36).
 */
import { definition, type Definition, type Field, type FieldType } from '../../schema/reader.ts'
import { Shown } from '../field-error.ts'
import { unifiedDiff } from './unified-diff.ts'
import { INTERNAL_STRUCTURES } from './structures.ts'

type Members = Readonly<Record<string, unknown>>

/** A refused value, as a message shows it. */
export const shownInternally = (structure: string, value: object): Shown =>
  new Shown(escaped(JSON.stringify(internalValue(structure, value as Members))))

/** What changed, as messages tell it. Source: apimachinery/pkg/util/diff/diff.go, Diff. */
export const internalDiff = (structure: string, before: object, after: object): string =>
  unifiedDiff(indented(structure, before), indented(structure, after))

const indented = (structure: string, value: object): string =>
  escaped(JSON.stringify(internalValue(structure, value as Members), undefined, ' '))

/** Go escapes what HTML would read. */
const escaped = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

function internalValue(name: string, value: Members): Members {
  const members = INTERNAL_STRUCTURES.get(name)
  if (members === undefined) return value
  const fields = fieldsOf(name)
  const given = name === 'core/v1.PodSpec' ? withHostInSecurityContext(value) : value
  const shown: Record<string, unknown> = {}
  for (const { name: goName, field: letters } of members) {
    const field = fields.get(letters)
    shown[goName] = field === undefined ? null : memberValue(field, given[field.name])
  }
  return shown
}

/** The versioned structure keeps in the spec what the internal one has in the security context. */
const HOST_MEMBERS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const

function withHostInSecurityContext(spec: Members): Members {
  const context: Record<string, unknown> = { ...(spec['securityContext'] as Members | undefined) }
  for (const member of HOST_MEMBERS) context[member] = spec[member]
  return { ...spec, securityContext: context }
}

const byLetters = new Map<string, ReadonlyMap<string, Field>>()

function fieldsOf(name: string): ReadonlyMap<string, Field> {
  const known = byLetters.get(name)
  if (known !== undefined) return known
  const fields = new Map<string, Field>()
  const add = (structure: Definition | undefined, only?: readonly string[]): void => {
    for (const field of structure?.fields.values() ?? []) {
      if (only?.includes(field.name) ?? true) fields.set(field.name.toLowerCase(), field)
    }
  }
  // Sources of volumes stand in the spec in the versioned structures, in one of their own inside.
  add(definition(name === 'core/v1.PersistentVolumeSource' ? 'core/v1.PersistentVolumeSpec' : name))
  if (name === 'core/v1.PodSecurityContext') add(definition('core/v1.PodSpec'), HOST_MEMBERS)
  byLetters.set(name, fields)
  return fields
}

function memberValue(field: Field, value: unknown): unknown {
  if (value !== undefined && value !== null) return typedValue(field.type, value)
  const { type } = field
  if (type.form === 'ref' && field.always) return internalValue(type.name, {})
  if (type.form !== 'scalar' || field.pointer) return null
  switch (type.scalar) {
    case 's':
      return ''
    case 'b':
      return false
    case 'i':
    case 'l':
    case 'n':
      return 0
    case 'q':
      return field.name === 'divisor' ? '0' : null
    default:
      return null
  }
}

function typedValue(type: FieldType, value: unknown): unknown {
  if (type.form === 'ref') return internalValue(type.name, value as Members)
  if (type.form === 'list') return (value as readonly unknown[]).map((item) => typedValue(type.of, item))
  if (type.form === 'map') return sortedMap(type.of, value as Members)
  return value
}

function sortedMap(of: FieldType, map: Members): Members {
  const keys = Object.keys(map).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(keys.map((key) => [key, typedValue(of, map[key])]))
}

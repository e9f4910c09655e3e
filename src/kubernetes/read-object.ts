/**
 * A request's JSON becomes an object of the kind that the path asks for, or a Status that says why not.
 *
 * Source: apiserver/pkg/endpoints/handlers/{create,update}.go; apimachinery/pkg/runtime/serializer/json (v1.36).
 */
import { either } from 'fp-ts'
import type { ApiObject } from '../events/json.ts'
import type { Draft } from './draft.ts'
import type { KindRow } from './kind-rows/row.ts'
import { decodeObject } from './schema/decode.ts'
import { definitionOf } from './schema/reader.ts'
import { undecodable } from './status.ts'
import type { Status } from './types/meta.ts'

export interface ReadObject {
  /** In the version that is stored, whatever version the row is in. */
  readonly object: Draft<ApiObject>
  /** What the answer warns of: unknown fields, unless they are ignored. */
  readonly warnings: readonly string[]
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

const SCHEME = 'pkg/api/legacyscheme/scheme.go:30'

/** JSON that isn't an object at all is refused before, with the words of its parser. */
export function readObject(
  row: KindRow,
  json: Readonly<Record<string, unknown>>,
  fieldValidation: FieldValidation = 'Warn',
): either.Either<Status, ReadObject> {
  if (row.custom !== undefined) return row.custom.read(json, fieldValidation)
  const { apiVersion, kind } = versionAndKind(json, row)
  const refuse = (why: string) => either.left(undecodable(apiVersion, kind, row.kind, why))
  const shape = definitionOf(apiVersion, kind)
  if (apiVersion !== row.apiVersion || kind !== row.kind) {
    const known = shape !== undefined || definitionOf(apiVersion, kind.replace(/List$/, '')) !== undefined
    return refuse(known ? wrongKind(apiVersion, kind, row) : unknownKind(apiVersion, kind))
  }
  if (shape === undefined) throw new RangeError(`the schema has no ${apiVersion} ${kind}`)
  const { object, problems } = decodeObject(json, shape)
  const wrong = problems.find((problem) => problem.type !== 'unknown field')
  if (wrong !== undefined) return refuse(wrong.serverMessage)
  const warnings = fieldValidation === 'Ignore' ? [] : problems.map((problem) => problem.serverMessage)
  if (fieldValidation === 'Strict' && warnings.length > 0) {
    return refuse(`strict decoding error: ${warnings.join(', ')}`)
  }
  const typed = { ...object, apiVersion, kind }
  return either.right({ object: row.conversion?.toHub(typed) ?? typed, warnings })
}

/** What the body leaves out, the path says. */
function versionAndKind(json: Readonly<Record<string, unknown>>, row: KindRow): { apiVersion: string; kind: string } {
  const text = (value: unknown, otherwise: string): string =>
    typeof value === 'string' && value !== '' ? value : otherwise
  return { apiVersion: text(json['apiVersion'], row.apiVersion), kind: text(json['kind'], row.kind) }
}

const wrongKind = (apiVersion: string, kind: string, row: KindRow): string =>
  `converting (${goPackage(apiVersion)}.${kind}) to (${internalPackage(row.group)}.${row.kind}): unknown conversion`

const unknownKind = (apiVersion: string, kind: string): string =>
  `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`

const goPackage = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)
const internalPackage = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? group))

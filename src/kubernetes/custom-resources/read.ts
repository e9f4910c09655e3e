/** Bodies of custom resources: any JSON object, pruned and filled as their schema says. */
import { either } from 'fp-ts'
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { decodeObject } from '../schema/decode.ts'
import { definitionOf } from '../schema/reader.ts'
import { badRequest, invalid, undecodable } from '../status.ts'
import type { Status } from '../types/meta.ts'
import { FieldErrors } from '../validation/field-error.ts'
import { asObject, prune, withDefaults } from './structure.ts'
import type { JsonObject, Schema } from './schema.ts'

/** What a body is read as. */
export interface ReadAs {
  readonly group: string
  readonly apiVersion: string
  readonly kind: string
  readonly schema: Schema | undefined
}

type Read = either.Either<Status, { readonly object: Draft<ApiObject>; readonly warnings: readonly string[] }>

/**
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, schemaCoercingDecoder;
 * pkg/registry/customresource/validator.go, validateKinds (v1.36).
 */
export function readCustom(as: ReadAs, json: JsonObject, fieldValidation: 'Ignore' | 'Warn' | 'Strict'): Read {
  const { apiVersion = as.apiVersion, kind = as.kind } = json
  if (apiVersion !== as.apiVersion) {
    const words = `the API version in the data (${String(apiVersion)}) does not match the expected API version (${as.apiVersion})`
    return either.left(badRequest(words))
  }
  const unknown: string[] = []
  const metadata = readMetadata(json['metadata'], unknown)
  if (either.isLeft(metadata)) {
    return either.left(undecodable(as.apiVersion, as.kind, as.kind, metadata.left))
  }
  if (kind !== as.kind) return either.left(wrongKind(as, String(kind), metadata.right))
  const pruned = prune(json, as.schema ?? ANYTHING, '', true, unknown)
  const object = asObject(withDefaults(pruned, as.schema))
  const warnings = fieldValidation === 'Ignore' ? [] : [...unknown].sort().map((path) => `unknown field "${path}"`)
  if (fieldValidation === 'Strict' && warnings.length > 0) {
    const why = `strict decoding error: ${warnings.join(', ')}`
    return either.left(undecodable(as.apiVersion, as.kind, as.kind, why))
  }
  return either.right({ object: { ...object, apiVersion: as.apiVersion, kind, metadata: metadata.right }, warnings })
}

/** A version without a schema keeps everything. */
const ANYTHING: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

const UNKNOWN = /^unknown field "(.*)"$/

function readMetadata(given: unknown, unknown: string[]): either.Either<string, JsonObject> {
  const shape = definitionOf('v1', 'ConfigMap')
  if (shape === undefined) throw new RangeError('the schema has metadata')
  const { object, problems } = decodeObject({ metadata: given ?? {} }, shape)
  for (const { type, serverMessage } of problems) {
    if (type !== 'unknown field') return either.left(serverMessage)
    unknown.push(UNKNOWN.exec(serverMessage)?.[1] ?? serverMessage)
  }
  return either.right(asObject((object as JsonObject)['metadata']))
}

const wrongKind = ({ group, kind: wanted }: ReadAs, kind: string, metadata: JsonObject): Status => {
  const errors = new FieldErrors()
  errors.invalid('kind', kind, `must be ${wanted}`)
  return invalid({ group, kind }, String(metadata['name'] ?? ''), errors.list)
}

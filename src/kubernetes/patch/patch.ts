/**
 * PATCH: what a patch of any type makes of an object, or the Status that refuses it.
 *
 * Source: apiserver/pkg/endpoints/handlers/patch.go (v1.36).
 */
import { either } from 'fp-ts'
import type { ApiObject } from '../../events/json.ts'
import type { KindRow } from '../kind-rows/row.ts'
import { shownAs } from '../registry.ts'
import { readObject, type FieldValidation, type ReadObject } from '../read-object.ts'
import { definitionOf } from '../schema/reader.ts'
import { badRequest, invalid, unexpectedError } from '../status.ts'
import type { Status } from '../types/meta.ts'
import { touchedByMerge, touchedByOperations, writtenAsGoDoes, type Touched } from './go-order.ts'
import { goKind, goText, isObject, type JsonObject } from './json.ts'
import { jsonPatch, MAX_JSON_PATCH_OPERATIONS } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { strategicMergePatch } from './strategic-merge.ts'

export type PatchType = 'json' | 'merge' | 'strategic'

/** By content type. Server-side apply has its own way. */
export const PATCH_TYPES: ReadonlyMap<string, PatchType> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
])

type Either<A> = either.Either<Status, A>

/** The stored object as patched in the row's version, decoded: not yet defaulted or validated. Unknown fields warn as for other writes. */
export function patchObject(
  row: KindRow,
  current: ApiObject,
  type: PatchType,
  patch: unknown,
  fieldValidation: FieldValidation = 'Warn',
): Either<ReadObject> {
  const patched = applyPatch(row, shownAs(row, current), type, patch)
  if (either.isLeft(patched)) return patched
  const read = readObject(row, withReset(patched.right), fieldValidation)
  if (either.isRight(read) || row.custom !== undefined) return read
  const shown =
    type === 'strategic'
      ? goText(leftOf(patch))
      : writtenAsGoDoes(patched.right, definitionOf(row.apiVersion, row.kind), touchedBy(patch))
  const words = (read.left.message ?? '').replace(/^.*? cannot be handled as a \w+: /, '')
  const error = { type: 'Invalid value' as const, field: 'patch', badValue: shown, detail: patchWords(words, type) }
  return either.left(invalid({ group: '', kind: '' }, '', [error]))
}

/**
 * What is left of a strategic patch once it has been applied: lists whose order it gives are taken out as they are merged.
 * Source: apimachinery/pkg/util/strategicpatch/patch.go, mergePatchIntoOriginal (v1.36).
 */
function leftOf(patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const names = Object.keys(patch)
  const ordered = new Set(names.filter((name) => name.startsWith(ORDER)).map((name) => name.slice(ORDER.length)))
  const left = names.filter((name) => !name.startsWith(ORDER) && !ordered.has(name))
  return Object.fromEntries(left.map((name) => [name, leftOf(patch[name])]))
}

const ORDER = '$setElementOrder/'

const touchedBy = (patch: unknown): Touched =>
  (Array.isArray(patch) ? touchedByOperations(patch) : touchedByMerge(patch)) ?? {}

/** A patch that leaves no managedFields takes them away. A decoded object has no empty lists: one empty entry says the same. */
function withReset(patched: JsonObject): JsonObject {
  const { metadata } = patched
  if (!isObject(metadata) || !Array.isArray(metadata['managedFields'])) return patched
  return metadata['managedFields'].length > 0 ? patched : { ...patched, metadata: { ...metadata, managedFields: [{}] } }
}

/** A strategic patch is decoded by another decoder, with other words. Source: runtime/converter.go. */
function patchWords(words: string, type: PatchType): string {
  if (type !== 'strategic') return words
  const [, found, wanted = ''] = /^json: cannot unmarshal (\S+).* of type (.*)$/.exec(words) ?? []
  if (found === undefined) return words
  if (wanted.startsWith('map[')) return `cannot restore map from ${found}`
  if (wanted.startsWith('[]')) return `cannot restore slice from ${found}`
  return wanted.includes('.') ? `cannot restore struct from: ${found}` : `unrecognized type: ${wanted}`
}

function applyPatch(row: KindRow, current: ApiObject, type: PatchType, patch: unknown): Either<JsonObject> {
  switch (type) {
    case 'json':
      return applyJson(current, patch)
    case 'merge': {
      if (patch === null) return either.left(badRequest('Invalid JSON Patch'))
      if (!isObject(patch)) return either.left(notDecodable(patch, 'map[string]interface {}'))
      const merged = mergePatch(current, patch)
      return isObject(merged) ? either.right(merged) : either.left(badRequest('Invalid JSON Patch'))
    }
    case 'strategic': {
      if (!isObject(patch)) {
        const words = `json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`
        return either.left(badRequest(words))
      }
      const shape = definitionOf(row.apiVersion, row.kind)
      return either.mapLeft(notMergeable)(strategicMergePatch({ ...current }, patch, shape))
    }
  }
}

/** Few of these refusals are known to be their caller's fault. Source: handlers/patch.go, interpretStrategicMergePatchError. */
function notMergeable(why: string): Status {
  switch (why) {
    case 'invalid patch format of retainKeys':
      return badRequest(why)
    case 'lists of lists are not supported':
      return rejected()
    default:
      return unexpectedError(why)
  }
}

const notDecodable = (patch: unknown, wanted: string): Status =>
  badRequest(`error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type ${wanted}`)

function applyJson(current: ApiObject, patch: unknown): Either<JsonObject> {
  if (!Array.isArray(patch)) return either.left(notDecodable(patch, '[]handlers.jsonPatchOp'))
  if (patch.length > MAX_JSON_PATCH_OPERATIONS) {
    const words = `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${patch.length}`
    return either.left({ ...badRequest(words), reason: 'RequestEntityTooLarge', code: 413 })
  }
  const patched = jsonPatch(current, patch)
  if (either.isLeft(patched) || !isObject(patched.right)) return either.left(rejected())
  return either.right(patched.right)
}

/** Whatever is wrong with an operation, or with lists in lists, the API server says no more than this. */
const rejected = (): Status => ({
  ...badRequest('the server rejected our request due to an error in our request'),
  reason: 'Invalid',
  details: {},
  code: 422,
})

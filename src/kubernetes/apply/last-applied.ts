/**
 * From `kubectl apply` to `kubectl apply --server-side`: the annotation in which the client kept what it had applied.
 *
 * Source: managedfields/internal/{lastapplied,lastappliedmanager,lastappliedupdater}.go (v1.36).
 */
import { canonicalJson } from '../hash.ts'
import { isObject, type JsonObject } from '../patch/json.ts'
import { compareObjects } from './compare.ts'
import { fieldSetOf } from './extract.ts'
import { difference, EMPTY_SET, union, type FieldSet } from './field-set.ts'
import type { TypeNode } from './type-node.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
/** Source: apimachinery/pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB. */
const MOST_ANNOTATION_CHARACTERS = 256 * 1024

/** The manager whose applies go on from client-side ones. */
export const KUBECTL = 'kubectl'

/** What the client had applied and what is still so: no conflict for kubectl. Undefined where it had applied nothing. */
export function appliedByClient(type: TypeNode, live: JsonObject): FieldSet | undefined {
  const applied = parsed(annotationOf(live))
  if (applied === undefined) return undefined
  const { added = EMPTY_SET, modified = EMPTY_SET, removed = EMPTY_SET } = compareObjects(type, applied, live)
  return difference(fieldSetOf(type, applied), union(union(added, modified), removed))
}

/** The object with the annotation renewed, if it has one. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  if (annotationOf(object) === '') return object
  const metadata = object['metadata'] as JsonObject
  const annotations = { ...(metadata['annotations'] as JsonObject), [LAST_APPLIED]: `${bareText(applied)}\n` }
  const size = Object.entries(annotations).reduce((sum, [key, text]) => sum + key.length + String(text).length, 0)
  const { [LAST_APPLIED]: _tooLong, ...others } = annotations
  return {
    ...object,
    metadata: { ...metadata, annotations: size > MOST_ANNOTATION_CHARACTERS ? others : annotations },
  }
}

function bareText(applied: JsonObject): string {
  const metadata = isObject(applied['metadata']) ? applied['metadata'] : {}
  if (!isObject(metadata['annotations'])) return canonicalJson(applied)
  const { [LAST_APPLIED]: _own, ...annotations } = metadata['annotations']
  return canonicalJson({ ...applied, metadata: { ...metadata, annotations } })
}

function annotationOf(object: JsonObject): string {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {}
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
  const text = annotations[LAST_APPLIED]
  return typeof text === 'string' ? text : ''
}

function parsed(text: string): JsonObject | undefined {
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

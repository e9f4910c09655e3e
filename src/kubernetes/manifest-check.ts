/**
 * What the API server would say of a manifest, line by line, before anything runs.
 *
 * Decoding, defaulting and validation as for a create with strict field validation; admission and the cluster's own state
 * (does the namespace exist?) are no part of it.
 */
import type { ApiObject } from '../events/json.ts'
import type { Draft } from './draft.ts'
import { locate, type Manifest, type Problem } from './manifest.ts'
import { decodeObject } from './schema/decode.ts'
import { definitionOf } from './schema/reader.ts'
import { errorBody } from './validation/field-error.ts'

/** Everything wrong with an object of a served kind; nothing is said of other kinds. */
export function checkManifest(manifest: Manifest, namespace = 'default'): readonly Problem[] {
  const { row, object: json, file } = manifest
  const shape = definitionOf(manifest.apiVersion, manifest.kind)
  if (row?.strategy === undefined || shape === undefined) return []
  const { object, problems } = decodeObject(json, shape)
  const wrong = problems.map(({ path, field, message }) => ({ file, ...locate(manifest, path), field, message }))
  // What could not be read would be missing below.
  if (problems.some((problem) => problem.type !== 'unknown field')) return wrong
  const draft = withSystemFields(row.namespaced ? withNamespace(object, namespace) : (object as Draft<ApiObject>))
  const { strategy } = row
  const errors = strategy.validate(strategy.prepareForCreate(strategy.defaults(draft)))
  const invalid = errors.map((error) => ({
    file,
    ...locate(manifest, error.field),
    field: error.field,
    message: errorBody(error),
  }))
  return [...wrong, ...invalid]
}

/** The uid that the server gives a new object before it looks at it: a Job's labels are made of it. */
const STAND_IN = '00000000-0000-4000-8000-000000000000'

const withSystemFields = (object: Draft<ApiObject>): Draft<ApiObject> => ({
  ...object,
  metadata: { ...object.metadata, uid: STAND_IN },
})

function withNamespace(object: Draft<ApiObject>, namespace: string): Draft<ApiObject> {
  const { metadata } = object
  return metadata?.namespace === undefined ? { ...object, metadata: { ...metadata, namespace } } : object
}

/** `app.yaml:12:5: spec.containers[0].image: Required value`. */
export const formatProblem = ({ file, line, column, field, message }: Problem): string =>
  `${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`

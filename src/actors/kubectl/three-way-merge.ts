import type { ApiObject, Json } from '../../events/json.ts'

/** Source: kubectl/pkg/util/apply.go and core/v1.LastAppliedConfigAnnotation. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

type JsonObject = { readonly [key: string]: Json | undefined }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object as kubectl sends it at first: with a copy of itself for the next time. */
export const withLastApplied = (object: ApiObject): ApiObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(object)}\n` },
  },
})

/**
 * The patch that turns the live object into the wanted one: what is wanted and differs, and null for what the last apply
 * had and this one no longer has. Fields that others set stay.
 * Abridged: lists are sent whole, for the server to merge by its keys; elements dropped from a merged list stay.
 */
export const threeWayMerge = (lastApplied: string | undefined, wanted: ApiObject, live: ApiObject): Json => {
  const before = parse(lastApplied)
  const after = withLastApplied(wanted)
  const patch = difference(before, asJson(after), asJson(live))
  return patch
}

const parse = (text: string | undefined): JsonObject => {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    // A damaged annotation was written by somebody else; kubectl then knows of no earlier apply.
    return {}
  }
}

/** Stored objects are JSON by construction; only their TypeScript types are narrower. */
const asJson = (object: ApiObject): JsonObject => Object.fromEntries(Object.entries(object))

const difference = (before: JsonObject, wanted: JsonObject, live: JsonObject): JsonObject => {
  const patch: Record<string, Json | undefined> = {}
  for (const [key, value] of Object.entries(wanted)) {
    if (value === undefined) continue
    const current = live[key]
    if (isObject(value) && isObject(current)) {
      const previous = before[key]
      const inner = difference(isObject(previous) ? previous : {}, value, current)
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (JSON.stringify(value) !== JSON.stringify(current)) patch[key] = value
  }
  for (const key of Object.keys(before)) if (!(key in wanted) && key in live) patch[key] = null
  return patch
}

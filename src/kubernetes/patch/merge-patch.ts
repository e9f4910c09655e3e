/** JSON merge patch: RFC 7396. `null` takes a member away, lists are replaced whole. */
import { isObject, type JsonObject } from './json.ts'

/** The target with the patch in it; neither is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: Record<string, unknown> = { ...(isObject(target) ? target : {}) }
  for (const key of Object.keys(patch)) {
    const change = patch[key]
    if (change === undefined) continue
    if (change === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], change)
  }
  return merged
}

/**
 * The merge patch that leads from one object to another, or undefined where they are equal.
 * Members that must become `null` cannot be told from ones that must go: they go.
 */
export function createMergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(before)) if (before[key] !== undefined && after[key] === undefined) patch[key] = null
  for (const key of Object.keys(after)) {
    const old = before[key]
    const next = after[key]
    if (next === undefined || old === next) continue
    if (isObject(old) && isObject(next)) {
      const inner = createMergePatch(old, next)
      if (inner !== undefined) patch[key] = inner
    } else if (JSON.stringify(old) !== JSON.stringify(next)) patch[key] = next
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

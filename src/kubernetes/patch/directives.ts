/** Patches taken where there is nothing to merge with. Source: strategicpatch/patch.go, removeDirectives (v1.36). */
import { isObject } from './json.ts'

/** One member of a list in a patch. */
export type Item = unknown

/** Why a patch cannot be applied; caught where patches are applied, nowhere else. */
export class PatchRefusal extends Error {}

/** Without members that are null: they would delete what isn't there. */
export function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, dropNulls(member)]),
  )
}

/** Without directives; an object that is one goes whole. */
export function dropDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropDirectives).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  if ('$patch' in value) return undefined
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isDirective(key))
      .map(([key, member]) => [key, dropDirectives(member)])
      .filter(([, member]) => member !== undefined),
  )
}

const isDirective = (key: string): boolean =>
  key === '$retainKeys' || key.startsWith('$setElementOrder/') || key.startsWith('$deleteFromPrimitiveList/')

import type { ApiObject } from '../../events/json.ts'
import { controllerOf } from '../../kubernetes/owners.ts'

/** Deletion as every kind shows it: marked, held up by finalizers, gone. */
export const describeDeletion = (before: ApiObject | undefined, after: ApiObject | undefined): readonly string[] => {
  if (before === undefined) return []
  if (after === undefined) return ['deleted']
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined) {
    const finalizers = after.metadata.finalizers ?? []
    return [finalizers.length === 0 ? 'terminating' : `terminating, held by ${finalizers.join(', ')}`]
  }
  return []
}

/** `created`, and by whom it is owned. */
export const created = (object: ApiObject): string => {
  const owner = controllerOf(object)
  return owner === undefined ? 'created' : `created for ${owner.kind.toLowerCase()}/${owner.name}`
}

/** `what 2 → 3`, when it differs. */
export const changed = <T extends string | number>(what: string, before: T, after: T): readonly string[] =>
  before === after ? [] : [`${what} ${before} → ${after}`]

/** Whether two parts of objects say the same; quick when they are shared by reference. */
export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

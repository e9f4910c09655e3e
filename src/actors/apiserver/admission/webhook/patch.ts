import { either } from 'fp-ts'
import type { ApiObject } from '../../../../events/json.ts'
import { fromBase64 } from '../../../../kubernetes/base64.ts'
import type { Draft } from '../../../../kubernetes/draft.ts'
import { isObject } from '../../../../kubernetes/patch/json.ts'
import { patchObject } from '../../../../kubernetes/patch/patch.ts'
import { jsonPatch } from '../../../../kubernetes/patch/json-patch.ts'
import type { KindRow } from '../../../../kubernetes/registry.ts'
import { takenObject, type TakenKind } from '../taken.ts'

/** An object with a webhook's JSON patch, in base64, applied as the webhook sees it, and its defaults filled in anew. */
export function patched(
  object: ApiObject,
  patch: string,
  row: KindRow,
  taken: TakenKind | undefined,
): { readonly object: ApiObject } | { readonly problem: string } {
  try {
    const steps = JSON.parse(fromBase64(patch)) as unknown
    if (taken !== undefined) return patchedTaken(object, steps, taken)
    const result = patchObject(row, object, 'json', steps, 'Ignore')
    if (either.isLeft(result)) return { problem: result.left.message ?? 'the patch does not apply' }
    // What is still missing of it, validation tells.
    const draft: Draft<ApiObject> = result.right.object
    return { object: (row.strategy?.defaults(draft) ?? draft) as ApiObject }
  } catch (error) {
    return { problem: String(error) }
  }
}

/** What subresources take has no defaults. */
const patchedTaken = (object: ApiObject, steps: unknown, taken: TakenKind): ReturnType<typeof patched> => {
  const changed = jsonPatch(object, Array.isArray(steps) ? steps : [])
  if (either.isLeft(changed)) return { problem: changed.left }
  return isObject(changed.right)
    ? { object: takenObject(taken, changed.right) }
    : { problem: 'the patch leaves no object' }
}

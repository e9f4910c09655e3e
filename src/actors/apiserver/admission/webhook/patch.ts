import { either } from 'fp-ts'
import type { ApiObject } from '../../../../events/json.ts'
import { fromBase64 } from '../../../../kubernetes/base64.ts'
import type { Draft } from '../../../../kubernetes/draft.ts'
import { patchObject } from '../../../../kubernetes/patch/patch.ts'
import type { KindRow } from '../../../../kubernetes/registry.ts'

/** An object with a webhook's JSON patch, in base64, applied as the webhook sees it, and its defaults filled in anew. */
export function patched(
  object: ApiObject,
  patch: string,
  row: KindRow,
): { readonly object: ApiObject } | { readonly problem: string } {
  try {
    const result = patchObject(row, object, 'json', JSON.parse(fromBase64(patch)), 'Ignore')
    if (either.isLeft(result)) return { problem: result.left.message ?? 'the patch does not apply' }
    // What is still missing of it, validation tells.
    const draft: Draft<ApiObject> = result.right.object
    return { object: (row.strategy?.defaults(draft) ?? draft) as ApiObject }
  } catch (error) {
    return { problem: String(error) }
  }
}

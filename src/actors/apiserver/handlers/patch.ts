import { either } from 'fp-ts'
import type { ApiObject } from '../../../events/json.ts'
import { patchObject } from '../../../kubernetes/patch/patch.ts'
import type { Status } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { givenOf, type Given, type Request } from '../request.ts'
import type { World } from '../world.ts'
import { statusOnly, updateObject } from './update.ts'

/**
 * PATCH: the patch is applied again to every version that another writer puts in between, so it meets a conflict only when
 * it names a version itself. Source: apiserver/pkg/endpoints/handlers/patch.go, patchResource (v1.36).
 *
 * Abridged: no server-side apply.
 */
export function* patch(request: Request, world: World): Procedure<Answer> {
  const { row, patchType = 'strategic', body, options } = request
  if (patchType === 'apply') return refusal(UNSUPPORTED_MEDIA_TYPE)
  const propose = (stored: ApiObject): Given | Status => {
    const target = request.subresource === 'status' && patchType !== 'json' ? statusOnly(stored) : stored
    const patched = patchObject(row, target, patchType, body, options.fieldValidation ?? 'Ignore')
    return either.isLeft(patched) ? patched.left : givenOf(patched.right.object)
  }
  return yield* updateObject(request, propose, world)
}

/** Source: apiserver/pkg/endpoints/handlers/negotiation/errors.go, NewUnsupportedMediaTypeError. */
const UNSUPPORTED_MEDIA_TYPE: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message:
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
  reason: 'UnsupportedMediaType',
  code: 415,
}

import { either } from 'fp-ts'
import type { ApiObject } from '../../../events/json.ts'
import { patchObject } from '../../../kubernetes/patch/patch.ts'
import { readObject } from '../../../kubernetes/read-object.ts'
import { badRequest, conflict, isStatus, type Status } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { appliedTo, managerRefusal } from '../registry/field-tracking.ts'
import { givenOf, metadataProblem, type Given, type Request } from '../request.ts'
import type { World } from '../world.ts'
import { createObject } from './create.ts'
import { statusOnly, updateObject } from './update.ts'

/**
 * PATCH: the patch is applied again to every version that another writer puts in between, so it meets a conflict only when
 * it names a version itself. Source: apiserver/pkg/endpoints/handlers/patch.go, patchResource (v1.36).
 */
export function* patch(request: Request, world: World): Procedure<Answer> {
  const refused = managerRefusal(request)
  if (refused !== undefined) return refusal(refused)
  if (request.patchType === 'apply') return yield* apply(request, world)
  const { row, patchType = 'strategic', body, options } = request
  if (row.custom !== undefined && patchType === 'strategic') return refusal(NOT_STRATEGIC)
  const propose = (stored: ApiObject): Given | Status => {
    const target = request.subresource === 'status' && patchType !== 'json' ? statusOnly(stored) : stored
    const patched = patchObject(row, target, patchType, body, options.fieldValidation ?? 'Ignore')
    if (either.isLeft(patched)) return patched.left
    for (const text of patched.right.warnings) request.warnings.add(text)
    return givenOf(patched.right.object)
  }
  return yield* updateObject(request, propose, world)
}

/** Server-side apply: also creates. Source: handlers/patch.go, applyPatcher. */
function* apply(request: Request, world: World): Procedure<Answer> {
  const propose = (stored: ApiObject | undefined): Given | Status => {
    const object = appliedTo(request, stored, world)
    if (isStatus(object)) return object
    const read = readObject(request.row, object, 'Ignore')
    return either.isLeft(read) ? badRequest(read.left.message ?? '') : givenOf(read.right.object)
  }
  const answer = yield* updateObject(request, propose, world)
  if (answer.code !== 404 || request.subresource !== '') return answer
  const given = propose(undefined)
  if (isStatus(given)) return refusal(given)
  const problem = newObjectProblem(request, given)
  if (problem !== undefined) return refusal(problem)
  // A version says nothing of what is not there yet.
  return yield* createObject(request, { ...given, metadata: { ...given.metadata, resourceVersion: '' } }, world)
}

/** Source: handlers/patch.go, patcher.applyPatch. */
const newObjectProblem = (request: Request, { metadata }: Given): Status | undefined => {
  const { row, name } = request
  if ((metadata.uid ?? '') === '') return metadataProblem(request, metadata)
  const why = `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`
  return conflict(row, name, why)
}

/** Nothing says how lists of custom resources are merged. Source: endpoints/handlers/negotiation/errors.go. */
const NOT_STRATEGIC: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message:
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  reason: 'UnsupportedMediaType',
  code: 415,
}

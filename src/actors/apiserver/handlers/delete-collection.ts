import { isStatus } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { isDryRun, type Request } from '../request.ts'
import { selectionOf } from '../selection.ts'
import { storedAs } from '../storage/store.ts'
import type { World } from '../world.ts'
import { admitDeletion, removeObject } from './delete.ts'
import { consistent, select } from './read.ts'

/**
 * DELETE of a collection: lists, then deletes one after the other; what is gone meanwhile is no failure.
 * Abridged: one worker. Source: apiserver/pkg/registry/generic/registry/store.go, DeleteCollection (v1.36).
 */
export function* deleteCollection(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, options } = request
  const scope = selectionOf(row, { namespace, ...options })
  if (isStatus(scope)) return refusal(scope)
  const failure = yield* consistent(world)
  if (isStatus(failure)) return refusal(failure)
  const revision = failure ?? world.cache.position
  const objects = select(request, scope, world)
  if (isDryRun(request)) return { code: 200, revision, items: objects.length }
  for (const object of objects) {
    const refused = yield* admitDeletion(request, object, world)
    if (refused !== undefined) return refusal(refused)
    const { name, namespace: within } = object.metadata
    const ref = world.refTo(row.kind, within, name)
    const answer = yield* removeObject(request, ref, storedAs(object), options, world)
    if (answer.code >= 400 && answer.code !== 404) return answer
  }
  return { code: 200, revision, items: objects.length }
}

import { isStatus } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { isDryRun, type Request } from '../request.ts'
import { storedAs } from '../storage/store.ts'
import type { World } from '../world.ts'
import { admitDeletion, removeObject } from './delete.ts'
import { withDeleteOptions } from './delete-options.ts'
import { readList } from './read.ts'

/**
 * DELETE of a collection: lists, then deletes one after the other; what is gone meanwhile is no failure.
 * Abridged: one worker. Source: apiserver/pkg/registry/generic/registry/store.go, DeleteCollection (v1.36).
 */
export function* deleteCollection(asked: Request, world: World): Procedure<Answer> {
  const request = withDeleteOptions(asked)
  if (isStatus(request)) return refusal(request)
  const { row, options } = request
  const read = yield* readList(request, world)
  if (isStatus(read)) return refusal(read)
  const { items, ...rest } = read
  const answer: Answer = { code: 200, ...rest, items: items.length }
  for (const object of items) {
    const refused = yield* admitDeletion(request, object, world)
    if (refused !== undefined) return refusal(refused)
    if (isDryRun(request)) continue
    const { name, namespace: within } = object.metadata
    const ref = world.refTo(row.kind, within, name)
    const removed = yield* removeObject(request, ref, storedAs(object), options, world)
    if (removed.code >= 400 && removed.code !== 404) return removed
  }
  return answer
}

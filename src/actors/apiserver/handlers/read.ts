import type { Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import { seconds } from '../../../events/time.ts'
import {
  badRequest,
  isStatus,
  notFound,
  tooLargeResourceVersion,
  unexpectedError,
  type Status,
} from '../../../kubernetes/status.ts'
import { answerObject, refusal, type Answer } from '../answer.ts'
import { isIn, type WatchScope } from '../cache/watchers.ts'
import { cacheReaches, type Procedure } from '../procedure.ts'
import type { Request } from '../request.ts'
import { selectionOf } from '../selection.ts'
import type { World } from '../world.ts'

/** Source: apiserver/pkg/storage/cacher/watch_cache.go, blockTimeout (v1.36). */
const CACHE_WAIT: Micros = seconds(3)
const RETRY_AFTER_SECONDS = 1

/** GET of one object. Without a resourceVersion etcd is asked; with one, the cache. Source: cacher/cacher.go, Get (v1.36). */
export function* get(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name, options } = request
  const { resourceVersion = '' } = options
  if (resourceVersion === '') {
    const found = yield* world.store.get(world.refTo(row.kind, namespace, name))
    if (isStatus(found)) return refusal(found)
    return found === undefined ? refusal(notFound(row, name)) : answerObject(200, name, found.revision)
  }
  if (!/^\d+$/.test(resourceVersion)) return refusal(unexpectedError(malformed(resourceVersion)))
  const late = yield* notOlderThan(Number(resourceVersion), world)
  if (late !== undefined) return refusal(late)
  const cached = world.cache.view.get(row.kind, namespace, name)
  if (cached === undefined) return refusal(notFound(row, name))
  return answerObject(200, name, Number(cached.metadata.resourceVersion))
}

/**
 * GET of a collection. Answers with a revision: what a list holds is read at it.
 *
 * Without a resourceVersion the answer is as new as etcd was when asked; with 0 it is whatever the cache shows; with any
 * other it is not older than that. Source: apiserver/pkg/storage/cacher/cacher.go, GetList; storage/util.go (v1.36).
 */
export function* list(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, options } = request
  const scope = selectionOf(row, { namespace, ...options })
  if (isStatus(scope)) return refusal(scope)
  const { resourceVersion = '' } = options
  if (!/^\d*$/.test(resourceVersion))
    return refusal(badRequest(`invalid resource version: ${malformed(resourceVersion)}`))
  const failure =
    resourceVersion === '' ? yield* consistent(world) : yield* notOlderThan(Number(resourceVersion), world)
  if (typeof failure === 'number') return { code: 200, revision: failure, items: select(request, scope, world).length }
  if (failure !== undefined) return refusal(failure)
  return { code: 200, revision: world.cache.position, items: select(request, scope, world).length }
}

/**
 * Waits until the cache shows at least what etcd holds now. When the cache does not get there in time, gives the revision
 * that etcd itself answers for. Source: cacher/delegator, GetList: falls back to etcd.
 */
export function* consistent(world: World): Procedure<Status | number | undefined> {
  const revision = yield* world.store.revision()
  if (isStatus(revision)) return revision
  return (yield* cacheReaches(revision, CACHE_WAIT)) ? undefined : revision
}

function* notOlderThan(revision: number, world: World): Procedure<Status | undefined> {
  if (yield* cacheReaches(revision, CACHE_WAIT)) return undefined
  return tooLargeResourceVersion(revision, world.cache.position, RETRY_AFTER_SECONDS)
}

/** What the cache shows of a collection. */
export const select = ({ row, namespace }: Request, scope: WatchScope, world: World): readonly ApiObject[] => {
  const { view } = world.cache
  const objects =
    scope.nodeName === undefined ? view.list(row.kind, namespace) : view.indexed(row.kind, 'node', scope.nodeName)
  return scope.name === undefined && scope.nodeName === undefined && scope.matches === undefined
    ? objects
    : objects.filter((object) => isIn(scope, object))
}

const malformed = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`

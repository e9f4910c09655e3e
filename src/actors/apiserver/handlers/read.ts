import type { Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import { seconds } from '../../../events/time.ts'
import { either } from 'fp-ts'
import {
  badRequest,
  expired,
  isStatus,
  notFound,
  tooLargeResourceVersion,
  unexpectedError,
  type Status,
} from '../../../kubernetes/status.ts'
import type { View } from '../../../kubernetes/view.ts'
import { answerObject, refusal, type Answer } from '../answer.ts'
import { decodeContinue, inconsistently } from '../cache/continue.ts'
import { candidates, pageOf, type Page } from '../cache/page.ts'
import { isIn, type WatchScope } from '../watching/watchers.ts'
import { cacheReaches, type Procedure } from '../procedure.ts'
import type { Request, RequestOptions } from '../request.ts'
import { selectionOf } from '../selection.ts'
import { isCompacted } from '../storage/store.ts'
import type { World } from '../world.ts'
import { listOptionsProblem } from './list-options.ts'

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
  if (!/^\d+$/.test(resourceVersion)) return refusal(unexpectedError(malformedVersion(resourceVersion)))
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
 * other it is not older than that, or exactly that where `resourceVersionMatch` or a limit says so. A list that goes on does
 * so at the revision of its beginning. Source: apiserver/pkg/storage/cacher/delegator; storage/util.go (v1.36).
 */
export function* list(request: Request, world: World): Procedure<Answer> {
  const read = yield* readList(request, world)
  if (isStatus(read)) return refusal(read)
  const { items, ...rest } = read
  return { code: 200, ...rest, items: items.length }
}

/** What a list shows: its objects, its revision, what is left for another. */
interface ReadList extends Page {
  readonly revision: number
}

export function* readList(request: Request, world: World): Procedure<ReadList | Status> {
  const { row, namespace, options } = request
  const problem = listOptionsProblem(options)
  if (problem !== undefined) return problem
  const text = namespace === undefined ? options : { ...options, namespace }
  const scope = selectionOf(row, text)
  if (isStatus(scope)) return scope
  const at = yield* revisionToList(options, world)
  if (isStatus(at)) return at
  const revision = at ?? world.cache.position
  const view = at === undefined ? world.cache.view : world.viewAt(revision)
  const isWhole = (options.limit ?? 0) <= 0 && (options.continue ?? '') === ''
  if (isWhole) return { revision, items: select(request, scope, view) }
  return { revision, ...pageOf(view, row, scope, text, revision) }
}

/** The revision that a list has to be read at in the storage; undefined where the cache may answer. */
function* revisionToList(options: RequestOptions, world: World): Procedure<Status | number | undefined> {
  const { resourceVersion = '', resourceVersionMatch = '', limit = 0, continue: token = '' } = options
  if (token !== '') return yield* revisionToGoOn(token, resourceVersion, world)
  if (resourceVersion === '') return yield* consistent(world)
  if (!/^\d+$/.test(resourceVersion))
    return badRequest(`invalid resource version: ${malformedVersion(resourceVersion)}`)
  const revision = Number(resourceVersion)
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && limit > 0 && revision > 0)
  if (!exact) return yield* notOlderThan(revision, world)
  const refused = yield* world.store.keeps(revision)
  if (refused === undefined) return revision
  return isCompacted(refused) ? expired('The resourceVersion for the provided list is too old.') : refused
}

function* revisionToGoOn(token: string, resourceVersion: string, world: World): Procedure<Status | number | undefined> {
  const decoded = decodeContinue(token)
  if (either.isLeft(decoded)) return badRequest(decoded.left)
  if (resourceVersion !== '' && resourceVersion !== '0') {
    return badRequest('specifying resource version is not allowed when using continue')
  }
  const { revision } = decoded.right
  if (revision < 0) return yield* consistent(world)
  const refused = yield* world.store.keeps(revision)
  if (refused === undefined) return revision
  if (!isCompacted(refused)) return refused
  // Who takes the offered token gets the rest as it is now.
  return { ...expired(TOO_OLD_TO_GO_ON), metadata: { continue: inconsistently(decoded.right) } }
}

/** Source: apiserver/pkg/storage/etcd3/errors.go, handleCompactedErrorForPaging (v1.36). */
const TOO_OLD_TO_GO_ON =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

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

const FRESH: Answer = { code: 200 }

/** Answers when the cache shows a revision. */
export function* freshAs(revision: number, world: World): Procedure<Answer> {
  const late = yield* notOlderThan(revision, world)
  return late === undefined ? FRESH : refusal(late)
}

/** Answers when the cache shows what etcd held when it was asked. */
export function* freshAsEtcd(world: World): Procedure<Answer> {
  const revision = yield* world.store.revision()
  return isStatus(revision) ? refusal(revision) : yield* freshAs(revision, world)
}

/** Answers when etcd has said that it keeps a revision, or why it does not. */
export function* keptByEtcd(revision: number, world: World): Procedure<Answer> {
  const gone = yield* world.store.keeps(revision)
  return gone === undefined ? FRESH : refusal(gone)
}

/** What a view shows of a collection. */
export const select = ({ row }: Request, scope: WatchScope, view: View): readonly ApiObject[] => {
  const objects = candidates(view, row, scope)
  return scope.name === undefined && scope.nodeName === undefined && scope.matches === undefined
    ? objects
    : objects.filter((object) => isIn(scope, object))
}

export const malformedVersion = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`

import type { ActorId, EventOf, Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { takenFor } from '../../../kubernetes/revision.ts'
import { isStatus, unexpectedError, type Status } from '../../../kubernetes/status.ts'
import { watchOptionsProblem } from '../handlers/list-options.ts'
import { malformedVersion } from '../handlers/read.ts'
import { selectionOf } from '../selection.ts'
import type { Watcher } from './watchers.ts'

/** Source: cacher/cacher.go, bookmarkFrequency. */
export const BOOKMARK_EVERY: Micros = minutes(1)

/** Of the server that is asked. */
export interface Asked {
  /** On its monotonic clock. */
  readonly now: Micros
  /** The revision that its cache shows. */
  readonly position: number
  /** How long a watch lasts that names no timeout. */
  defaultTimeout(): Micros
}

/** The watcher that a request makes, or why it makes none. */
export const watcherFor = (
  client: ActorId,
  data: EventOf<'WatchRequested'>['data'],
  row: KindRow,
  { now, position, defaultTimeout }: Asked,
): Watcher | Status => {
  const problem = watchOptionsProblem(data)
  if (problem !== undefined) return problem
  const scope = selectionOf(row, data)
  if (isStatus(scope)) return scope
  const { resourceVersion = '', timeoutSeconds = 0 } = data
  if (!/^\d*$/.test(resourceVersion)) return unexpectedError(malformedVersion(resourceVersion))
  const given = data.resourceVersion === undefined ? data.revision : Number(resourceVersion)
  return {
    client,
    watch: data.watch,
    kind: row.kind,
    scope,
    bookmarks: data.bookmarks === true,
    endsAt: now + (timeoutSeconds === 0 ? defaultTimeout() : seconds(timeoutSeconds)),
    // One from before a restore that moved nothing on is taken for one of now: what is older is not told.
    position: takenFor(given, position),
    nextBookmarkAt: now + BOOKMARK_EVERY,
  }
}

/** From where a watch tells. Source: apiserver/pkg/storage/cacher/cacher.go, Watch (v1.36). */
export type Beginning =
  /** What is there already as far as the cache shows, if wished for. */
  | { readonly from: 'shown'; readonly initial: boolean }
  /** What is there once the cache shows this revision (undefined: what etcd holds now), if wished for. */
  | { readonly from: 'fresh'; readonly asOf: number | undefined; readonly initial: boolean }
  /** What has happened since this revision. */
  | { readonly from: 'past'; readonly revision: number }

export const beginningOf = (position: number, data: EventOf<'WatchRequested'>['data']): Beginning => {
  const { sendInitialEvents: initial, resourceVersion = '' } = data
  if (initial === undefined || (!initial && resourceVersion !== '')) {
    // A revision of 0 stands for whatever is there; without the wish for initial events they come all the same.
    return position === 0 ? { from: 'shown', initial: initial !== false } : { from: 'past', revision: position }
  }
  return { from: 'fresh', asOf: resourceVersion === '' ? undefined : position, initial }
}

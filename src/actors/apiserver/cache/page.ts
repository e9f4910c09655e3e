import { either } from 'fp-ts'
import type { ApiObject } from '../../../events/json.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { isStatus, type Status } from '../../../kubernetes/status.ts'
import type { View } from '../../../kubernetes/view.ts'
import { selectionOf, type SelectionText } from '../selection.ts'
import { decodeContinue, encodeContinue } from './continue.ts'
import { isIn, type WatchScope } from '../watching/watchers.ts'

/** What a caller asked a list for. */
export interface ListText extends SelectionText {
  readonly resourceVersion?: string | undefined
  readonly limit?: number | undefined
  readonly continue?: string | undefined
}

/** The objects that a list holds, in the order of their keys in the store, and what is left for another. */
export interface Page {
  readonly items: readonly ApiObject[]
  readonly continue?: string
  /** Not told where selectors would have to be tried on the rest. */
  readonly remainingItemCount?: number
}

/**
 * What a list holds that was answered with `revision`: `view` shows the store at it. What a server counts, whoever writes the
 * answer out reads with this.
 */
export const listedAt = (view: View, row: KindRow, text: ListText, revision: number): Page | Status => {
  const scope = selectionOf(row, text)
  return isStatus(scope) ? scope : pageOf(view, row, scope, text, revision)
}

interface Keyed {
  readonly key: string
  readonly object: ApiObject
}

/** One page. Source: apiserver/pkg/storage/etcd3/store.go, GetList; storage/continue.go, PrepareContinueToken (v1.36). */
export const pageOf = (view: View, row: KindRow, scope: WatchScope, text: ListText, revision: number): Page => {
  const keyOf = row.namespaced && text.namespace === undefined ? keyInCluster : keyInNamespace
  const start = startOf(text)
  const limit = limitOf(text)
  const ordered: Keyed[] = []
  for (const object of candidates(view, row, scope)) {
    const key = keyOf(object)
    if (key >= start) ordered.push({ key, object })
  }
  ordered.sort(byKey)
  const items: ApiObject[] = []
  for (const [i, { key, object }] of ordered.entries()) {
    if (!isIn(scope, object)) continue
    items.push(object)
    if (limit === 0 || items.length < limit) continue
    const left = ordered.length - i - 1
    if (left === 0) break
    const token = encodeContinue(`${key}\0`, revision)
    return { items, continue: token, ...(isSelective(text) ? {} : { remainingItemCount: left }) }
  }
  return { items }
}

const startOf = ({ continue: token = '' }: ListText): string => {
  if (token === '') return ''
  const decoded = decodeContinue(token)
  return either.isLeft(decoded) ? '' : decoded.right.start
}

/** 0 for all. Source: cacher/delegator: what the cache happens to have, at revision 0, is given whole. */
const limitOf = ({ limit = 0, resourceVersion = '' }: ListText): number =>
  limit < 0 || resourceVersion === '0' ? 0 : limit

/** The objects of a scope, as far as an index keeps them apart. */
export const candidates = (view: View, row: KindRow, { namespace, nodeName }: WatchScope): readonly ApiObject[] =>
  nodeName === undefined ? view.list(row.kind, namespace) : view.indexed(row.kind, 'node', nodeName)

// As keys stand in the store, below the collection that is listed.
const keyInNamespace = ({ metadata }: ApiObject): string => `/${metadata.name}`
const keyInCluster = ({ metadata }: ApiObject): string => `/${metadata.namespace ?? ''}/${metadata.name}`

const isSelective = ({ labelSelector = '', fieldSelector = '' }: ListText): boolean =>
  labelSelector !== '' || fieldSelector !== ''

const byKey = (a: Keyed, b: Keyed): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/**
 * The lines of a watch: one JSON object each, whatever the client wants its objects as.
 *
 * Source: apimachinery/pkg/apis/meta/v1/watch.go, WatchEvent; apiserver/pkg/endpoints/handlers/response.go,
 * watchEmbeddedEncoder (v1.36).
 */
import type { ApiObject } from '../events/json.ts'
import { metadataOnly, type MetadataOnly, type MetaVersion } from './metadata-only.ts'
import { metadataOfOne, printTable, type TableOptions } from './printing/print-table.ts'
import type { Table } from './printing/table.ts'
import type { GroupKind } from './status.ts'
import type { Status } from './types/meta.ts'

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'

/** A change, or a bookmark, whose object has a `resourceVersion` and hardly more. */
export interface WatchEvent<O = ApiObject> {
  readonly type: WatchEventType
  readonly object: O
}

/** The last line of a watch that the server ends with a reason; the same for all clients. */
export interface ErrorFrame {
  readonly type: 'ERROR'
  readonly object: Status
}

export const errorFrame = (status: Status): ErrorFrame => ({ type: 'ERROR', object: status })

/**
 * A change as a table of one row. Only the first line of a watch defines the columns: for all others the caller asks for
 * `noHeaders`.
 */
export const tableFrame = (
  kind: GroupKind,
  { type, object }: WatchEvent,
  options: Omit<TableOptions, 'metadata'>,
): WatchEvent<Table> => ({
  type,
  object: printTable(kind, [object], { ...options, metadata: metadataOfOne(object) }),
})

export const metadataFrame = ({ type, object }: WatchEvent, version?: MetaVersion): WatchEvent<MetadataOnly> => ({
  type,
  object: metadataOnly(object, version),
})

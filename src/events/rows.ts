import type * as t from 'io-ts'
import { catalogue } from './catalogue/index.ts'
import type { EventClass } from './define.ts'

/** A row of the catalogue as whoever holds only a name sees it: `EventDefinition` without the type of its data. */
export interface EventRow {
  readonly class: EventClass
  readonly v: number
  readonly data: t.Mixed
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>
  /** A method, so that rows of every type of data are rows: only an event's own row is ever asked to encode it. */
  encode?(data: unknown): unknown
}

/** The catalogue by type name, for names that may not be in it. */
export const rows: ReadonlyMap<string, EventRow> = new Map<string, EventRow>(Object.entries(catalogue))

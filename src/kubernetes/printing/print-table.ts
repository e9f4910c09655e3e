/**
 * Objects of one kind as the table that a client asked for with `Accept: …;as=Table`.
 *
 * Source: pkg/printers/tablegenerator.go; apiserver/pkg/endpoints/handlers/response.go, asTable (v1.36).
 */
import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { metadataOnly, type ListMeta, type MetaVersion } from '../metadata-only.ts'
import type { GroupKind } from '../status.ts'
import type { Printer } from './printer.ts'
import { printerOf } from './printers.ts'
import type { Table, TableRow } from './table.ts'

/** What of its object comes with a row; the query parameter of the same name. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

export interface TableOptions {
  /** What the ages count up to. */
  readonly now: Micros
  readonly includeObject?: IncludeObject
  /** Leaves out the columns' definitions, for a client that has them. */
  readonly noHeaders?: boolean
  /** The list's; of a single object's table the object's version. */
  readonly metadata?: ListMeta
  readonly version?: MetaVersion
}

/** A kind's row of the registry says which kind it is; so does any other group and kind. */
export const printTable = (kind: GroupKind, objects: readonly ApiObject[], options: TableOptions): Table =>
  printWith(printerOf(kind), objects, options)

/** The table of one object, as a GET of it answers. */
export const printOne = (kind: GroupKind, object: ApiObject, options: Omit<TableOptions, 'metadata'>): Table =>
  printTable(kind, [object], { ...options, metadata: metadataOfOne(object) })

export const metadataOfOne = ({ metadata }: ApiObject): ListMeta => ({ resourceVersion: metadata.resourceVersion })

export function printWith(printer: Printer, objects: readonly ApiObject[], options: TableOptions): Table {
  const { version = 'v1', metadata = {}, noHeaders = false } = options
  const ordered = printer.order === undefined ? objects : objects.toSorted((a, b) => printer.order?.(a, b) ?? 0)
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: noHeaders ? null : printer.columns,
    rows: ordered.map((object) => rowOf(printer, object, options)),
  }
}

function rowOf(printer: Printer, object: ApiObject, options: TableOptions): TableRow {
  const cells = printer.cells(object, options.now)
  const conditions = printer.conditions?.(object)
  const shown = shownObject(object, options)
  return conditions === undefined ? { cells, object: shown } : { cells, conditions, object: shown }
}

function shownObject(
  object: ApiObject,
  { includeObject = 'Metadata', version = 'v1' }: TableOptions,
): TableRow['object'] {
  switch (includeObject) {
    case 'None':
      return null
    case 'Metadata':
      return metadataOnly(object, version)
    case 'Object':
      return object
  }
}

/** Objects as answers show them: whole, as metadata only, as lists, as Tables. */
import type { ApiObject } from '../events/json.ts'
import type { Micros } from '../events/envelope.ts'
import { metadataOnly, metadataOnlyList, type ListMeta } from '../kubernetes/metadata-only.ts'
import { printCustomTable } from '../kubernetes/printing/custom.ts'
import {
  metadataOfOne,
  printOne,
  printTable,
  type IncludeObject,
  type TableOptions,
} from '../kubernetes/printing/print-table.ts'
import type { Table } from '../kubernetes/printing/table.ts'
import { shownAs, type KindRow } from '../kubernetes/registry.ts'
import { withNulls } from '../kubernetes/schema/nulls.ts'
import { isStatus } from '../kubernetes/status.ts'
import { COMPONENT_STATUS } from '../kubernetes/unstored-kinds.ts'
import { notAcceptable, type Accepted } from './media-types.ts'

/** In what form an answer was asked for. */
export interface Form extends Accepted {
  readonly includeObject: IncludeObject
  /** What the ages in Tables count up to. */
  readonly now: Micros
  /** Tables without their columns, as all but the first of a watch. */
  readonly noHeaders?: boolean
}

const SCALE = { group: 'autoscaling', kind: 'Scale' } as const

/** What subresource scale shows, whatever is scaled. */
const isScale = ({ apiVersion, kind }: ApiObject): boolean => kind === SCALE.kind && apiVersion === 'autoscaling/v1'

/** What shows one object; a Status is what it is in any form. */
export const showObject = (object: unknown, row: KindRow | undefined, form: Form): unknown => {
  if (isStatus(object)) return object
  if (row === undefined) return showUnstored(object, form)
  const shown = asGoShows(row, object as ApiObject)
  switch (form.transform) {
    case undefined:
      return shown
    case 'Table':
      return isScale(shown)
        ? printOne(SCALE, shown, tableOptions(form))
        : showTable(row, [shown], { ...tableOptions(form), metadata: metadataOfOne(shown) })
    default:
      return metadataOnly(shown, form.transformVersion)
  }
}

export const showList = (items: readonly ApiObject[], meta: ListMeta, row: KindRow, form: Form): unknown => {
  const shown = items.map((one) => asGoShows(row, one))
  switch (form.transform) {
    case undefined:
      return row.custom === undefined
        ? { kind: `${row.kind}List`, apiVersion: row.apiVersion, metadata: meta, items: shown.map(asItem) }
        : { apiVersion: row.apiVersion, items: shown, kind: row.custom.listKind, metadata: { continue: '', ...meta } }
    case 'Table':
      return showTable(row, shown, { ...tableOptions(form), metadata: meta })
    case 'PartialObjectMetadata':
      return notAcceptable(
        `you requested PartialObjectMetadata, but the requested object is a list (*${goPackage(row)}.${row.kind}List)`,
      )
    case 'PartialObjectMetadataList':
      return metadataOnlyList(shown, meta, form.transformVersion)
  }
}

interface UnstoredList {
  readonly metadata: ListMeta
  readonly items?: readonly ApiObject[]
}

/** What is answered without being stored, one or a list of them. Only what has a row, or the reports, is asked for in other forms. */
const showUnstored = (object: unknown, form: Form): unknown => {
  if (form.transform === undefined) return object
  const one = object as ApiObject
  const { items, metadata } = object as UnstoredList
  if (form.transform === 'Table') {
    return items === undefined
      ? printOne(COMPONENT_STATUS, one, tableOptions(form))
      : printTable(COMPONENT_STATUS, items, { ...tableOptions(form), metadata })
  }
  return items === undefined
    ? metadataOnly(one, form.transformVersion)
    : metadataOnlyList(items, metadata, form.transformVersion)
}

/** Definitions name their columns themselves. */
export const showTable = (row: KindRow, objects: readonly ApiObject[], options: TableOptions): Table =>
  row.custom === undefined ? printTable(row, objects, options) : printCustomTable(row.custom.columns, objects, options)

/** In the version that was asked for, with the nulls of its structures. */
const asGoShows = (row: KindRow, object: ApiObject): ApiObject => {
  const shown = shownAs(row, object)
  return row.custom === undefined ? withNulls(shown, shown.apiVersion, shown.kind) : shown
}

/** Items of a list do not repeat what the list says. */
const asItem = ({ kind: _kind, apiVersion: _apiVersion, ...item }: ApiObject): object => item

const tableOptions = ({ now, includeObject, noHeaders = false, transformVersion: version }: Form) => ({
  now,
  includeObject,
  noHeaders,
  version,
})

const goPackage = ({ group }: KindRow): string => (group === '' ? 'core' : (group.split('.')[0] ?? group))

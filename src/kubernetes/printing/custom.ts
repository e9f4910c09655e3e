/**
 * Custom resources as tables: a CustomResourceDefinition names the columns and where their cells are in an object.
 *
 * Source: apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go (v1.36).
 */
import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { ageOf } from './age.ts'
import { bySpelling, nameOf } from './cells.ts'
import { compileJsonPath, type JsonPath } from './json-path.ts'
import { printWith, type TableOptions } from './print-table.ts'
import type { Printer } from './printer.ts'
import { NAME, type Cell, type CellType, type Table, type TableColumn } from './table.ts'
import { parseTime } from '../time.ts'

/** One of `additionalPrinterColumns`. */
export interface CustomColumn {
  readonly name: string
  readonly type: CellType
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

/** What a version without columns prints. */
const AGE_ALONE: readonly CustomColumn[] = [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }]

/** The table of a version's objects. `columns` are compiled once per array. */
export function printCustomTable(
  columns: readonly CustomColumn[] | undefined,
  objects: readonly ApiObject[],
  options: TableOptions,
): Table {
  const asked = columns === undefined || columns.length === 0 ? AGE_ALONE : columns
  const known = printers.get(asked)
  if (known !== undefined) return printWith(known, objects, options)
  const printer = printerOfColumns(asked)
  printers.set(asked, printer)
  return printWith(printer, objects, options)
}

const printers = new WeakMap<readonly CustomColumn[], Printer>()

interface Compiled {
  readonly column: TableColumn
  readonly path: JsonPath
}

/** The columns end before the first whose path can't be read. */
function printerOfColumns(columns: readonly CustomColumn[]): Printer {
  const compiled: Compiled[] = []
  for (const asked of columns) {
    const path = compileJsonPath(asked.jsonPath)
    if (path === undefined) break
    compiled.push({ column: definitionOf(asked), path })
  }
  return {
    columns: [NAME, ...compiled.map(({ column }) => column)],
    cells: (object, now) => [
      nameOf(object),
      ...compiled.map(({ column, path }) => cellOf(column.type, path(object), now)),
    ],
  }
}

const definitionOf = ({ name, type, format = '', description = '', priority = 0 }: CustomColumn): TableColumn => ({
  ...{ name, type, format, description, priority },
})

/** Only the first of what a path finds is shown; what has not the column's type is not. */
function cellOf(type: CellType, found: readonly unknown[], now: Micros): Cell {
  if (found.length === 0) return null
  const [value] = found
  switch (type) {
    case 'string':
      return textOf(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? dateText(value, now) : null
  }
}

function dateText(text: string, now: Micros): string {
  const missing = text === '' || text === 'null'
  return missing || parseTime(text) !== undefined ? ageOf(missing ? undefined : text, now) : '<invalid>'
}

/** Lists and maps as JSON, anything else as Go prints it. Abridged: small fractions are spelt as JavaScript does. */
function textOf(value: unknown): string {
  if (value === null) return '<no value>'
  return typeof value === 'object' ? goJson(value) : String(value)
}

/** Go's JSON has sorted keys and writes what HTML would read as escapes. Source: encoding/json, HTMLEscape. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return escaped(JSON.stringify(value))
  const members = Object.entries(value).sort(([a], [b]) => bySpelling(a, b))
  return `{${members.map(([name, member]) => `${escaped(JSON.stringify(name))}:${goJson(member)}`).join(',')}}`
}

const escaped = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

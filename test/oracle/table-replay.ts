/** Prints recorded tables again: finds the objects they were printed from, and says where ours differ. */
import type { ApiObject, ObjectMeta } from '../../src/events/json.ts'
import { printCustomTable, type CustomColumn } from '../../src/kubernetes/printing/custom.ts'
import { printTable, type IncludeObject, type TableOptions } from '../../src/kubernetes/printing/print-table.ts'
import type { Cell, Table, TableColumn } from '../../src/kubernetes/printing/table.ts'
import type { ListMeta, MetaVersion } from '../../src/kubernetes/metadata-only.ts'
import { rowByResource } from '../../src/kubernetes/registry.ts'
import { parseTime } from '../../src/kubernetes/time.ts'
import { exchangesOf, type Exchange } from './transcripts.ts'

export interface RecordedRow {
  readonly cells: readonly Cell[]
  readonly conditions?: unknown
  readonly object: ApiObject | null
}

export interface RecordedTable {
  readonly kind: 'Table'
  readonly apiVersion: `meta.k8s.io/${MetaVersion}`
  readonly metadata: ListMeta
  readonly columnDefinitions: readonly TableColumn[] | null
  readonly rows: readonly RecordedRow[] | null
}

export const isTable = (value: unknown): value is RecordedTable => kindOf(value) === 'Table'

const kindOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined

export const isObject = (value: unknown): value is ApiObject =>
  typeof value === 'object' &&
  value !== null &&
  'metadata' in value &&
  typeof (value.metadata as ObjectMeta | undefined)?.uid === 'string'

export interface RecordedList {
  readonly items: readonly object[] | null
}

export const isList = (value: unknown): value is RecordedList =>
  typeof value === 'object' && value !== null && 'items' in value

/** One line of a watch, with the number of exchanges begun when it came. */
export interface RecordedFrame {
  readonly afterSeq: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: unknown
}

export const framesOf = (response: object): readonly RecordedFrame[] =>
  'frames' in response ? (response.frames as readonly RecordedFrame[]) : []

/** Where a path leads: `/apis/apps/v1/namespaces/a/deployments/web?x=y`. */
interface Place {
  readonly apiVersion: string
  readonly resource: string
  readonly namespace: string | undefined
}

function placeOf(path: string): Place {
  const parts = (path.split('?')[0] ?? '').split('/').slice(1)
  const [apiVersion, rest] = parts[0] === 'apis' ? [`${parts[1]}/${parts[2]}`, parts.slice(3)] : ['v1', parts.slice(2)]
  const inside = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '')
  return { apiVersion, resource: (inside ? rest[2] : rest[0]) ?? '', namespace: inside ? rest[1] : undefined }
}

const keyOf = (path: string, name: string, namespace: string | undefined): string => {
  const { apiVersion, resource } = placeOf(path)
  return `${apiVersion} ${resource} ${namespace ?? ''} ${name}`
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [item])
  else known.push(item)
}

interface Sighting {
  readonly seq: number
  readonly metadata: ObjectMeta
}

/** Every object that an answer of a theme showed, in order: whole, or its metadata alone. */
export class Shown {
  private readonly sightings = new Map<string, Sighting[]>()
  private readonly whole = new Map<string, ApiObject[]>()
  private readonly builtIn: Shown | undefined

  /** `builtIn` shows what every cluster has from its birth. */
  constructor(exchanges: readonly Exchange[], builtIn?: Shown) {
    this.builtIn = builtIn
    for (const exchange of exchanges) this.learn(exchange)
  }

  private learn({ seq, request, response }: Exchange): void {
    if (request.path.includes('dryRun')) return
    for (const answer of [response.body, ...framesOf(response).map(({ object }) => object)]) {
      this.learnFrom(answer, seq, request.path)
    }
  }

  private learnFrom(answer: unknown, seq: number, path: string): void {
    if (isTable(answer)) for (const { object } of answer.rows ?? []) this.keep(object, seq, path)
    else if (isList(answer)) {
      const kind = String(kindOf(answer)).replace(/List$/, '')
      const { apiVersion } = placeOf(path)
      for (const item of answer.items ?? []) this.keep({ kind, apiVersion, ...item }, seq, path)
    } else this.keep(answer, seq, path)
  }

  private keep(object: unknown, seq: number, path: string): void {
    if (!isObject(object)) return
    const { metadata } = object
    push(this.sightings, keyOf(path, metadata.name, metadata.namespace), { seq, metadata })
    if (object.kind !== 'PartialObjectMetadata') push(this.whole, metadata.uid, object)
  }

  /** The very version that a row's metadata belong to, best in the API version of the path. */
  atVersion(metadata: ObjectMeta, path: string): ApiObject | undefined {
    const { apiVersion } = placeOf(path)
    const versions = this.whole.get(metadata.uid) ?? []
    const same = versions.filter((object) => object.metadata.resourceVersion === metadata.resourceVersion)
    const found = same.find((object) => object.apiVersion === apiVersion) ?? same[0]
    if (found !== undefined || this.builtIn === undefined) return found
    const twin = this.builtIn.named(path, metadata.name, metadata.namespace, Number.MAX_SAFE_INTEGER)
    return twin === undefined ? undefined : { ...twin, metadata }
  }

  /** The newest version that was seen until an exchange, if it was ever shown whole. */
  named(path: string, name: string, namespace: string | undefined, until: number): ApiObject | undefined {
    const sightings = this.sightings.get(keyOf(path, name, namespace)) ?? []
    const last = sightings.findLast(({ seq }) => seq <= until)
    return last === undefined ? undefined : this.atVersion(last.metadata, path)
  }

  /** What was last shown of an object before it went, with the metadata it went with. */
  gone(metadata: ObjectMeta): ApiObject | undefined {
    const last = this.whole.get(metadata.uid)?.at(-1)
    return last === undefined ? undefined : { ...last, metadata }
  }

  /** The columns of a custom kind; undefined if the path leads to no custom kind. */
  columnsAt(path: string): readonly CustomColumn[] | undefined {
    const { apiVersion, resource } = placeOf(path)
    for (const object of [...this.whole.values()].flat()) {
      if (!isDefinition(object) || object.spec.names.plural !== resource) continue
      const version = object.spec.versions.find(({ name }) => `${object.spec.group}/${name}` === apiVersion)
      if (version !== undefined) return version.additionalPrinterColumns ?? []
    }
    return undefined
  }
}

interface Definition extends ApiObject {
  readonly spec: {
    readonly group: string
    readonly names: { readonly plural: string }
    readonly versions: readonly {
      readonly name: string
      readonly additionalPrinterColumns?: readonly CustomColumn[]
    }[]
  }
}

const isDefinition = (object: ApiObject): object is Definition => object.kind === 'CustomResourceDefinition'

/** Objects of one kind as our table of what a path leads to; of no objects where the kind is one that is served. */
export function printAt(
  shown: Shown,
  path: string,
  objects: readonly ApiObject[],
  options: TableOptions,
): Table | undefined {
  const columns = shown.columnsAt(path)
  if (columns !== undefined) return printCustomTable(columns, objects, options)
  const { apiVersion, resource } = placeOf(path)
  const kind = objects[0] ?? rowByResource(groupOf(apiVersion), resource)
  if (kind === undefined) return undefined
  return printTable({ group: groupOf(kind.apiVersion), kind: kind.kind }, objects, options)
}

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '')

export interface Tally {
  tables: number
  /** Tables whose envelope and columns are equal. */
  compared: number
  rows: number
  equal: number
  /** Rows whose object no answer showed at the version that was printed. */
  unseen: number
  readonly differences: string[]
}

/** Prints every table of a theme again, from objects in the order of their names. */
export function replayTables(theme: string, builtIn: Shown): Tally {
  const exchanges = exchangesOf(theme)
  const shown = new Shown(exchanges, builtIn)
  const tally: Tally = { tables: 0, compared: 0, rows: 0, equal: 0, unseen: 0, differences: [] }
  const clock = new Clock()
  for (const exchange of exchanges) {
    clock.see(exchange.response)
    const { body } = exchange.response
    if (isTable(body)) replayTable(shown, exchange, body, clock.now, tally)
  }
  return tally
}

/** Stands at the newest time that was recorded so far. */
export class Clock {
  private newest = ''

  see(answer: unknown): void {
    for (const [time] of JSON.stringify(answer).matchAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g)) {
      if (time > this.newest) this.newest = time
    }
  }

  get now(): number {
    return parseTime(this.newest) ?? 0
  }
}

function replayTable(
  shown: Shown,
  { seq, request, ...rest }: Exchange,
  table: RecordedTable,
  now: number,
  tally: Tally,
) {
  const { path } = request
  const namespace = placeOf(path).namespace
  const found = (table.rows ?? []).map((row) => {
    const metadata = row.object?.metadata
    const name = nameCell(table, row)
    const object = metadata ? shown.atVersion(metadata, path) : shown.named(path, name, namespace, seq)
    return { row, object }
  })
  const known = found.flatMap(({ row, object }) => (object === undefined ? [] : [{ row, object }]))
  const ours = printAt(shown, path, known.map(({ object }) => object).sort(byName), optionsOf(path, table, now))
  tally.tables += 1
  tally.rows += found.length
  tally.unseen += found.length - known.length
  if (ours === undefined) return
  compare(headOf(table), headOf(ours), () => (tally.compared += 1))
  known.forEach(({ row }, i) => compare(rowOf(row), rowOf(ours.rows[i]), () => (tally.equal += 1)))

  function compare(want: string, got: string, count: () => void): void {
    if (want === got) count()
    else tally.differences.push(`${seq} ${rest.case}: ${want} ≠ ${got}`)
  }
}

const byName = (a: ApiObject, b: ApiObject): number => (a.metadata.name < b.metadata.name ? -1 : 1)

const nameCell = ({ columnDefinitions }: RecordedTable, { cells }: RecordedRow): string =>
  String(cells[(columnDefinitions ?? []).findIndex(({ name }) => name === 'Name')])

export const optionsOf = (path: string, { apiVersion, metadata }: RecordedTable, now: number): TableOptions => ({
  now,
  includeObject: (/includeObject=(\w+)/.exec(path)?.[1] ?? 'Metadata') as IncludeObject,
  metadata,
  version: apiVersion === 'meta.k8s.io/v1' ? 'v1' : 'v1beta1',
})

/** All but the rows and what the columns are described as. */
export const headOf = ({ columnDefinitions, rows: _rows, ...head }: RecordedTable | Table): string =>
  canonical({ ...head, columnDefinitions: columnDefinitions?.map((column) => ({ ...column, description: '' })) })

/** Ages under an hour are blanked: how long an answer took isn't known. */
export const rowOf = (row: { readonly cells: readonly Cell[] } | undefined): string =>
  canonical(row === undefined ? undefined : { ...row, cells: row.cells.map(blankAge) })

/** `65s` and `60m` aren't ages but how long something took or was asked for, between recorded times. */
const blankAge = (cell: Cell): Cell =>
  typeof cell === 'string' && /^(\d+s|\d+m(\d+s)?)$/.test(cell) && !['65s', '60m'].includes(cell)
    ? '<age>'
    : typeof cell === 'string'
      ? cell.replace(/ \((\d+s|\d+m(\d+s)?) ago\)$/, ' (<age> ago)')
      : cell

/** With members sorted. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

/**
 * Reads table.ts: what fields each structure of the API has.
 *
 * A line of the table is `definition group/version/Kind map-type field field …`, parts separated by one space, missing parts
 * empty. A field is
 *
 *     name [!] [.] :type [=default] [^list-type[(keys)]] [%map-type] [~patch-strategies[(merge-key)]] [<value|value…>]
 *
 * `!` is required, `.` a structure that Go keeps by value and so never leaves out. Types: `s` string, `i` int32, `l` int64,
 * `n` float, `b` boolean, `y` base64, `t` time, `u` time with microseconds, `q` quantity, `x` number or string, `o` any
 * object, `j` any JSON, `@name` another definition, `[` list of, `{` map of. A `_` in a
 * value is a space.
 */
import { POINTERS, REVIEWED } from './pointers.ts'
import { SCHEMA_TABLE } from './table.ts'

export type Scalar = 's' | 'i' | 'l' | 'n' | 'b' | 'y' | 't' | 'u' | 'q' | 'x' | 'o' | 'j'

export type FieldType =
  | { readonly form: 'scalar'; readonly scalar: Scalar }
  | { readonly form: 'ref'; readonly name: string }
  | { readonly form: 'list'; readonly of: FieldType }
  | { readonly form: 'map'; readonly of: FieldType }

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  /** A structure that is written even when nothing was given: `{}`. */
  readonly always: boolean
  /** A scalar for which absent and zero differ. Others are left out when zero. */
  readonly pointer: boolean
  /** A list for which absent and empty differ. */
  readonly keepsEmpty: boolean
  readonly defaultValue?: string
  readonly listType?: 'atomic' | 'set' | 'map'
  /** Keys by which server-side apply tells items apart; only with `listType` map. */
  readonly mapKeys: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
  /** Strategic merge: `merge`, `retainKeys`, `replace`. */
  readonly patchStrategies: readonly string[]
  /** Key by which strategic merge tells items apart. */
  readonly mergeKey?: string
  /** The values that the API documents; empty where it names none. */
  readonly values: readonly string[]
}

export interface Definition {
  /** As in the table: `core/v1.Container`. */
  readonly name: string
  /** As Go names it: `v1.Container`. */
  readonly goName: string
  /** Changed as a whole by server-side apply. */
  readonly atomic: boolean
  readonly fields: ReadonlyMap<string, Field>
  /** The fields that are there even when nothing was given. */
  readonly alwaysThere: readonly Field[]
}

/** Lines by definition and names by `group/version/Kind`; made on first use. */
interface Index {
  readonly lines: ReadonlyMap<string, string>
  readonly kinds: ReadonlyMap<string, string>
}

let index: Index | undefined
const parsed = new Map<string, Definition>()

function readIndex(): Index {
  if (index !== undefined) return index
  const lines = new Map<string, string>()
  const kinds = new Map<string, string>()
  for (const line of SCHEMA_TABLE.trim().split('\n')) {
    const [name = '', kind = ''] = line.split(' ', 2)
    lines.set(name, line)
    if (kind !== '') kinds.set(kind, name)
  }
  index = { lines, kinds }
  return index
}

/** A structure by its name in the table, or undefined. */
export function definition(name: string): Definition | undefined {
  const known = parsed.get(name)
  if (known !== undefined) return known
  const line = readIndex().lines.get(name)
  if (line === undefined) return undefined
  const made = parseDefinition(line)
  parsed.set(name, made)
  return made
}

/** The structure of a kind's objects; `group` is empty for the core group. */
export function definitionOfKind(group: string, version: string, kind: string): Definition | undefined {
  const name = readIndex().kinds.get(`${group}/${version}/${kind}`)
  return name === undefined ? undefined : definition(name)
}

/** By the `apiVersion` that an object carries: `v1`, `apps/v1`. */
export function definitionOf(apiVersion: string, kind: string): Definition | undefined {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? definitionOfKind('', apiVersion, kind)
    : definitionOfKind(apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind)
}

/** Every `group/version/Kind` of the table, with the name of its structure. */
export const kindsInSchema = (): ReadonlyMap<string, string> => readIndex().kinds

function parseDefinition(line: string): Definition {
  const [name = '', , mapType, ...fields] = line.split(' ')
  const pointers = POINTERS.get(name)
  const reviewed = REVIEWED.has(name.slice(0, name.indexOf('.')))
  const parsedFields = fields
    .filter((text) => text !== '')
    .map((text) => parseField(text, (field) => pointers?.includes(field) ?? false, reviewed))
  return {
    name,
    goName: name.slice(name.indexOf('/') + 1),
    atomic: mapType === 'atomic',
    fields: new Map(parsedFields.map((field) => [field.name, field])),
    alwaysThere: parsedFields.filter(({ always, required, type }) => always || (required && type.form === 'scalar')),
  }
}

const FIELD =
  /^(\w+|\$\w+|[\w-]+)(!?)(\.?):([[{]*)(@[\w/.]+|[silnbytuqxoj])(?:=([^^%~<]*))?(?:\^(\w+)(?:\(([^)]*)\))?)?(?:%(\w+))?(?:~([\w,]+)(?:\(([^)]*)\))?)?(?:<(.*)>)?$/

function parseField(text: string, isPointer: (field: string) => boolean, reviewed: boolean): Field {
  const parts = FIELD.exec(text)
  if (parts === null) throw new RangeError(`the schema table has a field that cannot be read: ${text}`)
  const [
    ,
    name = '',
    required,
    always,
    wraps = '',
    base = '',
    value,
    listType,
    keys,
    mapType,
    strategies,
    mergeKey,
    values,
  ] = parts
  return {
    name,
    type: typeOf(wraps, base),
    required: required === '!',
    always: always === '.',
    pointer: !reviewed || isPointer(name),
    keepsEmpty: isPointer(name),
    defaultValue: value,
    listType: listType as Field['listType'],
    mapKeys: keys?.split(',') ?? [],
    mapType: mapType as Field['mapType'],
    patchStrategies: strategies?.split(',') ?? [],
    mergeKey,
    values: values?.split('|').map((value) => value.replaceAll('_', ' ')) ?? [],
  }
}

function typeOf(wraps: string, base: string): FieldType {
  if (wraps !== '') return { form: wraps.charAt(0) === '[' ? 'list' : 'map', of: typeOf(wraps.slice(1), base) }
  return base.startsWith('@') ? { form: 'ref', name: base.slice(1) } : { form: 'scalar', scalar: base as Scalar }
}

/**
 * Reads table.ts: what the documents tell beyond the structures of the schema table.
 *
 * A line of the fields is `definition field field …`, a field `name[*][-][=default][@reference]`: `*` a reference with nothing
 * beside it, `-` without the default that its type would have, then a default that its type would not have, then which
 * definition a value is that the schema table calls any object or any JSON. A line of the unions is `definition
 * discriminator|- member …`, a line of versions `group/version,version…`.
 */
import type { GroupVersionKind } from '../discovery/facts.ts'
import { FIELD_TABLE, OPTIONS_VERSIONS, UNION_TABLE } from './table.ts'

export interface FieldFact {
  readonly bare: boolean
  readonly withoutDefault: boolean
  readonly defaultValue?: string
  readonly reference?: string
}

export interface UnionFact {
  readonly discriminator?: string
  readonly members: readonly string[]
}

const FIELD = /^(\w+)(\*?)(-?)(?:=([^@]*))?(?:@(.*))?$/

const linesOf = (table: string): readonly (readonly [name: string, parts: readonly string[]])[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', ...parts] = line.split(' ')
      return [name, parts]
    })

const readFields = (): ReadonlyMap<string, FieldFact> =>
  new Map(
    linesOf(FIELD_TABLE).flatMap(([definition, fields]) =>
      fields.map((text): [string, FieldFact] => {
        const [, name = '', bare, without, defaultValue, reference] = FIELD.exec(text) ?? []
        return [
          `${definition} ${name}`,
          { bare: bare === '*', withoutDefault: without === '-', defaultValue, reference },
        ]
      }),
    ),
  )

const readUnions = (): ReadonlyMap<string, UnionFact> =>
  new Map(
    linesOf(UNION_TABLE).map(([definition, [discriminator, ...members]]): [string, UnionFact] => [
      definition,
      { ...(discriminator === '-' ? {} : { discriminator }), members },
    ]),
  )

/** Read when the first document is made. */
let fields: ReadonlyMap<string, FieldFact> | undefined
let unions: ReadonlyMap<string, UnionFact> | undefined

const NO_FACT: FieldFact = { bare: false, withoutDefault: false }

export const factOf = (definition: string, field: string): FieldFact =>
  (fields ??= readFields()).get(`${definition} ${field}`) ?? NO_FACT

export const unionOf = (definition: string): UnionFact | undefined => (unions ??= readUnions()).get(definition)

/** Structures that belong to every version of every group. */
const SHARED: ReadonlySet<string> = new Set(['meta/v1.DeleteOptions', 'meta/v1.WatchEvent'])
/** Kinds that are only answered, by discovery. */
const ANSWERED = /^meta\/v1\.(API(?:GroupList|Group|ResourceList|Versions))$/

/** Under which names such a structure is registered: in a version's own document only there, and where it is defined. */
export const sharedKinds = (
  definition: string,
  own: { readonly group: string; readonly version: string } | undefined,
): readonly GroupVersionKind[] => {
  const answered = ANSWERED.exec(definition)?.[1]
  if (answered !== undefined) return [{ group: '', version: 'v1', kind: answered }]
  if (!SHARED.has(definition)) return []
  const kind = definition.slice(definition.indexOf('.') + 1)
  return OPTIONS_VERSIONS.trim()
    .split('\n')
    .flatMap((line) => {
      const [group = '', versions = ''] = line.split('/')
      return versions.split(',').map((version) => ({ group, version, kind }))
    })
    .filter(
      ({ group, version }) => own === undefined || group === '' || (group === own.group && version === own.version),
    )
}

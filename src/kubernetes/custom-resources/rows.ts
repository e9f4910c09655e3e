/**
 * Rows of the table of kinds for what CustomResourceDefinitions define, made when they are asked for.
 *
 * A definition's name is the key of its kind, so whoever sees the definition finds the row: no table is kept, and two servers
 * whose views differ serve different kinds, as real ones do.
 */
import type { ApiObject } from '../../events/json.ts'
import type { Conversion, ConversionWebhook, KindRow } from '../kind-rows/row.ts'
import { sameJson } from '../hash.ts'
import { customResourceOf, isCustomKind, type CustomKind } from '../kinds.ts'
import type { View } from '../view.ts'
import { hasCondition, isServing, type DefinedVersion, type Definition } from './definition.ts'
import { readCustom } from './read.ts'
import { atPath } from './scale.ts'
import type { Schema } from './schema.ts'
import { customStrategy } from './strategy.ts'
import { prune, withDefaults } from './structure.ts'

type ServedRow = KindRow & Required<Pick<KindRow, 'strategy' | 'custom'>>

const rowsOf = new WeakMap<Definition, Map<string, ServedRow>>()

/** The row of a custom kind in a version (its stored one when none is said); undefined when it is not served. */
export function customRow(view: View, kind: string, apiVersion: string | undefined): ServedRow | undefined {
  if (!isCustomKind(kind)) return undefined
  const definition = view.get('CustomResourceDefinition', undefined, kind) as Definition | undefined
  if (definition === undefined || !isServing(definition)) return undefined
  const wanted = apiVersion?.slice(apiVersion.indexOf('/') + 1)
  const version = definition.spec.versions.find((one) => (wanted === undefined ? one.storage : one.name === wanted))
  return version === undefined || (wanted !== undefined && !version.served)
    ? undefined
    : rowOf(definition, kind, version)
}

/** By group, plural and version, as a path names it. */
export const customRowByResource = (
  view: View,
  group: string,
  resource: string,
  version: string,
): ServedRow | undefined => customRow(view, `${resource}.${group}`, `${group}/${version}`)

/** By version and kind, as a manifest or an owner reference names it. */
export const customRowByKind = (view: View, apiVersion: string, kind: string): ServedRow | undefined => {
  for (const { metadata, spec } of view.list('CustomResourceDefinition')) {
    if (spec.names.kind !== kind || !apiVersion.startsWith(`${spec.group}/`)) continue
    const row = customRow(view, metadata.name, apiVersion)
    if (row !== undefined) return row
  }
  return undefined
}

/** All rows that a view serves, each kind in all its versions. */
export const customRows = (view: View): readonly ServedRow[] =>
  view.list('CustomResourceDefinition').flatMap(({ metadata }) => customVersions(view, metadata.name))

/** The rows of a custom kind in all versions that are served. */
export const customVersions = (view: View, kind: string): readonly ServedRow[] => {
  const definition = view.get('CustomResourceDefinition', undefined, kind) as Definition | undefined
  const { group = '', versions = [] } = definition?.spec ?? {}
  return versions.flatMap(({ name, served }) => {
    const row = served ? customRow(view, kind, `${group}/${name}`) : undefined
    return row === undefined ? [] : [row]
  })
}

function rowOf(definition: Definition, kind: CustomKind, version: DefinedVersion): ServedRow {
  let rows = rowsOf.get(definition)
  if (rows === undefined) rowsOf.set(definition, (rows = new Map()))
  let row = rows.get(version.name)
  if (row === undefined) rows.set(version.name, (row = makeRow(definition, kind, version)))
  return row
}

function makeRow(definition: Definition, kind: CustomKind, version: DefinedVersion): ServedRow {
  const { group, resource } = customResourceOf(kind)
  const { scope, names, versions } = definition.spec
  const accepted = definition.status?.acceptedNames ?? names
  const apiVersion = `${group}/${version.name}`
  const { status, scale } = version.subresources ?? {}
  const as = { group, apiVersion, kind: names.kind, schema: version.schema?.openAPIV3Schema }
  const stored = versions.find(({ storage }) => storage)?.name ?? version.name
  const storedVersion = `${group}/${stored}`
  const convertedBy = webhookOf(definition, storedVersion)
  const conversion = convertedBy === undefined ? conversionTo(definition, apiVersion, storedVersion) : undefined
  const fields = new Set((version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.slice(1)))
  return {
    kind,
    objectKind: names.kind,
    group,
    version: version.name,
    apiVersion,
    resource,
    singular: accepted.singular ?? names.kind.toLowerCase(),
    shortNames: accepted.shortNames ?? [],
    categories: accepted.categories ?? [],
    namespaced: scope === 'Namespaced',
    subresources: [...(scale === undefined ? [] : ['scale']), ...(status === undefined ? [] : ['status'])],
    storagePrefix: `${group}/${resource}`,
    strategy: customStrategy(definition, version),
    others: [],
    custom: {
      listKind: accepted.listKind ?? `${names.kind}List`,
      ...(version.additionalPrinterColumns === undefined ? {} : { columns: version.additionalPrinterColumns }),
      ...(as.schema === undefined ? {} : { schema: as.schema }),
      read: (json, fieldValidation) => {
        const read = readCustom(as, json, fieldValidation)
        if (read._tag === 'Left' || apiVersion === storedVersion || convertedBy !== undefined) return read
        return { _tag: 'Right', right: { ...read.right, object: { ...read.right.object, apiVersion: storedVersion } } }
      },
      ...(scale === undefined ? {} : { scale }),
      ...(version.deprecated === true
        ? { deprecation: version.deprecationWarning ?? `${apiVersion} ${names.kind} is deprecated` }
        : {}),
      ...(convertedBy === undefined ? {} : { convertedBy }),
      ...(conversion === undefined ? {} : { found: (object) => inVersion(conversion.fromHub(object), storedVersion) }),
      terminating: hasCondition(definition, 'Terminating'),
    },
    ...(conversion === undefined ? {} : { conversion }),
    field: (object, field) => (fields.has(field) ? textAt(object, `.${field}`) : undefined),
  }
}

function webhookOf({ spec }: Definition, storedVersion: string): ConversionWebhook | undefined {
  const { strategy, webhook = {} } = spec.conversion ?? {}
  if (strategy !== 'Webhook') return undefined
  return {
    clientConfig: webhook.clientConfig,
    reviewVersions: webhook.conversionReviewVersions ?? [],
    storedVersion,
    coerced: (object) => {
      const schema = schemaIn(spec, object.apiVersion)
      return schema === undefined ? object : (withDefaults(pruned(object, schema), schema) as ApiObject)
    },
  }
}

/**
 * Versions differ in their names alone, where no webhook says otherwise. What was written before the definition was as it is now
 * has the defaults of the version that it was written in, and only what the version that is asked for names.
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, crdConversionRESTOptionsGetter (v1.36).
 */
function conversionTo({ spec }: Definition, apiVersion: string, storedVersion: string): Conversion {
  const shown = new WeakMap<ApiObject, ApiObject>()
  const decoded = (object: ApiObject): ApiObject => {
    const [written, wanted] = [schemaIn(spec, object.apiVersion), schemaIn(spec, apiVersion)]
    const whole = written === undefined ? object : withDefaults(pruned(object, written), written)
    const made = { ...(pruned(whole, wanted) as ApiObject), apiVersion }
    return sameJson(made, object) ? object : made
  }
  return {
    toHub: (object) => ({ ...object, apiVersion: storedVersion }),
    fromHub: (object) => {
      let made = shown.get(object)
      if (made === undefined) shown.set(object, (made = decoded(object)))
      return made
    },
  }
}

const inVersion = (object: ApiObject, apiVersion: string): ApiObject =>
  object.apiVersion === apiVersion ? object : { ...object, apiVersion }

const schemaIn = ({ group, versions }: Definition['spec'], apiVersion: string): Schema | undefined =>
  versions.find(({ name }) => `${group}/${name}` === apiVersion)?.schema?.openAPIV3Schema

const pruned = (object: unknown, schema: Schema | undefined): unknown =>
  schema === undefined ? object : prune(object, schema, '', true, [])

const textAt = (object: ApiObject, path: string): string => {
  const value = atPath(object, path)
  return value === undefined || value === null ? '' : String(value as string | number | boolean)
}

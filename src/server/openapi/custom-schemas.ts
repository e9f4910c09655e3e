/**
 * What CustomResourceDefinitions say of their kinds, as OpenAPI schemas.
 * Source: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go (v1.36).
 */
import type { Schema as DefinedSchema } from '../../kubernetes/custom-resources/schema.ts'
import type { ResourceFact, VersionFact } from '../discovery/facts.ts'
import type { ServedApi } from '../discovery/served-api.ts'
import { listOf, reference, type OpenApiVersion, type Schema } from './schemas.ts'

/** `com.example.shop.v1.Order`; undefined for built-in kinds. */
export const customKindName = (fact: ResourceFact, list = false): string | undefined => {
  if (fact.custom === undefined) return undefined
  const { group, version, kind, custom } = fact
  return `${group.split('.').toReversed().join('.')}.${version}.${list ? custom.listKind : kind}`
}

/** The schemas of a version's defined kinds and their lists, by their full names. */
export const customSchemas = (
  api: ServedApi,
  { resources }: VersionFact,
  version: OpenApiVersion,
): Readonly<Record<string, Schema>> => {
  const found: Record<string, Schema> = {}
  for (const fact of resources) {
    const name = customKindName(fact)
    const listName = customKindName(fact, true)
    if (name === undefined || listName === undefined) continue
    found[name] = { ...kindSchema(api.row(fact)?.custom?.schema, version), ...kindOf(fact, fact.kind) }
    found[listName] = { ...listOf(name, version), ...kindOf(fact, fact.custom?.listKind ?? '') }
  }
  return found
}

const kindOf = ({ group, version }: ResourceFact, kind: string): Schema => ({
  'x-kubernetes-group-version-kind': [{ group, kind, version }],
})

const META_MEMBERS = { apiVersion: { type: 'string' }, kind: { type: 'string' } }

const metadata = (structure: string, version: OpenApiVersion): Schema =>
  version === 2 ? reference(structure, version) : { allOf: [reference(structure, version)] }

const kindSchema = (defined: DefinedSchema | undefined, version: OpenApiVersion): Schema => {
  const { properties, ...rest } = defined === undefined ? { properties: undefined } : published(defined, version)
  const members = typeof properties === 'object' ? properties : {}
  return {
    ...rest,
    type: 'object',
    properties: { ...members, ...META_MEMBERS, metadata: metadata('meta/v1.ObjectMeta', version) },
    ...(properties === undefined ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
  }
}

/**
 * Version 2 knows neither alternatives nor null, and leaves out what it can't say.
 * Source: apiextensions-apiserver/pkg/controller/openapi/v2/conversion.go, ToStructuralOpenAPIV2.
 */
const NOT_IN_VERSION_2: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'nullable'])

const published = (schema: DefinedSchema, version: OpenApiVersion): Readonly<Record<string, unknown>> => {
  if (version === 3) return { ...schema }
  const shown = Object.entries(schema).filter(([name]) => !NOT_IN_VERSION_2.has(name))
  const { nullable } = schema
  const { properties, items, additionalProperties } = schema
  return {
    ...Object.fromEntries(shown),
    ...(nullable === true || schema['x-kubernetes-int-or-string'] === true ? { type: undefined } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, published(one, version)]),
          ),
        }),
    ...(items === undefined ? {} : { items: published(items, version) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: published(additionalProperties, version) }
      : {}),
  }
}

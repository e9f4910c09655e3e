/** A kind as a row: how the API names it, where the store keeps it, what is special about writing it. */
import type { either } from 'fp-ts'
import type { ApiObject } from '../../events/json.ts'
import type { Schema } from '../custom-resources/schema.ts'
import type { Draft } from '../draft.ts'
import type { Kind, KindMap } from '../kinds.ts'
import type { CustomColumn } from '../printing/custom.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { WebhookClientConfig } from '../types/admissionregistration.ts'
import type { Status } from '../types/meta.ts'

/**
 * How objects in one version become objects in the version that is stored, the hub, and back. Only for objects with the right
 * names and types; what the hub cannot say, `toHub` keeps in annotations.
 */
export interface Conversion {
  toHub(object: Draft<ApiObject>): Draft<ApiObject>
  fromHub(object: ApiObject): ApiObject
}

/** A kind in another version than the stored one, maybe in another group. */
export interface OtherVersion extends Conversion {
  /** Absent: the kind's own group. */
  readonly group?: string
  readonly version: string
  /** Where the version has rules of its own. Its objects are in the stored version, as everywhere. */
  readonly strategy?: Strategy<ApiObject>
  /** Where the version names fields differently. */
  field?(object: ApiObject, field: string): string | undefined
}

/** Who converts the objects of a definition. */
export interface ConversionWebhook {
  readonly clientConfig: WebhookClientConfig | undefined
  /** The versions of its reviews, the one that is preferred first. */
  readonly reviewVersions: readonly string[]
  /** In which objects are stored. */
  readonly storedVersion: string
  /** What has come from it as the schema of its new version wants it: pruned and with its defaults. */
  coerced(object: ApiObject): ApiObject
}

/** What a CustomResourceDefinition says beyond a row. */
export interface CustomParts {
  readonly listKind: string
  /** What its Tables show beside the name; absent: the age. */
  readonly columns?: readonly CustomColumn[]
  /** Of its version. Absent where the definition says nothing. */
  readonly schema?: Schema
  /** A body as an object of this kind, pruned and with its defaults: in the stored version, unless a webhook converts. */
  read(
    json: Readonly<Record<string, unknown>>,
    fieldValidation: 'Ignore' | 'Warn' | 'Strict',
  ): either.Either<Status, { readonly object: Draft<ApiObject>; readonly warnings: readonly string[] }>
  /** Where the subresource `scale` finds its numbers: `.spec.replicas`. */
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** Where a webhook makes one version out of another. Then whoever handles a request does so in the version asked for. */
  readonly convertedBy?: ConversionWebhook
  /**
   * What a write in this version finds, in the stored one: with defaults of the definition as it is now, and without what this
   * version does not name, which is lost with the write. Absent where a webhook converts.
   */
  found?(object: ApiObject): ApiObject
  /** What every answer in this version warns of. */
  readonly deprecation?: string
  /** The definition is going: nothing may be created. */
  readonly terminating: boolean
}

export interface KindRow {
  /** What its objects are kept and viewed under. */
  readonly kind: Kind
  /** What its objects say they are: the same, but for custom resources. */
  readonly objectKind: string
  /** '' for the core group. */
  readonly group: string
  /** The group of the stored version, which refusals of invalid objects name. */
  readonly storedGroup?: string
  readonly version: string
  /** As objects carry it: `v1`, `apps/v1`. */
  readonly apiVersion: string
  /** Plural, as in paths. */
  readonly resource: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly subresources: readonly string[]
  /** Between `/registry/` and the namespace. */
  readonly storagePrefix: string
  readonly strategy?: Strategy<ApiObject>
  /** What every answer warns of, for a kind that should no longer be used. */
  readonly deprecation?: string
  /** Only in rows of other versions than the stored one: everything within the server is in the stored one. */
  readonly conversion?: Conversion
  /** Only in rows of custom resources. */
  readonly custom?: CustomParts
  /** The kind's rows in its other versions, in discovery's order. */
  readonly others: readonly KindRow[]
  /** Fields beyond the metadata's that objects can be selected by. */
  field?(object: ApiObject, field: string): string | undefined
}

/** What a row says that does not follow from the rest of it. */
interface RowParts<O extends ApiObject> {
  readonly group?: string
  readonly version?: string
  readonly resource?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly clusterScoped?: true
  readonly subresources?: readonly string[]
  readonly storagePrefix?: string
  readonly strategy?: Strategy<O>
  readonly deprecation?: string
  readonly otherVersions?: readonly OtherVersion[]
  field?(object: O, field: string): string | undefined
}

export function row<K extends Kind>(kind: K, parts: RowParts<KindMap[K]>): KindRow {
  const { group = '', version = 'v1', clusterScoped, strategy, field, deprecation } = parts
  const singular = kind.toLowerCase()
  const resource = parts.resource ?? `${singular}s`
  const own: KindRow = {
    kind,
    objectKind: kind,
    group,
    version,
    apiVersion: apiVersionOf(group, version),
    resource,
    singular,
    shortNames: parts.shortNames ?? [],
    categories: parts.categories ?? [],
    namespaced: clusterScoped !== true,
    subresources: parts.subresources ?? [],
    storagePrefix: parts.storagePrefix ?? resource,
    ...(strategy === undefined ? {} : { strategy }),
    ...(field === undefined ? {} : { field }),
    ...(deprecation === undefined ? {} : { deprecation }),
    others: [],
  }
  return { ...own, others: (parts.otherVersions ?? []).map((other) => inVersion(own, other)) }
}

function inVersion(hub: KindRow, other: OtherVersion): KindRow {
  const { group = hub.group, version, toHub, fromHub, strategy = hub.strategy, field } = other
  const apiVersion = apiVersionOf(group, version)
  const conversion: Conversion = {
    toHub: (object) => ({ ...toHub(object), apiVersion: hub.apiVersion, kind: hub.kind }),
    fromHub: (object) => ({ ...fromHub(object), apiVersion, kind: hub.kind }),
  }
  return {
    ...hub,
    group,
    storedGroup: hub.group,
    version,
    apiVersion,
    conversion,
    ...(strategy === undefined ? {} : { strategy }),
    ...(field === undefined ? {} : { field }),
  }
}

const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

/** The category that `kubectl get all` asks for. */
export const ALL = ['all']

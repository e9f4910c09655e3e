/** A kind as a row: how the API names it, where the store keeps it, what is special about writing it. */
import type { ApiObject } from '../../events/json.ts'
import type { Kind, KindMap } from '../kinds.ts'
import type { Strategy } from '../strategy/strategy.ts'

export interface KindRow {
  readonly kind: Kind
  /** '' for the core group. */
  readonly group: string
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
  field?(object: O, field: string): string | undefined
}

export function row<K extends Kind>(kind: K, parts: RowParts<KindMap[K]>): KindRow {
  const { group = '', version = 'v1', clusterScoped, strategy, field } = parts
  const singular = kind.toLowerCase()
  const resource = parts.resource ?? `${singular}s`
  return {
    kind,
    group,
    version,
    apiVersion: group === '' ? version : `${group}/${version}`,
    resource,
    singular,
    shortNames: parts.shortNames ?? [],
    categories: parts.categories ?? [],
    namespaced: clusterScoped !== true,
    subresources: parts.subresources ?? [],
    storagePrefix: parts.storagePrefix ?? resource,
    ...(strategy === undefined ? {} : { strategy }),
    ...(field === undefined ? {} : { field }),
  }
}

/** The category that `kubectl get all` asks for. */
export const ALL = ['all']

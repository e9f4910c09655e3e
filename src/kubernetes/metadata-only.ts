/**
 * Objects without what they are about: the answer to `Accept: …;as=PartialObjectMetadata`, and the objects beside a
 * table's rows.
 *
 * Source: apimachinery/pkg/apis/meta/v1/types.go, PartialObjectMetadata; apiserver/pkg/endpoints/handlers/response.go (v1.36).
 */
import type { ApiObject, ObjectMeta } from '../events/json.ts'

export type MetaVersion = 'v1' | 'v1beta1'

export interface MetadataOnly extends ApiObject {
  readonly kind: 'PartialObjectMetadata'
  readonly apiVersion: `meta.k8s.io/${MetaVersion}`
  /** The very metadata of the object, managed fields included. */
  readonly metadata: ObjectMeta
}

export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface MetadataOnlyList {
  readonly kind: 'PartialObjectMetadataList'
  readonly apiVersion: `meta.k8s.io/${MetaVersion}`
  readonly metadata: ListMeta
  readonly items: readonly MetadataOnly[]
}

export const metadataOnly = ({ metadata }: ApiObject, version: MetaVersion = 'v1'): MetadataOnly => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
})

export const metadataOnlyList = (
  items: readonly ApiObject[],
  metadata: ListMeta,
  version: MetaVersion = 'v1',
): MetadataOnlyList => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
  items: items.map((item) => metadataOnly(item, version)),
})

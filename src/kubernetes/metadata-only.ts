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
  /** The object's own, managed fields included. */
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

export const metadataOnly = (object: ApiObject, version: MetaVersion = 'v1'): MetadataOnly => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: withoutFields(object, FIELDS_IN_ANNOTATIONS[object.kind]),
})

/**
 * What is a field inside the server and becomes an annotation only in whole objects of an API version that lacks the field.
 * Source: pkg/apis/apps/v1/conversion.go, pkg/apis/autoscaling/v1/conversion.go.
 */
const FIELDS_IN_ANNOTATIONS: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['deprecated.daemonset.template.generation'],
  HorizontalPodAutoscaler: [
    'autoscaling.alpha.kubernetes.io/behavior',
    'autoscaling.alpha.kubernetes.io/conditions',
    'autoscaling.alpha.kubernetes.io/current-metrics',
    'autoscaling.alpha.kubernetes.io/metrics',
  ],
}

function withoutFields({ metadata }: ApiObject, fields: readonly string[] | undefined): ObjectMeta {
  if (fields === undefined || metadata.annotations === undefined) return metadata
  const { annotations, ...others } = metadata
  const shown = Object.entries(annotations).filter(([key]) => !fields.includes(key))
  return shown.length === 0 ? others : { ...others, annotations: Object.fromEntries(shown) }
}

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

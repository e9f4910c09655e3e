/** Shapes that several API groups share. Source: apimachinery/pkg/apis/meta/v1/types.go (v1.36). */
import type { ApiObject, Json } from '../../events/json.ts'

export type { ApiObject, Json, ObjectMeta, OwnerReference } from '../../events/json.ts'

/** A decimal number with an optional suffix: `100m`, `1Gi`. See quantity.ts. */
export type Quantity = string
/** A port number or its name; a count or a percentage. See intorstring.ts. */
export type IntOrString = number | string
/** RFC 3339 with whole seconds, UTC: `2026-01-01T00:00:00Z`. */
export type Time = string
/** RFC 3339 with six fractional digits, UTC: `2026-01-01T00:00:00.000000Z`. */
export type MicroTime = string
/** Amounts by resource name (`cpu`, `memory`, `example.com/gpu`). */
export type ResourceList = Readonly<Record<string, Quantity>>
export type Labels = Readonly<Record<string, string>>

export interface LabelSelector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

export type ConditionStatus = 'True' | 'False' | 'Unknown'

/** The part that conditions of every kind share. */
export interface Condition {
  readonly type: string
  readonly status: ConditionStatus
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: Time
  readonly observedGeneration?: number
}

export interface LocalObjectReference {
  readonly name?: string
}

export interface TypedLocalObjectReference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
}

export interface ObjectReference {
  readonly apiVersion?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly fieldPath?: string
}

/** A kind of an object's metadata when it is embedded as a template: nothing of it is set by the server. */
export interface TemplateMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly labels?: Labels
  readonly annotations?: Labels
  readonly finalizers?: readonly string[]
}

/** One manager's claim to fields. Source: apimachinery/pkg/apis/meta/v1/types.go, ManagedFieldsEntry. */
export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: 'Apply' | 'Update'
  readonly apiVersion?: string
  readonly time?: Time
  readonly fieldsType?: 'FieldsV1'
  readonly fieldsV1?: Json
  readonly subresource?: string
}

/** An object of a kind that no type here describes. */
export interface UnknownObject extends ApiObject {
  readonly [field: string]: Json | ApiObject['metadata'] | undefined
}

export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** What the API answers instead of an object. Source: apimachinery/pkg/apis/meta/v1/types.go, Status. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  /** `continue`: how a list whose revision is gone may go on. */
  readonly metadata: { readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  /** The HTTP code; absent in a success. */
  readonly code?: number
}

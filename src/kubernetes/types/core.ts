/** Namespaces, configuration, identities, quotas, events. Source: api/core/v1/types.go, api/events/v1 (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition, LocalObjectReference, MicroTime, ObjectReference, ResourceList, Time } from './meta.ts'

export interface Namespace extends ApiObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: { readonly phase?: 'Active' | 'Terminating'; readonly conditions?: readonly Condition[] }
}

export interface ConfigMap extends ApiObject {
  readonly immutable?: boolean
  readonly data?: Readonly<Record<string, string>>
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>
}

export interface Secret extends ApiObject {
  readonly immutable?: boolean
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>
  /** Only in requests: merged into `data` when it is written. */
  readonly stringData?: Readonly<Record<string, string>>
  readonly type?: string
}

export interface ServiceAccount extends ApiObject {
  readonly secrets?: readonly ObjectReference[]
  readonly imagePullSecrets?: readonly LocalObjectReference[]
  readonly automountServiceAccountToken?: boolean
}

export interface EventSource {
  readonly component?: string
  readonly host?: string
}

export interface EventSeries {
  readonly count?: number
  readonly lastObservedTime?: MicroTime
}

/** `v1` Event; `events.k8s.io/v1` is another view of the same stored object. */
export interface Event extends ApiObject {
  readonly involvedObject: ObjectReference
  readonly reason?: string
  readonly message?: string
  readonly source?: EventSource
  readonly firstTimestamp?: Time | null
  readonly lastTimestamp?: Time | null
  readonly count?: number
  readonly type?: string
  readonly eventTime?: MicroTime | null
  readonly series?: EventSeries
  readonly action?: string
  readonly related?: ObjectReference
  readonly reportingComponent?: string
  readonly reportingInstance?: string
}

export interface LimitRangeItem {
  readonly type: string
  readonly max?: ResourceList
  readonly min?: ResourceList
  readonly default?: ResourceList
  readonly defaultRequest?: ResourceList
  readonly maxLimitRequestRatio?: ResourceList
}

export interface LimitRange extends ApiObject {
  /** Absent is none: a range may be made without any. */
  readonly spec: { readonly limits?: readonly LimitRangeItem[] }
}

export interface ScopedResourceSelectorRequirement {
  readonly scopeName: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

export interface ResourceQuota extends ApiObject {
  readonly spec: {
    readonly hard?: ResourceList
    readonly scopes?: readonly string[]
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopedResourceSelectorRequirement[] }
  }
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList }
}

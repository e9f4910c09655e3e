/** Roles and who has them. Source: api/rbac/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { LabelSelector } from './meta.ts'

export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  /** None: all names. */
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

export interface RoleRef {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

export interface Subject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  /** Of a ServiceAccount. */
  readonly namespace?: string
}

export interface Role extends ApiObject {
  readonly rules?: readonly PolicyRule[] | null
}

export interface ClusterRole extends ApiObject {
  readonly rules?: readonly PolicyRule[] | null
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] }
}

export interface RoleBinding extends ApiObject {
  readonly subjects?: readonly Subject[]
  readonly roleRef: RoleRef
}

export interface ClusterRoleBinding extends ApiObject {
  readonly subjects?: readonly Subject[]
  readonly roleRef: RoleRef
}

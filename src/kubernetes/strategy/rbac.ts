/** Roles and bindings. Source: pkg/registry/rbac/<kind>/strategy.go; pkg/apis/rbac/v1/defaults.go (v1.36). */
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Subject } from '../types/rbac.ts'
import type { Draft } from '../draft.ts'
import {
  RBAC_GROUP,
  validateClusterRole,
  validateClusterRoleBinding,
  validateClusterRoleBindingUpdate,
  validateClusterRoleUpdate,
  validateRole,
  validateRoleBinding,
  validateRoleBindingUpdate,
  validateRoleUpdate,
} from '../validation/rbac.ts'
import { defineStrategy } from './strategy.ts'

export const roleStrategy = defineStrategy<Role>({
  allowCreateOnUpdate: true,
  check: validateRole,
  checkUpdate: validateRoleUpdate,
})

export const clusterRoleStrategy = defineStrategy<ClusterRole>({
  allowCreateOnUpdate: true,
  check: validateClusterRole,
  checkUpdate: validateClusterRoleUpdate,
})

interface Binding {
  readonly roleRef?: Draft<RoleRef>
  readonly subjects?: readonly Draft<Subject>[]
}

/** Users and groups belong to the API group of roles, service accounts to the core one. */
function withGroups<B extends Binding>(binding: B): B {
  const apiGroup = binding.roleRef?.apiGroup ?? ''
  const roleRef = { ...binding.roleRef, apiGroup: apiGroup === '' ? RBAC_GROUP : apiGroup }
  return {
    ...binding,
    roleRef,
    ...(binding.subjects === undefined ? {} : { subjects: binding.subjects.map(withGroup) }),
  }
}

function withGroup(subject: Draft<Subject>): Draft<Subject> {
  const isPerson = subject.kind === 'User' || subject.kind === 'Group'
  return isPerson && (subject.apiGroup ?? '') === '' ? { ...subject, apiGroup: RBAC_GROUP } : subject
}

export const roleBindingStrategy = defineStrategy<RoleBinding>({
  defaults: withGroups,
  allowCreateOnUpdate: true,
  check: validateRoleBinding,
  checkUpdate: validateRoleBindingUpdate,
})

export const clusterRoleBindingStrategy = defineStrategy<ClusterRoleBinding>({
  defaults: withGroups,
  allowCreateOnUpdate: true,
  check: validateClusterRoleBinding,
  checkUpdate: validateClusterRoleBindingUpdate,
})

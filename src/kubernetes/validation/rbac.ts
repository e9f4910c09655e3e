/** Roles and bindings. Source: pkg/apis/rbac/validation/validation.go (v1.36). */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../types/rbac.ts'
import type { Draft } from '../draft.ts'
import { isDNS1123Subdomain } from '../syntax.ts'
import { Shown, type FieldErrors } from './field-error.ts'
import { isSame } from './immutable.ts'
import { validateLabelSelector } from './labels.ts'
import { pathSegmentName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'

export function validateRole(role: Draft<Role>, errors: FieldErrors): void {
  validateMetadata(role.metadata, { namespaced: true, name: pathSegmentName }, errors)
  validateRules(role.rules, true, errors)
}

export function validateRoleUpdate(next: Draft<Role>, before: Draft<Role>, errors: FieldErrors): void {
  validateRole(next, errors)
  validateMetadataUpdate(next.metadata, before.metadata, errors)
}

export function validateClusterRole(role: Draft<ClusterRole>, errors: FieldErrors): void {
  validateMetadata(role.metadata, { namespaced: false, name: pathSegmentName }, errors)
  validateRules(role.rules, false, errors)
  if (role.aggregationRule === undefined) return
  const selectors = role.aggregationRule.clusterRoleSelectors ?? []
  const at = 'aggregationRule.clusterRoleSelectors'
  if (selectors.length === 0) {
    errors.required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
  }
  for (const [i, selector] of selectors.entries()) validateLabelSelector(selector, `${at}[${i}]`, errors)
}

export function validateClusterRoleUpdate(next: Draft<ClusterRole>, before: Draft<ClusterRole>, errors: FieldErrors) {
  validateClusterRole(next, errors)
  validateMetadataUpdate(next.metadata, before.metadata, errors)
}

function validateRules(
  rules: readonly Draft<PolicyRule>[] | null | undefined,
  namespaced: boolean,
  errors: FieldErrors,
): void {
  for (const [i, rule] of (rules ?? []).entries()) {
    const at = `rules[${i}]`
    const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
    if (verbs.length === 0) errors.required(`${at}.verbs`, 'verbs must contain at least one value')
    if (nonResourceURLs.length > 0) {
      const here = `${at}.nonResourceURLs`
      if (namespaced) errors.invalid(here, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')
      if (apiGroups.length + resources.length + resourceNames.length > 0) {
        errors.invalid(here, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')
      }
      continue
    }
    if (apiGroups.length === 0) {
      errors.required(`${at}.apiGroups`, 'resource rules must supply at least one api group')
    }
    if (resources.length === 0) errors.required(`${at}.resources`, 'resource rules must supply at least one resource')
  }
}

export const validateRoleBinding = (binding: Draft<RoleBinding>, errors: FieldErrors): void =>
  validateBinding(binding, true, errors)

export const validateClusterRoleBinding = (binding: Draft<ClusterRoleBinding>, errors: FieldErrors): void =>
  validateBinding(binding, false, errors)

type AnyBinding = Draft<RoleBinding> | Draft<ClusterRoleBinding>

function validateBinding(binding: AnyBinding, namespaced: boolean, errors: FieldErrors): void {
  validateMetadata(binding.metadata, { namespaced, name: pathSegmentName }, errors)
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? {}
  if (apiGroup !== RBAC_GROUP) errors.unsupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP])
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (!kinds.includes(kind)) errors.unsupported('roleRef.kind', kind, kinds)
  if (name === '') errors.required('roleRef.name')
  else errors.invalids('roleRef.name', name, pathSegmentName(name))
  for (const [i, subject] of (binding.subjects ?? []).entries()) {
    validateSubject(subject, namespaced, `subjects[${i}]`, errors)
  }
}

function validateSubject(subject: Draft<Subject>, namespaced: boolean, at: string, errors: FieldErrors): void {
  const { kind = '', apiGroup = '', name = '', namespace = '' } = subject
  if (name === '') errors.required(`${at}.name`)
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.invalids(`${at}.name`, name, isDNS1123Subdomain(name))
    if (apiGroup !== '') errors.unsupported(`${at}.apiGroup`, apiGroup, [''])
    if (!namespaced && namespace === '') errors.required(`${at}.namespace`)
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC_GROUP) errors.unsupported(`${at}.apiGroup`, apiGroup, [RBAC_GROUP])
  } else errors.unsupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group'])
}

export function validateRoleBindingUpdate(next: Draft<RoleBinding>, before: Draft<RoleBinding>, errors: FieldErrors) {
  validateRoleBinding(next, errors)
  validateBindingUpdate(next, before, errors)
}

export function validateClusterRoleBindingUpdate(
  next: Draft<ClusterRoleBinding>,
  before: Draft<ClusterRoleBinding>,
  errors: FieldErrors,
): void {
  validateClusterRoleBinding(next, errors)
  validateBindingUpdate(next, before, errors)
}

/** Who has a role may change, which role it is may not. */
function validateBindingUpdate(next: AnyBinding, before: AnyBinding, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if (isSame(next.roleRef, before.roleRef)) return
  const { apiGroup = '', kind = '', name = '' } = next.roleRef ?? {}
  const shown = new Shown(JSON.stringify({ APIGroup: apiGroup, Kind: kind, Name: name }))
  errors.invalid('roleRef', shown, 'cannot change roleRef')
}

import { missingRules, ruleText } from '../../../kubernetes/rbac/covers.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { forbidden, notFound, type Status } from '../../../kubernetes/status.ts'
import type { ClusterRole, PolicyRule, RoleBinding } from '../../../kubernetes/types/rbac.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import { isExempt, toResource } from '../authz.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes } from './admission.ts'

const GROUP = 'rbac.authorization.k8s.io'
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

const ROLES: ReadonlySet<string> = new Set(['Role', 'ClusterRole'])
const BINDINGS: ReadonlySet<string> = new Set(['RoleBinding', 'ClusterRoleBinding'])

/**
 * Nobody grants what he does not have himself, unless he has the verb `escalate` for roles or `bind` for what is bound.
 * Source: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go; pkg/registry/rbac/
 * escalation_check.go (v1.36). Upstream asks it in the storage of these kinds, after all mutating plugins; here it is the first
 * of the validating ones.
 */
export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  applies: (operation, kind, subresource) =>
    operation !== 'DELETE' && subresource === '' && (ROLES.has(kind) || BINDINGS.has(kind)),

  validate(object, attributes, world) {
    const { authorizer } = world
    if (authorizer.mode === 'AlwaysAllow' || isExempt(attributes.user)) return undefined
    const refusal = ROLES.has(attributes.kind)
      ? roleProblem(object as ClusterRole, attributes, world)
      : bindingProblem(object as RoleBinding, attributes, world)
    return refusal === undefined ? undefined : { refusal }
  },
}

const roleProblem = (role: ClusterRole, attributes: Attributes, world: AdmissionWorld): Status | undefined => {
  const { user, resource, namespace = '', name, old } = attributes
  const before = old as ClusterRole | undefined
  const rules = role.rules ?? []
  const same = before !== undefined && sameJson(before.rules ?? [], rules)
  if (same && sameJson(before.aggregationRule ?? null, role.aggregationRule ?? null)) return undefined
  const escalate = toResource('escalate', GROUP, resource.resource, namespace, name)
  if (world.authorizer.decide(user, escalate).allowed) return undefined
  const wanted = role.aggregationRule === undefined ? rules : [...rules, ...EVERYTHING]
  return notHeld(wanted, attributes, world)
}

const bindingProblem = (binding: RoleBinding, attributes: Attributes, world: AdmissionWorld): Status | undefined => {
  const { user, resource, namespace = '', old } = attributes
  const { roleRef } = binding
  const before = old as RoleBinding | undefined
  if (
    before !== undefined &&
    sameJson(before.roleRef, roleRef) &&
    sameJson(before.subjects ?? [], binding.subjects ?? [])
  ) {
    return undefined
  }
  const roles = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  const bind = toResource('bind', GROUP, roles, namespace, roleRef.name)
  if (world.authorizer.decide(user, bind).allowed) return undefined
  const rules = world.authorizer.policy.rulesOf(roleRef, namespace)
  return rules === undefined ? notFound(resource, roleRef.name) : notHeld(rules, attributes, world)
}

/** Source: pkg/registry/rbac/validation/rule.go, ConfirmNoEscalation. */
const notHeld = (wanted: readonly PolicyRule[], attributes: Attributes, world: AdmissionWorld): Status | undefined => {
  const { user, resource, namespace = '', name } = attributes
  const owned = world.authorizer.grants(user, namespace).map(({ rule }) => rule)
  const missing = missingRules(owned, wanted)
  if (missing.length === 0) return undefined
  const lines = missing.map(ruleText).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const groups = `[${user.groups.map(goQuote).join(' ')}]`
  const why = `user ${goQuote(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:`
  return forbidden(resource, name, `${why}\n${lines.join('\n')}`)
}

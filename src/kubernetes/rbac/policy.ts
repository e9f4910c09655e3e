import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject } from '../types/rbac.ts'
import { goQuote } from '../validation/field-error.ts'
import { allowsButForName, ruleAllows, type Action } from './rules.ts'

/** As much of a user as bindings look at. */
export interface Principal {
  readonly name: string
  readonly groups: readonly string[]
}

/** Everything that grants anything. */
export interface PolicyObjects {
  readonly roles: readonly Role[]
  readonly clusterRoles: readonly ClusterRole[]
  readonly roleBindings: readonly RoleBinding[]
  readonly clusterRoleBindings: readonly ClusterRoleBinding[]
}

/** A rule that somebody has, and through what. */
export interface Grant {
  readonly rule: PolicyRule
  /** `RBAC: allowed by RoleBinding "reader/ns" of Role "reader" to User "bob"`. */
  readonly reason: string
}

interface Bound {
  readonly binding: RoleBinding | ClusterRoleBinding
  readonly subject: Subject
  /** Among all bindings of its kind, so that grants come in the bindings' order. */
  readonly order: number
}

const SERVICE_ACCOUNT = 'system:serviceaccount:'
const NO_RULES: readonly PolicyRule[] = []

/**
 * What all roles and bindings together grant, indexed by who is bound.
 * Source: pkg/registry/rbac/validation/rule.go, VisitRulesFor and appliesTo (v1.36).
 */
export class Policy {
  private readonly clusterRoles: ReadonlyMap<string, ClusterRole>
  private readonly roles: ReadonlyMap<string, Role>
  /** By subject: bindings that count everywhere. */
  private readonly everywhere = new Map<string, Bound[]>()
  /** By namespace and subject. */
  private readonly within = new Map<string, Map<string, Bound[]>>()

  constructor(objects: PolicyObjects) {
    this.clusterRoles = new Map(objects.clusterRoles.map((role) => [role.metadata.name, role]))
    this.roles = new Map(objects.roles.map((role) => [`${role.metadata.namespace ?? ''}/${role.metadata.name}`, role]))
    objects.clusterRoleBindings.forEach((binding, order) => index(this.everywhere, binding, '', order))
    objects.roleBindings.forEach((binding, order) => {
      const namespace = binding.metadata.namespace ?? ''
      let bound = this.within.get(namespace)
      if (bound === undefined) this.within.set(namespace, (bound = new Map()))
      index(bound, binding, namespace, order)
    })
  }

  /** The rules of a user that count in a namespace; '' for what counts in the whole cluster. */
  grants(user: Principal, namespace: string): readonly Grant[] {
    const everywhere = boundTo(user, this.everywhere)
    const within = namespace === '' ? undefined : this.within.get(namespace)
    return [...everywhere, ...(within === undefined ? [] : boundTo(user, within))].flatMap((bound) => {
      const reason = reasonOf(bound)
      return (this.rulesOf(bound.binding.roleRef, bound.binding.metadata.namespace ?? '') ?? NO_RULES).map((rule) => ({
        rule,
        reason,
      }))
    })
  }

  /** The rules that a role has; undefined when there is no such role. */
  rulesOf({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const role = kind === 'ClusterRole' ? this.clusterRoles.get(name) : this.roles.get(`${namespace}/${name}`)
    return role && (role.rules ?? NO_RULES)
  }

  /** The first grant that allows an action. */
  allows(user: Principal, namespace: string, action: Action): Grant | undefined {
    return this.grants(user, namespace).find(({ rule }) => ruleAllows(rule, action))
  }

  /** All grants that allow an action on one name or another, in order. */
  allowing(user: Principal, namespace: string, action: Action): readonly Grant[] {
    return this.grants(user, namespace).filter(({ rule }) => allowsButForName(rule, action))
  }
}

const index = (
  into: Map<string, Bound[]>,
  binding: RoleBinding | ClusterRoleBinding,
  namespace: string,
  order: number,
): void => {
  for (const subject of binding.subjects ?? []) {
    const key = keyOf(subject, namespace)
    const known = into.get(key)
    if (known === undefined) into.set(key, [{ binding, subject, order }])
    else known.push({ binding, subject, order })
  }
}

const keyOf = ({ kind, name, namespace }: Subject, own: string): string => {
  if (kind === 'Group') return `Group/${name}`
  if (kind === 'ServiceAccount') return `User/${SERVICE_ACCOUNT}${namespace ?? own}:${name}`
  return `User/${name}`
}

/** One grant per binding, by the first of its subjects that fits. */
const boundTo = ({ name, groups }: Principal, bound: ReadonlyMap<string, Bound[]>): readonly Bound[] => {
  const found = [bound.get(`User/${name}`), ...groups.map((group) => bound.get(`Group/${group}`))]
  const first = new Map<number, Bound>()
  for (const one of found.flatMap((some) => some ?? [])) if (!first.has(one.order)) first.set(one.order, one)
  return [...first.values()].sort((a, b) => a.order - b.order)
}

/** Source: pkg/registry/rbac/validation/rule.go, roleBindingDescriber and clusterRoleBindingDescriber. */
const reasonOf = ({ binding: { metadata, roleRef }, subject }: Bound): string => {
  const { name, namespace } = metadata
  const bound =
    namespace === undefined ? `ClusterRoleBinding ${goQuote(name)}` : `RoleBinding ${goQuote(`${name}/${namespace}`)}`
  const to =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace ?? ''}` : subject.name
  return `RBAC: allowed by ${bound} of ${roleRef.kind} ${goQuote(roleRef.name)} to ${subject.kind} ${goQuote(to)}`
}

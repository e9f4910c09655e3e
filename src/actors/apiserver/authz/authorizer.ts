import { Policy, type Grant } from '../../../kubernetes/rbac/policy.ts'
import type { View } from '../../../kubernetes/view.ts'
import { ALLOWED, isExempt, NO_OPINION, type Access, type Decision } from '../authz.ts'
import { NODE_PREFIX, NODES, type User } from '../authn.ts'
import { NodeAuthorizer } from './node.ts'

/** `AlwaysAllow` asks nothing; `RBAC` asks the node authorizer and the roles. */
export type AuthorizationMode = 'AlwaysAllow' | 'RBAC'

/** What is decided for a user, a verb and a resource in a namespace: for all names, or by name. */
interface Entry {
  readonly always: Decision | undefined
  readonly byName: ReadonlyMap<string, Decision>
}

type Tree<T> = Map<string, T>
/** By verb, group, resource, subresource and namespace: look-ups of texts that are hashed already, and no new text. */
type Memo = Tree<Tree<Tree<Tree<Tree<Entry>>>>>

/** Users remembered between two changes of the policy; more are forgotten together. */
const USERS = 20_000

/**
 * Whether a user may do something: system:masters always, nodes by what runs on them, everybody by roles, as this server's own
 * cache shows them. Decisions are kept until a role or a binding changes.
 * Source: pkg/kubeapiserver/authorizer/config.go; plugin/pkg/auth/authorizer/rbac/rbac.go (v1.36).
 */
export class Authorizer {
  readonly mode: AuthorizationMode
  private readonly view: View
  private readonly nodes: NodeAuthorizer
  private readonly memo = new Map<User, Memo>()
  private current: Policy | undefined

  constructor(mode: AuthorizationMode, view: View) {
    this.mode = mode
    this.view = view
    this.nodes = new NodeAuthorizer(view)
  }

  /** A role or binding has changed. */
  changed(): void {
    this.current = undefined
    this.memo.clear()
  }

  decide(user: User, access: Access): Decision {
    if (this.mode === 'AlwaysAllow' || isExempt(user)) return ALLOWED
    const node = isNode(user) ? this.nodes.decide(user.name.slice(NODE_PREFIX.length), access) : NO_OPINION
    if (node.allowed) return node
    const role = access.path === undefined ? this.byRole(user, access) : this.byPath(user, access)
    return role.allowed ? role : node
  }

  /** All rules of a user that count in a namespace. */
  grants(user: User, namespace: string): readonly Grant[] {
    return this.policy.grants(user, namespace)
  }

  get policy(): Policy {
    return (this.current ??= new Policy({
      roles: byName(this.view.list('Role')),
      clusterRoles: this.view.list('ClusterRole'),
      roleBindings: byName(this.view.list('RoleBinding')),
      clusterRoleBindings: byName(this.view.list('ClusterRoleBinding')),
    }))
  }

  private byPath(user: User, access: Access): Decision {
    const grant = this.policy.allows(user, '', access)
    return grant === undefined ? NO_OPINION : { allowed: true, reason: grant.reason }
  }

  private byRole(user: User, access: Access): Decision {
    const { always, byName } = this.entry(user, access)
    return always ?? byName.get(access.name) ?? NO_OPINION
  }

  private entry(user: User, access: Access): Entry {
    let memo = this.memo.get(user)
    if (memo === undefined) {
      if (this.memo.size >= USERS) this.memo.clear()
      this.memo.set(user, (memo = new Map()))
    }
    const { verb, group, resource, subresource, namespace } = access
    const last = branch(branch(branch(branch(memo, resource), verb), subresource), group)
    let entry = last.get(namespace)
    if (entry === undefined) last.set(namespace, (entry = this.compute(user, access)))
    return entry
  }

  private compute(user: User, access: Access): Entry {
    const byName = new Map<string, Decision>()
    for (const { rule, reason } of this.policy.allowing(user, access.namespace, access)) {
      const decision = { allowed: true, reason }
      const names = rule.resourceNames ?? []
      if (names.length === 0) return { always: decision, byName }
      for (const name of names) if (!byName.has(name)) byName.set(name, decision)
    }
    return { always: undefined, byName }
  }
}

const branch = <T>(tree: Tree<Tree<T>>, key: string): Tree<T> => {
  let next = tree.get(key)
  if (next === undefined) tree.set(key, (next = new Map<string, T>()))
  return next
}

const isNode = ({ name, groups }: User): boolean => groups.includes(NODES) && name.startsWith(NODE_PREFIX)

const byName = <O extends { readonly metadata: { readonly name: string } }>(objects: readonly O[]): readonly O[] =>
  [...objects].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0))

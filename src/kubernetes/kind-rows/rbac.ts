import { clusterRoleBindingStrategy, clusterRoleStrategy, roleBindingStrategy, roleStrategy } from '../strategy/rbac.ts'
import { row, type KindRow } from './row.ts'

const GROUP = 'rbac.authorization.k8s.io'

export const RBAC_ROWS: readonly KindRow[] = [
  row('ClusterRoleBinding', { group: GROUP, clusterScoped: true, strategy: clusterRoleBindingStrategy }),
  row('ClusterRole', { group: GROUP, clusterScoped: true, strategy: clusterRoleStrategy }),
  row('RoleBinding', { group: GROUP, strategy: roleBindingStrategy }),
  row('Role', { group: GROUP, strategy: roleStrategy }),
]

import { row, type KindRow } from './row.ts'

const GROUP = 'rbac.authorization.k8s.io'

export const RBAC_ROWS: readonly KindRow[] = [
  row('ClusterRoleBinding', { group: GROUP, clusterScoped: true }),
  row('ClusterRole', { group: GROUP, clusterScoped: true }),
  row('RoleBinding', { group: GROUP }),
  row('Role', { group: GROUP }),
]

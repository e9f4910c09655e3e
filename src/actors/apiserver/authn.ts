/** Who asks. Source: apiserver/pkg/authentication/user/user.go. */
export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

export const SYSTEM_MASTERS = 'system:masters'
const AUTHENTICATED = 'system:authenticated'
const SERVICE_ACCOUNT = 'system:serviceaccount:'
const NODE = 'system:node:'

/**
 * The user behind a request's user name, with the groups that the name implies.
 * Abridged: callers are believed; what checks certificates and tokens stands in front of this server.
 */
export const authenticate = (name: string, mastersNames: ReadonlySet<string>): User => ({
  name,
  groups: [...groupsOf(name, mastersNames), AUTHENTICATED],
})

const groupsOf = (name: string, mastersNames: ReadonlySet<string>): readonly string[] => {
  if (mastersNames.has(name)) return [SYSTEM_MASTERS]
  if (name.startsWith(NODE)) return ['system:nodes']
  if (!name.startsWith(SERVICE_ACCOUNT)) return []
  const namespace = name.slice(SERVICE_ACCOUNT.length).split(':')[0] ?? ''
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

/** Who asks. Source: apiserver/pkg/authentication/user/user.go. */
export interface User {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export const SYSTEM_MASTERS = 'system:masters'
export const AUTHENTICATED = 'system:authenticated'
export const UNAUTHENTICATED = 'system:unauthenticated'
export const NODES = 'system:nodes'
export const NODE_PREFIX = 'system:node:'
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:'

export const ANONYMOUS: User = { name: 'system:anonymous', groups: [UNAUTHENTICATED] }

/**
 * A component of the cluster by its name, with the groups that the name implies.
 * Abridged: components are believed; each would show the certificate or token of its process.
 */
export const authenticate = (name: string, mastersNames: ReadonlySet<string>): User => ({
  name,
  groups: [...groupsOf(name, mastersNames), AUTHENTICATED],
})

const groupsOf = (name: string, mastersNames: ReadonlySet<string>): readonly string[] => {
  if (mastersNames.has(name)) return [SYSTEM_MASTERS]
  if (name.startsWith(NODE_PREFIX)) return [NODES]
  const account = serviceAccountOf(name)
  return account === undefined ? [] : serviceAccountGroups(account.namespace)
}

/** Source: apiserver/pkg/authentication/serviceaccount/util.go, SplitUsername. */
export const serviceAccountOf = (user: string): { readonly namespace: string; readonly name: string } | undefined => {
  if (!user.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined
  const [namespace = '', name = '', ...rest] = user.slice(SERVICE_ACCOUNT_PREFIX.length).split(':')
  return namespace === '' || name === '' || rest.length > 0 ? undefined : { namespace, name }
}

export const serviceAccountUser = (namespace: string, name: string): string =>
  `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
]

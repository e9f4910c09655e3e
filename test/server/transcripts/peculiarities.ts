/** What the recorded build has otherwise than upstream, as the transcripts' README says, and how it was started. */
import { isMembers } from './translation.ts'

/** An answer without what is the recorded build's own. */
export const ownForm = (path: string, value: unknown): unknown => {
  if (!isMembers(value)) return value
  if (path === '/' && Array.isArray(value['paths'])) {
    // Its readiness doesn't ask etcd.
    return { ...value, paths: value['paths'].filter((one) => one !== '/readyz/etcd') }
  }
  const items = value['items']
  if (!Array.isArray(items)) return value
  if (path.startsWith('/apis/rbac.authorization.k8s.io/')) {
    const upstream = items.filter((item) => !JSON.stringify(item).includes(ADDED_CONTROLLER))
    return { ...value, items: upstream.map(withoutAddedRule) }
  }
  if (path.startsWith('/api/v1/services')) return JSON.parse(JSON.stringify(value).replaceAll(SECURE_PORT, '6443'))
  return value['kind'] === 'ComponentStatusList' ? { ...value, items: items.toSorted(byName) } : value
}

/** It has a controller of its own, whose role and binding are in every list of them. */
const ADDED_CONTROLLER = 'service-ca-cert-publisher'

/** It admits slices only from those who may create this; so the controllers' roles have a rule more. */
const ADDED_RESOURCE = 'endpointslices/restricted'

const withoutAddedRule = (role: unknown): unknown =>
  isMembers(role) && Array.isArray(role['rules'])
    ? { ...role, rules: role['rules'].filter((rule) => !JSON.stringify(rule).includes(ADDED_RESOURCE)) }
    : role

/** It was started with --secure-port=6449, which is where Service default/kubernetes leads. */
const SECURE_PORT = '6449'

/** All are asked at once, and come in the order in which they answer. Source: pkg/registry/core/componentstatus/rest.go. */
const byName = (a: unknown, b: unknown): number => {
  const [x, y] = [nameOf(a), nameOf(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const nameOf = (item: unknown): string =>
  isMembers(item) && isMembers(item['metadata']) ? String(item['metadata']['name']) : ''

/**
 * What its cluster had from the start: everybody may read /.well-known. Upstream's role system:service-account-issuer-discovery is
 * bound to service accounts only. The objects were taken out of recorded lists, what they allow is in the answers of `discovery`.
 */
export const ADDED_OBJECTS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: recorded-well-known}
rules: [{nonResourceURLs: [/.well-known, /.well-known/*], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: recorded-well-known}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: recorded-well-known}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:authenticated}
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:unauthenticated}
`

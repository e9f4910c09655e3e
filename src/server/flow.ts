/**
 * By which FlowSchema a request is served, as its answer's headers tell.
 * Source: apiserver/pkg/util/flowcontrol/rule.go; apiserver/pkg/server/filters/priority-and-fairness.go (v1.36).
 */
import type { Cluster } from '../cluster.ts'
import type { FlowSchema, FlowSubject, PolicyRulesWithSubjects } from '../kubernetes/types/flowcontrol.ts'
import type { Caller } from './identity.ts'
import type { RequestPath, ResourcePath } from './request-info.ts'

export interface Flow {
  readonly schema: string
  readonly level: string
}

interface Asker {
  readonly name: string
  readonly groups: readonly string[]
}

interface Asked {
  readonly verb: string
  readonly path: string
  readonly resource: ResourcePath | undefined
}

/** The uids of the FlowSchema and of its priority level; undefined in a cluster that has none. */
export const flowOf = (
  cluster: Pick<Cluster, 'list' | 'get'>,
  caller: Caller,
  method: string,
  target: RequestPath,
): Flow | undefined => {
  const [asker, asked] = [askerOf(caller), { verb: verbOf(method, target), ...target }]
  const schema = cluster
    .list('FlowSchema')
    .toSorted((a, b) => precedenceOf(a) - precedenceOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .find(({ spec }) => (spec.rules ?? []).some((rule) => matches(rule, asker, asked)))
  const name = schema?.spec.priorityLevelConfiguration?.name ?? ''
  const level = cluster.get('PriorityLevelConfiguration', undefined, name)
  return schema === undefined || level === undefined
    ? undefined
    : { schema: schema.metadata.uid, level: level.metadata.uid }
}

const precedenceOf = ({ spec }: FlowSchema): number => spec.matchingPrecedence ?? 0

/** Whom a request is believed to come from; what its token says is checked by the API server, who refuses others. */
const askerOf = ({ certificate, bearer, impersonate }: Caller): Asker => {
  if (impersonate?.user !== undefined) return known(impersonate.user, impersonate.groups ?? [])
  if (bearer !== undefined) return known(subjectOf(bearer), [])
  return certificate === undefined
    ? { name: 'system:anonymous', groups: ['system:unauthenticated'] }
    : known(certificate.user, certificate.groups)
}

const ACCOUNT = /^system:serviceaccount:([^:]+):/

const known = (name: string, groups: readonly string[]): Asker => {
  const [, namespace] = ACCOUNT.exec(name) ?? []
  const ofAccounts = namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { name, groups: [...groups, ...ofAccounts, 'system:authenticated'] }
}

const subjectOf = (token: string): string => {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const subject: unknown = Reflect.get(Object(claims), 'sub')
    return typeof subject === 'string' ? subject : ''
  } catch {
    return ''
  }
}

const verbOf = (method: string, { resource, query }: RequestPath): string => {
  if (resource === undefined) return method.toLowerCase()
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (resource.name !== undefined) return 'get'
      return resource.watch || ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'DELETE':
      return resource.name === undefined ? 'deletecollection' : 'delete'
    default:
      return method.toLowerCase()
  }
}

const has = (list: readonly string[] | undefined, one: string): boolean =>
  (list ?? []).some((wanted) => wanted === '*' || wanted === one)

const matches = (rule: PolicyRulesWithSubjects, asker: Asker, asked: Asked): boolean =>
  (rule.subjects ?? []).some((subject) => isSubject(subject, asker)) && isAsked(rule, asked)

const isSubject = ({ kind, user, group, serviceAccount }: FlowSubject, { name, groups }: Asker): boolean => {
  switch (kind) {
    case 'User':
      return user?.name === '*' || user?.name === name
    case 'Group':
      return group?.name === '*' || groups.includes(group?.name ?? '')
    case 'ServiceAccount': {
      const { namespace = '', name: account = '' } = serviceAccount ?? {}
      const prefix = `system:serviceaccount:${namespace}:`
      return account === '*' ? name.startsWith(prefix) : name === `${prefix}${account}`
    }
    default:
      return false
  }
}

const isAsked = (
  { resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects,
  { verb, path, resource }: Asked,
): boolean => {
  if (resource === undefined) {
    return nonResourceRules.some(
      ({ verbs, nonResourceURLs = [] }) => has(verbs, verb) && nonResourceURLs.some((one) => isPath(one, path)),
    )
  }
  const { group, namespace = '', resource: plural, subresource } = resource
  const what = subresource === undefined ? plural : `${plural}/${subresource}`
  return resourceRules.some(
    ({ verbs, apiGroups, resources, namespaces, clusterScope }) =>
      has(verbs, verb) &&
      has(apiGroups, group) &&
      has(resources, what) &&
      (namespace === '' ? clusterScope === true : has(namespaces, namespace)),
  )
}

const isPath = (wanted: string, path: string): boolean =>
  wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : wanted === path

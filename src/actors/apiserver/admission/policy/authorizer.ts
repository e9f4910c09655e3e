import { CelAuthorizer, type Check } from '../../../../kubernetes/cel/library/authorizer.ts'
import { AUTHENTICATED, serviceAccountGroups, serviceAccountUser, type User } from '../../authn.ts'
import { toPath, toResource } from '../../authz.ts'
import type { Authorizer } from '../../authz/authorizer.ts'
import type { Attributes } from '../admission.ts'

/** What an expression asks about a request's user, or about a service account, this server's roles answer. */
export const authorizerOf = (authorizer: Authorizer, attributes: Attributes): CelAuthorizer => {
  const { user, resource: row, subresource, namespace = '', name } = attributes
  const own: Check = { group: row.group, resource: row.resource, subresource, namespace, name }
  return new CelAuthorizer((check, verb) => {
    const who: User = check.serviceAccount === undefined ? user : accountOf(check.serviceAccount)
    if (check.path !== undefined) return authorizer.decide(who, toPath(verb, check.path))
    const { group = '', resource = '', subresource: sub = '', namespace: ns = '', name: one = '' } = check
    return authorizer.decide(who, { ...toResource(verb, group, resource, ns, one), subresource: sub })
  }, own)
}

const accountOf = ({ namespace, name }: NonNullable<Check['serviceAccount']>): User => ({
  name: serviceAccountUser(namespace, name),
  groups: [...serviceAccountGroups(namespace), AUTHENTICATED],
})

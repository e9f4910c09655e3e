import type { Action } from '../../kubernetes/rbac/rules.ts'
import { forbidden, type Status } from '../../kubernetes/status.ts'
import { goQuote } from '../../kubernetes/validation/field-error.ts'
import { SYSTEM_MASTERS, type User } from './authn.ts'

/** What is asked for. Source: apiserver/pkg/authorization/authorizer/interfaces.go, Attributes. */
export interface Access extends Action {
  /** '' for the whole cluster. */
  readonly namespace: string
  /** What a list is narrowed to by `spec.nodeName`. */
  readonly nodeName?: string | undefined
}

/** What an authorizer says, and why; the reason may be empty. */
export interface Decision {
  readonly allowed: boolean
  readonly reason: string
}

export const ALLOWED: Decision = { allowed: true, reason: '' }
export const NO_OPINION: Decision = { allowed: false, reason: '' }

export const isExempt = ({ groups }: User): boolean => groups.includes(SYSTEM_MASTERS)

export const toResource = (verb: string, group: string, resource: string, namespace: string, name: string): Access => ({
  verb,
  group,
  resource,
  subresource: '',
  namespace,
  name,
})

export const toPath = (verb: string, path: string): Access => ({
  ...toResource(verb, '', '', '', ''),
  path,
})

/** 403. Source: apiserver/pkg/endpoints/handlers/responsewriters/errors.go, Forbidden and forbiddenMessage (v1.36). */
export function notAllowed(user: User, access: Access, reason: string): Status {
  const { verb, group, resource, subresource, namespace, name, path } = access
  const who = `User ${goQuote(user.name)}`
  const why = reason === '' ? '' : `: ${reason}`
  if (path !== undefined)
    return forbidden({ group: '', resource: '' }, '', `${who} cannot ${verb} path ${goQuote(path)}${why}`)
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`
  return forbidden(
    { group, resource },
    name,
    `${who} cannot ${verb} resource ${goQuote(what)} in API group ${goQuote(group)} ${where}${why}`,
  )
}

import { badRequest, type Status } from '../../../kubernetes/status.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import {
  ANONYMOUS,
  AUTHENTICATED,
  NODE_PREFIX,
  serviceAccountGroups,
  serviceAccountOf,
  UNAUTHENTICATED,
  type User,
} from '../authn.ts'
import { toResource, type Access, type Decision } from '../authz.ts'
import type { Caller } from './authenticator.ts'

type Wanted = NonNullable<Caller['impersonate']>
type Decide = (user: User, access: Access) => Decision

const GROUP = 'authentication.k8s.io'

/** Somebody who acts as somebody else, or why not. */
export type Impersonated = { readonly user: User } | { readonly status: Status } | { readonly denied: Access }

/**
 * Whom a request acts as. It may, either through the verb `impersonate` on everything that it claims, or through the
 * constrained verbs: `impersonate-on:<mode>:<verb>` on what it asks for, and `impersonate:<mode>` on what it claims.
 * Source: apiserver/pkg/endpoints/filters/impersonation (v1.36).
 */
export function impersonate(requestor: User, wanted: Wanted, asked: Access, decide: Decide): Impersonated {
  const { user: name = '', uid = '', groups = [], extra = {} } = wanted
  if (name === '') return { status: badRequest(`requested ${goText(wanted)} without impersonating a user name`) }
  const user = effective(name, uid, groups, extra)
  const legacy = claims('impersonate', wanted, '')
  if (legacy.every((access) => decide(requestor, access).allowed)) return { user }
  const mode = modeOf(name)
  const constrained = [
    { ...asked, verb: `impersonate-on:${mode}:${asked.verb}` },
    ...claims(`impersonate:${mode}`, wanted, GROUP),
  ]
  const denied = constrained.find((access) => !decide(requestor, access).allowed)
  return denied === undefined ? { user } : { denied }
}

/** Source: constrained_impersonation.go: modes by the kind of user. */
const modeOf = (name: string): string => {
  if (serviceAccountOf(name) !== undefined) return 'serviceaccount'
  return name.startsWith(NODE_PREFIX) ? 'arbitrary-node' : 'user-info'
}

/** Everything that a request claims to be, each to be allowed. */
const claims = (
  verb: string,
  { user = '', uid = '', groups = [], extra = {} }: Wanted,
  users: string,
): readonly Access[] => {
  const account = serviceAccountOf(user)
  const who =
    account === undefined
      ? toResource(verb, users, 'users', '', user)
      : toResource(verb, users, 'serviceaccounts', account.namespace, account.name)
  return [
    who,
    ...groups.map((group) => toResource(verb, users, 'groups', '', group)),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({ ...toResource(verb, GROUP, 'userextras', '', value), subresource: key })),
    ),
    ...(uid === '' ? [] : [toResource(verb, GROUP, 'uids', '', uid)]),
  ]
}

const effective = (name: string, uid: string, groups: readonly string[], extra: NonNullable<Wanted['extra']>): User => {
  const account = serviceAccountOf(name)
  const own = groups.length === 0 && account !== undefined ? serviceAccountGroups(account.namespace) : groups
  const has = own.includes(AUTHENTICATED) || own.includes(UNAUTHENTICATED)
  const added = has ? [] : [name === ANONYMOUS.name ? UNAUTHENTICATED : AUTHENTICATED]
  return {
    name,
    groups: [...own, ...added],
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** As Go prints a user. */
const goText = ({ user = '', uid = '', groups = [], extra = {} }: Wanted): string => {
  const list = (values: readonly string[]): string => `{${values.map(goQuote).join(', ')}}`
  const entries = Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1))
  const groupText = groups.length === 0 ? '[]string(nil)' : `[]string${list(groups)}`
  const pairs = entries.map(([key, values]) => `${goQuote(key)}:[]string${list(values)}`).join(', ')
  const extraText = entries.length === 0 ? '(nil)' : `{${pairs}}`
  return `&user.DefaultInfo{Name:${goQuote(user)}, UID:${goQuote(uid)}, Groups:${groupText}, Extra:map[string][]string${extraText}}`
}

/** Secrets that hold the token of a service account. Source: api/core/v1/types.go; pkg/serviceaccount/{util,legacy}.go (v1.36). */
import type { Micros } from '../../events/envelope.ts'
import { rfc3339 } from '../time.ts'
import type { Secret, ServiceAccount } from '../types/core.ts'

export const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token'
export const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
export const ACCOUNT_UID = 'kubernetes.io/service-account.uid'
/** The day on which the token was last taken by an API server, `YYYY-MM-DD`. */
export const LAST_USED = 'kubernetes.io/legacy-token-last-used'
/** The day since which no API server takes the token. */
export const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since'

/** A day as these labels have it; days are compared as text. */
export const dayOf = (at: Micros): string => rfc3339(at).slice(0, 'YYYY-MM-DD'.length)

export const isTokenSecret = ({ type }: Secret): boolean => type === TOKEN_SECRET_TYPE

export const accountNameOf = ({ metadata }: Secret): string => metadata.annotations?.[ACCOUNT_NAME] ?? ''
/** '' where the Secret does not say it yet. */
export const accountUidOf = ({ metadata }: Secret): string => metadata.annotations?.[ACCOUNT_UID] ?? ''

/** Whether a Secret is about this account and not about another of its name. Source: util.go, IsServiceAccountToken. */
export const isAbout = (secret: Secret, { metadata }: ServiceAccount): boolean => {
  const uid = accountUidOf(secret)
  return accountNameOf(secret) === metadata.name && (uid === '' || uid === metadata.uid)
}

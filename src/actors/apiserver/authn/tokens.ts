import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { isSigned } from '../../../kubernetes/service-account-tokens/signing-key.ts'
import {
  ISSUER,
  LEGACY_ISSUER,
  type Claims,
  type LegacyClaims,
} from '../../../kubernetes/service-account-tokens/tokens.ts'
import { EPOCH_SECONDS } from '../../../kubernetes/time.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import type { View } from '../../../kubernetes/view.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import { AUTHENTICATED, serviceAccountGroups, serviceAccountUser, type User } from '../authn.ts'
import { LEGACY_AUDIENCES, legacyVerdict } from './legacy-tokens.ts'

/** Source: apiserver/pkg/server/options/authentication.go, TokenSuccessCacheTTL. */
const BELIEVED_FOR: Micros = seconds(10)
/** Tokens remembered; the oldest go first. */
const REMEMBERED = 4096

/** A token that holds, or why it does not. */
export type Verdict = { readonly user: User; readonly audiences: readonly string[] } | { readonly problem: string }

const INVALID = 'invalid bearer token'

/** The body of `/.well-known/openid-configuration`. Source: pkg/serviceaccount/openidmetadata.go (v1.36). */
export const openIdConfiguration = (): object => ({
  issuer: ISSUER,
  jwks_uri: `${ISSUER}/openid/v1/jwks`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
})

export const wallSeconds = (now: Micros): number => EPOCH_SECONDS + Math.floor(now / seconds(1))

/**
 * Tells whose a token is. What held once is believed for 10 s more, whatever becomes of its account.
 * Source: apiserver/pkg/authentication/token/cache; pkg/serviceaccount/jwt.go and claims.go, Validate (v1.36).
 */
export class Tokens {
  private readonly view: View
  private readonly used: (secret: Secret) => void
  private readonly believed = new Map<string, { readonly verdict: Verdict; readonly until: Micros }>()

  /** `used` hears of every Secret whose token is shown, when it is looked at. */
  constructor(view: View, used: (secret: Secret) => void) {
    this.view = view
    this.used = used
  }

  verify(token: string, audiences: readonly string[], now: Micros, monotonic: Micros): Verdict {
    const key = `${audiences.join(' ')} ${token}`
    const known = this.believed.get(key)
    if (known !== undefined && known.until > monotonic) return known.verdict
    const verdict = this.examine(token, audiences, wallSeconds(now))
    this.believed.delete(key)
    if ('user' in verdict) this.remember(key, verdict, monotonic + BELIEVED_FOR)
    return verdict
  }

  private remember(key: string, verdict: Verdict, until: Micros): void {
    for (const [oldest] of this.believed) {
      if (this.believed.size < REMEMBERED) break
      this.believed.delete(oldest)
    }
    this.believed.set(key, { verdict, until })
  }

  private examine(token: string, audiences: readonly string[], now: number): Verdict {
    const claims = claimsOf(token)
    if (claims === undefined) return { problem: INVALID }
    const meant = isLegacy(claims) ? LEGACY_AUDIENCES : claims.aud
    const common = meant.filter((audience) => audiences.includes(audience))
    if (common.length === 0) {
      const why = `token audiences ${list(meant)} is invalid for the target audiences ${list(audiences)}`
      return { problem: `[${INVALID}, ${why}]` }
    }
    const user = this.userOf(token, claims, now)
    if ('problem' in user) return { problem: `[${INVALID}, ${user.problem}]` }
    return { user, audiences: common }
  }

  private userOf(token: string, claims: Claims | LegacyClaims, now: number): User | { readonly problem: string } {
    if (isLegacy(claims)) return legacyVerdict(token, claims, this.view, this.used)
    const problem = this.problemOf(claims, now)
    return problem === undefined ? userOf(claims) : { problem }
  }

  private problemOf(claims: Claims, now: number): string | undefined {
    if (claims.exp <= now) return 'service account token has expired'
    if (claims.nbf > now) return 'service account token is not valid yet'
    const { namespace, serviceaccount, secret, pod, node } = claims['kubernetes.io']
    const account = this.view.get('ServiceAccount', namespace, serviceaccount.name)
    if (account === undefined) return `serviceaccounts ${goQuote(serviceaccount.name)} not found`
    if (account.metadata.uid !== serviceaccount.uid) return 'service account UID does not match claim'
    if (secret !== undefined && this.view.get('Secret', namespace, secret.name)?.metadata.uid !== secret.uid)
      return 'service account token has been invalidated'
    if (pod !== undefined && this.view.get('Pod', namespace, pod.name)?.metadata.uid !== pod.uid)
      return 'service account token has been invalidated'
    if (pod !== undefined || node === undefined) return undefined
    const bound = this.view.get('Node', undefined, node.name)
    return bound?.metadata.uid === node.uid ? undefined : 'service account token has been invalidated'
  }
}

const isLegacy = (claims: Claims | LegacyClaims): claims is LegacyClaims => claims.iss === LEGACY_ISSUER

/** What a token says, if it was signed here. */
const claimsOf = (token: string): Claims | LegacyClaims | undefined => {
  const [header = '', body = '', signature = '', ...rest] = token.split('.')
  if (signature === '' || rest.length > 0) return undefined
  const head = parsed(header)
  const claims = parsed(body)
  const issuer = claims?.['iss']
  if (claims === undefined || head?.['alg'] !== 'RS256' || !isSigned(`${header}.${body}`, signature)) return undefined
  // What was signed here has the shape of claims.
  if (issuer === ISSUER) return claims as Partial<Claims> as Claims
  return issuer === LEGACY_ISSUER ? (claims as Partial<LegacyClaims> as LegacyClaims) : undefined
}

const parsed = (part: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Source: apiserver/pkg/authentication/serviceaccount/util.go, ServiceAccountInfo.UserInfo. */
const userOf = ({ jti, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): User => {
  const prefix = 'authentication.kubernetes.io'
  const extra: Record<string, readonly string[]> = { [`${prefix}/credential-id`]: [`JTI=${jti}`] }
  if (pod !== undefined) {
    extra[`${prefix}/pod-name`] = [pod.name]
    extra[`${prefix}/pod-uid`] = [pod.uid]
  }
  if (node !== undefined) {
    extra[`${prefix}/node-name`] = [node.name]
    extra[`${prefix}/node-uid`] = [node.uid]
  }
  return {
    name: serviceAccountUser(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), AUTHENTICATED],
    extra,
  }
}

const list = (texts: readonly string[]): string => `[${texts.map(goQuote).join(' ')}]`

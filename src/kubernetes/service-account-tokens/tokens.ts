/** What service-account tokens say. Source: pkg/serviceaccount/{claims,legacy,jwt}.go (v1.36). */
import { keyId, sign } from './signing-key.ts'

/** Source: kubeadm's --service-account-issuer; it is also the one audience of the API servers. */
export const ISSUER = 'https://kubernetes.default.svc'
export const LEGACY_ISSUER = 'kubernetes/serviceaccount'

interface Named {
  readonly name: string
  readonly uid: string
}

/** Claims of a bound token. */
export interface Claims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly iss: string
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: Named
    readonly pod?: Named
    readonly node?: Named
    readonly secret?: Named
  }
  readonly nbf: number
  readonly sub: string
}

/** Claims of a token that a Secret holds: it ends with the Secret or with the account. */
export interface LegacyClaims {
  readonly iss: string
  readonly 'kubernetes.io/serviceaccount/namespace': string
  readonly 'kubernetes.io/serviceaccount/secret.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.uid': string
  readonly sub: string
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT signed with RS256. */
export const issueToken = (claims: Claims | LegacyClaims): string => {
  const signed = `${encode({ alg: 'RS256', kid: keyId() })}.${encode(claims)}`
  return `${signed}.${sign(signed)}`
}

export const legacyClaims = (namespace: string, account: Named, secret: string): LegacyClaims => ({
  iss: LEGACY_ISSUER,
  'kubernetes.io/serviceaccount/namespace': namespace,
  'kubernetes.io/serviceaccount/secret.name': secret,
  'kubernetes.io/serviceaccount/service-account.name': account.name,
  'kubernetes.io/serviceaccount/service-account.uid': account.uid,
  sub: `system:serviceaccount:${namespace}:${account.name}`,
})

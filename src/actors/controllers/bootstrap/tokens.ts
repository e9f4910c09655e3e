import type { Micros } from '../../../events/envelope.ts'
import { fromBase64 } from '../../../kubernetes/base64.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'

/** Where bootstrap tokens are kept. Source: cluster-bootstrap/token/api/types.go (v1.36). */
export const TOKEN_NAMESPACE = 'kube-system'
const TOKEN_TYPE = 'bootstrap.kubernetes.io/token'
const NAME_PREFIX = 'bootstrap-token-'

export const isBootstrapToken = ({ type, metadata }: Secret): boolean =>
  type === TOKEN_TYPE && metadata.namespace === TOKEN_NAMESPACE

const valueOf = ({ data }: Secret, key: string): string => fromBase64(data?.[key] ?? '')

/** When a token ends; a time that cannot be read is over. Undefined: never. Source: cluster-bootstrap/util/secrets, GetExpiration. */
export function expirationOf(secret: Secret): Micros | undefined {
  const text = valueOf(secret, 'expiration')
  if (text === '') return undefined
  return parseTime(text) ?? Number.MIN_SAFE_INTEGER
}

/** The token to sign with; undefined when it is for something else or is not whole. Source: bootstrap/util.go, validateSecretForSigning. */
export function signingToken(
  secret: Secret,
  now: Micros,
): { readonly id: string; readonly secret: string } | undefined {
  const id = valueOf(secret, 'token-id')
  const token = valueOf(secret, 'token-secret')
  if (!/^[a-z0-9]{6}$/.test(id) || secret.metadata.name !== NAME_PREFIX + id || token === '') return undefined
  if ((expirationOf(secret) ?? Infinity) <= now || valueOf(secret, 'usage-bootstrap-signing') !== 'true')
    return undefined
  return { id, secret: token }
}

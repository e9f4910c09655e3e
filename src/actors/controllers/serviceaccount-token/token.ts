import { call, type Sync } from '../../../engine/client/sync.ts'
import { toBase64 } from '../../../kubernetes/base64.ts'
import { ACCOUNT_NAME, ACCOUNT_UID } from '../../../kubernetes/service-account-tokens/secrets.ts'
import { issueToken, legacyClaims } from '../../../kubernetes/service-account-tokens/tokens.ts'
import type { Secret, ServiceAccount } from '../../../kubernetes/types/core.ts'
import { ROOT_CERTIFICATE } from '../shared/root-certificate.ts'

const CERTIFICATE = toBase64(ROOT_CERTIFICATE)

const isComplete = ({ data = {} }: Secret): boolean =>
  data['ca.crt'] === CERTIFICATE && (data['namespace'] ?? '') !== '' && (data['token'] ?? '') !== ''

/**
 * Writes into a Secret what it lacks: the token, the namespace, the authority's certificate. It is read anew first, so that a
 * late view gives no second token. Gives what should be tried again. Source: tokens_controller.go, generateTokenIfNeeded (v1.36).
 */
export function* fillIn(cached: Secret, { metadata: account }: ServiceAccount): Sync<string | undefined> {
  if (isComplete(cached)) return undefined
  const { namespace = '', name } = cached.metadata
  const answer = yield* call({ verb: 'get', kind: 'Secret', namespace, name })
  if (!answer.ok) return answer.code === 404 ? undefined : answer.message
  const live = answer.object
  // Who is behind hears of the newer one.
  if (live === undefined || live.metadata.resourceVersion !== cached.metadata.resourceVersion) return undefined
  const given = (key: string): string | undefined => (live.data?.[key] === '' ? undefined : live.data?.[key])
  const data = {
    ...live.data,
    'ca.crt': CERTIFICATE,
    namespace: given('namespace') ?? toBase64(namespace),
    token: given('token') ?? toBase64(issueToken(legacyClaims(namespace, account, name))),
  }
  const annotations = { ...live.metadata.annotations, [ACCOUNT_NAME]: account.name, [ACCOUNT_UID]: account.uid }
  const body = { ...live, metadata: { ...live.metadata, annotations }, data }
  const written = yield* call({ verb: 'update', kind: 'Secret', namespace, name, body })
  return written.ok || written.code === 404 || written.code === 409 ? undefined : written.message
}

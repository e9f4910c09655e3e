import { toBase64 } from '../../../kubernetes/base64.ts'
import { INVALID_SINCE } from '../../../kubernetes/service-account-tokens/secrets.ts'
import { ISSUER, type LegacyClaims } from '../../../kubernetes/service-account-tokens/tokens.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import type { View } from '../../../kubernetes/view.ts'
import { AUTHENTICATED, serviceAccountGroups, serviceAccountOf, type User } from '../authn.ts'

const INVALIDATED = 'service account token has been invalidated'

/** Whom such a token is meant for: it does not say, so it is this server. */
export const LEGACY_AUDIENCES: readonly string[] = [ISSUER]

/**
 * Whose a token is that a Secret holds, or why it does not hold: it is as good as its Secret.
 * Source: pkg/serviceaccount/legacy.go, Validate (v1.36). `used`: whose token was shown,
 * though it may be marked invalid.
 */
export function legacyVerdict(
  token: string,
  claims: LegacyClaims,
  view: View,
  used: (secret: Secret) => void,
): User | { readonly problem: string } {
  const {
    sub = '',
    'kubernetes.io/serviceaccount/namespace': namespace = '',
    'kubernetes.io/serviceaccount/secret.name': secretName = '',
    'kubernetes.io/serviceaccount/service-account.name': name = '',
    'kubernetes.io/serviceaccount/service-account.uid': uid = '',
  }: Partial<LegacyClaims> = claims
  const subject = serviceAccountOf(sub)
  if (subject?.namespace !== namespace || subject.name !== name) return { problem: 'sub claim is invalid' }
  const secret = view.get('Secret', namespace, secretName)
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return { problem: INVALIDATED }
  if (secret.data?.['token'] !== toBase64(token)) {
    return { problem: "service account token does not match server's copy" }
  }
  const account = view.get('ServiceAccount', namespace, name)
  if (account === undefined) return { problem: `serviceaccounts ${goQuote(name)} not found` }
  if (account.metadata.deletionTimestamp !== undefined) {
    return { problem: `service account ${namespace}/${name} has been deleted` }
  }
  if (account.metadata.uid !== uid) {
    return { problem: `service account UID (${account.metadata.uid}) does not match claim (${uid})` }
  }
  used(secret)
  if ((secret.metadata.labels?.[INVALID_SINCE] ?? '') !== '') {
    const instead = 'Use tokens from the TokenRequest API or manually created secret-based tokens'
    const allow = `remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this token`
    const what = `the token in secret ${namespace}/${secretName} for service account ${namespace}/${name}`
    return { problem: `${what} has been marked invalid. ${instead}, or ${allow}` }
  }
  return { name: sub, uid, groups: [...serviceAccountGroups(namespace), AUTHENTICATED] }
}

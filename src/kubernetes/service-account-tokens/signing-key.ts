import { createHash, createPrivateKey, createPublicKey, createSign, createVerify, type KeyObject } from 'node:crypto'

/**
 * The primes of the key that service-account tokens are signed with. Fixed and public: a simulated cluster has no secrets, and
 * every run must sign alike. RSA with PKCS #1 v1.5 (RS256) signs without chance.
 */
const P =
  '6IeXNxdXHyLs3_4F5K1dcYHvb7_y0-MNfuNYXHyixqT5eHXpEcY9LG7zhpRI5p8WtItg2D5VEWH97og65F3QDbWyKvix4Y5F9lvseAE7DPVrgwCV26Us7ASBanGBb36I7efI56kyUJFGBWReoCBkN8YyeOlY1G8G51_ds33V6Lk'
const Q =
  '3EUtk8W_2UDJLctnFgc7o_1mMYnxc34SntJDRGy-hzyIP7b7dxVL-qMkEubwdADMT2M7b8ion4UjRuP7CSetsjk-obY1Al_dnhCjwoER2BrsudMFl6AI7x2M-hrf-DTlVzEDr7okj76ys3OE47q95R0j2Wn5VrpXwt4csyWhllk'
const E = 65_537n

interface Keys {
  readonly secret: KeyObject
  readonly shared: KeyObject
  readonly keyId: string
}

let made: Keys | undefined

/** Made when first needed: most clusters sign nothing. */
const keys = (): Keys => (made ??= makeKeys())

/** Source: pkg/serviceaccount/jwt.go, keyIDFromPublicKey (v1.36). */
function makeKeys(): Keys {
  const p = fromBase64Url(P)
  const q = fromBase64Url(Q)
  const d = inverse(E, (p - 1n) * (q - 1n))
  const key = {
    kty: 'RSA',
    n: toBase64Url(p * q),
    e: 'AQAB',
    d: toBase64Url(d),
    p: P,
    q: Q,
    dp: toBase64Url(d % (p - 1n)),
    dq: toBase64Url(d % (q - 1n)),
    qi: toBase64Url(inverse(q, p)),
  }
  const secret = createPrivateKey({ key, format: 'jwk' })
  const shared = createPublicKey(secret)
  const der = shared.export({ type: 'spki', format: 'der' })
  return { secret, shared, keyId: createHash('sha256').update(der).digest('base64url') }
}

export const keyId = (): string => keys().keyId

/** RS256, in base64url. */
export const sign = (text: string): string => createSign('RSA-SHA256').update(text).sign(keys().secret, 'base64url')

export const isSigned = (text: string, signature: string): boolean =>
  createVerify('RSA-SHA256').update(text).verify(keys().shared, signature, 'base64url')

/** The body of `/openid/v1/jwks`. Source: pkg/serviceaccount/openidmetadata.go (v1.36). */
export const jsonWebKeySet = (): object => ({
  keys: [{ use: 'sig', kty: 'RSA', kid: keyId(), alg: 'RS256', ...publicPart() }],
})

const publicPart = (): object => {
  const { n, e } = keys().shared.export({ format: 'jwk' })
  return { n, e }
}

const fromBase64Url = (text: string): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)

const toBase64Url = (value: bigint): string => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}

/** The number that times `value` is 1 modulo `modulus`; extended Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [old, rest] = [value, modulus]
  let [oldFactor, factor] = [1n, 0n]
  while (rest !== 0n) {
    const quotient = old / rest
    ;[old, rest] = [rest, old - quotient * rest]
    ;[oldFactor, factor] = [factor, oldFactor - quotient * factor]
  }
  return ((oldFactor % modulus) + modulus) % modulus
}

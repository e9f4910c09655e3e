import type { Name } from '@peculiar/asn1-x509'
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import type { Micros } from '../../../events/envelope.ts'
import { sha256 } from '../../../events/sha256.ts'
import type { Random } from '../../../engine/kernel/random.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import { writeCertificate, type CertificateContent } from '../../../kubernetes/x509/certificate.ts'
import { nameOf } from '../../../kubernetes/x509/names.ts'
import { writePem } from '../../../kubernetes/x509/pem.ts'
import type { CertificateRequest } from '../../../kubernetes/x509/request.ts'

/**
 * The authority that signs what the cluster's signers are asked for: upstream's --cluster-signing-cert-file.
 *
 * Its certificates are real: OpenSSL and Go read them, and the API over HTTPS takes them. Ed25519 signs without chance and at
 * once, so a signature is a function of the log as everything is; WebCrypto's answers would come later, at a time that no log
 * knows, and ECDSA draws a number for each. The key follows from a constant, since a simulated cluster has no secrets.
 */
const SEED = sha256('seatrial: authority of all simulated clusters')
const ED25519 = '1.3.101.112'
/** Source: RFC 8410: what stands before the 32 bytes of a secret key. */
const PKCS8_PREFIX = '302e020100300506032b657004220420'

const NOT_BEFORE = '2015-01-01T00:00:00Z'
const NOT_AFTER = '2045-01-01T00:00:00Z'

interface Authority {
  readonly secret: KeyObject
  readonly publicKey: Uint8Array
  readonly name: Name
  readonly keyId: Uint8Array
  readonly pem: string
  readonly notAfter: Micros
}

let made: Authority | undefined

/** Made when first needed: most clusters sign nothing. */
const authority = (): Authority => (made ??= makeAuthority())

function makeAuthority(): Authority {
  const key = Buffer.from(PKCS8_PREFIX + SEED, 'hex')
  const secret = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const publicKey = new Uint8Array(createPublicKey(secret).export({ type: 'spki', format: 'der' }))
  const name = nameOf('kubernetes')
  const keyId = new Uint8Array(createHash('sha1').update(publicKey).digest())
  const notAfter = parseTime(NOT_AFTER) ?? 0
  const content: CertificateContent = {
    serial: Uint8Array.of(1),
    issuer: name,
    subject: name,
    publicKey,
    notBefore: parseTime(NOT_BEFORE) ?? 0,
    notAfter,
    usages: ['digital signature', 'key encipherment', 'cert sign'],
    isAuthority: true,
    subjectKeyId: keyId,
  }
  const bytes = writeCertificate(content, ED25519, (signed) => signedWith(secret, signed))
  return { secret, publicKey, name, keyId, pem: writePem(bytes, 'CERTIFICATE'), notAfter }
}

const signedWith = (secret: KeyObject, bytes: Uint8Array): Uint8Array => new Uint8Array(sign(null, bytes, secret))

/** The authority's own certificate, PEM: what a server trusts that takes certificates of the cluster's signers. */
export const authorityCertificate = (): string => authority().pem

/** What of another authority's certificate is said again by this one. */
export type OtherAuthority = Required<Pick<CertificateContent, 'subject' | 'publicKey' | 'subjectKeyId' | 'notBefore'>>

/** Another authority's certificate by this one, PEM: who trusts this one then trusts what that one has signed. */
export const crossSigned = (other: OtherAuthority): string => {
  const { secret, name, keyId, notAfter } = authority()
  const content: CertificateContent = {
    ...other,
    serial: Uint8Array.of(2),
    issuer: name,
    notAfter,
    usages: ['digital signature', 'cert sign'],
    isAuthority: true,
    authorityKeyId: keyId,
  }
  const bytes = writeCertificate(content, ED25519, (signed) => signedWith(secret, signed))
  return writePem(bytes, 'CERTIFICATE')
}

/** Whether who made a request has the key that it names. Source: authority/authority.go, Sign (v1.36). */
export function isSelfSigned({ publicKey, signed, algorithm, signature }: CertificateRequest): boolean {
  const digest = DIGESTS.get(algorithm)
  if (digest === undefined) return false
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify(digest === 'none' ? null : digest, signed, key, signature)
  } catch {
    return false
  }
}

/** Digests of the signature algorithms that requests are made with. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  [ED25519, 'none'],
])

/** For how long a certificate is good, and for what. */
export interface Terms {
  readonly notBefore: Micros
  readonly notAfter: Micros
  readonly usages: readonly string[]
}

/** A certificate for who asked, PEM. It ends with the authority's own at the latest. */
export function issue(request: CertificateRequest, { notBefore, notAfter, usages }: Terms, random: Random): string {
  const { secret, name, keyId, notAfter: last } = authority()
  const serial = Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 1 + random.below(127) : random.below(256)))
  const content: CertificateContent = {
    serial,
    issuer: name,
    subject: request.subject,
    publicKey: request.publicKey,
    notBefore,
    notAfter: Math.min(notAfter, last),
    // Upstream reads them as a set, in the order of their names.
    usages: usages.toSorted((a, b) => (a < b ? -1 : 1)),
    isAuthority: false,
    authorityKeyId: keyId,
    alternativeNames: request,
  }
  return writePem(
    writeCertificate(content, ED25519, (signed) => signedWith(secret, signed)),
    'CERTIFICATE',
  )
}

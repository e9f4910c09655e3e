import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_codeSigning,
  id_kp_emailProtection,
  id_kp_OCSPSigning,
  id_kp_serverAuth,
  id_kp_timeStamping,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
  Version,
  type Name,
} from '@peculiar/asn1-x509'
import type { Micros } from '../../events/envelope.ts'
import { EPOCH_SECONDS } from '../time.ts'
import { isNameless, namesExtension, type AlternativeNames } from './names.ts'
import { bufferOf } from './octets.ts'
import { readPem } from './pem.ts'

/** What is to stand in a certificate. Source: RFC 5280. */
export interface CertificateContent {
  /** Most significant byte first, positive. */
  readonly serial: Uint8Array
  readonly issuer: Name
  readonly subject: Name
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  readonly notBefore: Micros
  readonly notAfter: Micros
  /** Usages as a request for signing names them. */
  readonly usages: readonly string[]
  readonly isAuthority: boolean
  /** Identifies the key of the subject, of the issuer. */
  readonly subjectKeyId?: Uint8Array
  readonly authorityKeyId?: Uint8Array
  readonly alternativeNames?: AlternativeNames
}

/** The bit of each key usage. Source: RFC 5280, 4.2.1.3; certificates/v1 types.go, KeyUsage. */
const KEY_USAGES: ReadonlyMap<string, KeyUsageFlags> = new Map([
  ['signing', KeyUsageFlags.digitalSignature],
  ['digital signature', KeyUsageFlags.digitalSignature],
  ['content commitment', KeyUsageFlags.nonRepudiation],
  ['key encipherment', KeyUsageFlags.keyEncipherment],
  ['data encipherment', KeyUsageFlags.dataEncipherment],
  ['key agreement', KeyUsageFlags.keyAgreement],
  ['cert sign', KeyUsageFlags.keyCertSign],
  ['crl sign', KeyUsageFlags.cRLSign],
  ['encipher only', KeyUsageFlags.encipherOnly],
  ['decipher only', KeyUsageFlags.decipherOnly],
])

/** Source: RFC 5280, 4.2.1.12; pkg/controller/certificates/authority/policies.go, keyUsagesFromStrings (v1.36). */
const EXTENDED_USAGES: ReadonlyMap<string, string> = new Map([
  ['any', '2.5.29.37.0'],
  ['server auth', id_kp_serverAuth],
  ['client auth', id_kp_clientAuth],
  ['code signing', id_kp_codeSigning],
  ['email protection', id_kp_emailProtection],
  ['s/mime', id_kp_emailProtection],
  ['ipsec end system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec user', '1.3.6.1.5.5.7.3.7'],
  ['timestamping', id_kp_timeStamping],
  ['ocsp signing', id_kp_OCSPSigning],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
])

/** A certificate, DER; `sign` gives the issuer's signature of what it is given, in the way that `algorithm` names. */
export function writeCertificate(
  content: CertificateContent,
  algorithm: string,
  sign: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm })
  const validity = new Validity()
  validity.notBefore = timeOf(content.notBefore)
  validity.notAfter = timeOf(content.notAfter)
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: bufferOf(content.serial),
    signature: signatureAlgorithm,
    issuer: content.issuer,
    validity,
    subject: content.subject,
    subjectPublicKeyInfo: AsnConvert.parse(content.publicKey, SubjectPublicKeyInfo),
    extensions: new Extensions([...extensionsOf(content)]),
  })
  const signatureValue = bufferOf(sign(new Uint8Array(AsnConvert.serialize(tbsCertificate))))
  return new Uint8Array(AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue })))
}

const extension = (extnID: string, critical: boolean, value: object): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

/** In the order in which Go's crypto/x509 writes them. */
function* extensionsOf(content: CertificateContent): Generator<Extension> {
  const { usages, isAuthority, subjectKeyId, authorityKeyId, alternativeNames } = content
  const flags = usages.reduce((all, usage) => all | (KEY_USAGES.get(usage) ?? 0), 0)
  if (flags > 0) yield extension(id_ce_keyUsage, true, new KeyUsage(flags))
  // As the server's policy reads them: each once, in the order of their names.
  const extended = [...new Set(usages.flatMap((usage) => EXTENDED_USAGES.get(usage) ?? []))]
  if (extended.length > 0) yield extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage(extended))
  yield extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: isAuthority }))
  if (subjectKeyId !== undefined)
    yield extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(bufferOf(subjectKeyId)))
  if (authorityKeyId !== undefined) {
    const keyIdentifier = new KeyIdentifier(bufferOf(authorityKeyId))
    yield extension(id_ce_authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier }))
  }
  if (alternativeNames !== undefined && !isNameless(alternativeNames))
    yield extension(id_ce_subjectAltName, content.subject.length === 0, namesExtension(alternativeNames))
}

const timeOf = (at: Micros): Time => new Time(EPOCH_SECONDS * 1000 + Math.floor(at / 1000))

/** When a certificate in PEM ends; undefined when it is none. */
export function notAfterOf(pem: string): Micros | undefined {
  const bytes = readPem(pem, 'CERTIFICATE')
  if (bytes === undefined) return undefined
  try {
    const { notAfter } = AsnConvert.parse(bytes, Certificate).tbsCertificate.validity
    return (notAfter.getTime().getTime() - EPOCH_SECONDS * 1000) * 1000
  } catch {
    return undefined
  }
}

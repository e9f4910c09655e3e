import { CertificationRequest, type Attributes } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Extensions, id_ce_subjectAltName, SubjectAlternativeName, type Name } from '@peculiar/asn1-x509'
import { commonNameOf, namesIn, organizationsOf, type AlternativeNames } from './names.ts'
import { readPem } from './pem.ts'

/** A request for a certificate. Source: RFC 2986 (PKCS #10). */
export interface CertificateRequest extends AlternativeNames {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly subject: Name
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  /** What was signed, with which algorithm, and the signature: its keeper has the key. */
  readonly signed: Uint8Array
  readonly algorithm: string
  readonly signature: Uint8Array
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'

/** Reads PEM; undefined when it is no request. */
export function readRequest(pem: string): CertificateRequest | undefined {
  const bytes = readPem(pem, 'CERTIFICATE REQUEST')
  if (bytes === undefined) return undefined
  try {
    return contentOf(AsnConvert.parse(bytes, CertificationRequest))
  } catch {
    return undefined
  }
}

function contentOf(request: CertificationRequest): CertificateRequest {
  const { subject, subjectPKInfo, attributes } = request.certificationRequestInfo
  return {
    commonName: commonNameOf(subject),
    organizations: organizationsOf(subject),
    ...namesIn(alternativeNamesOf(attributes)),
    subject,
    publicKey: new Uint8Array(AsnConvert.serialize(subjectPKInfo)),
    signed: new Uint8Array(
      request.certificationRequestInfoRaw ?? AsnConvert.serialize(request.certificationRequestInfo),
    ),
    algorithm: request.signatureAlgorithm.algorithm,
    signature: new Uint8Array(request.signature),
  }
}

function alternativeNamesOf(attributes: Attributes): SubjectAlternativeName {
  const extensions = attributes
    .filter(({ type }) => type === EXTENSION_REQUEST)
    .flatMap(({ values }) => values.flatMap((value) => [...AsnConvert.parse(value, Extensions)]))
  const found = extensions.find(({ extnID }) => extnID === id_ce_subjectAltName)
  return found === undefined
    ? new SubjectAlternativeName()
    : AsnConvert.parse(found.extnValue.buffer, SubjectAlternativeName)
}

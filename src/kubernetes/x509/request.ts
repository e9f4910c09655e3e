import { formatIP } from '../net.ts'
import { readElements, readOid, TAG, textOf, within, type Element } from './der.ts'
import { readPem } from './pem.ts'

/** A request for a certificate. Source: RFC 2986 (PKCS #10). */
export interface CertificateRequest {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
  /** As they stand in the request. */
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** The extension with the alternative names; undefined where there is none. */
  readonly alternativeNames: Uint8Array | undefined
  /** What was signed, with which algorithm, and the signature: its keeper has the key. */
  readonly signed: Uint8Array
  readonly algorithm: string
  readonly signature: Uint8Array
}

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
export const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const ATTRIBUTES = 0xa0

/** Reads PEM; undefined when it is no request. */
export function readRequest(pem: string): CertificateRequest | undefined {
  const bytes = readPem(pem, 'CERTIFICATE REQUEST')
  const [outer] = (bytes && readElements(bytes)) ?? []
  const [info, algorithm, signature] = within(outer, TAG.sequence) ?? []
  const [version, subject, publicKey, attributes] = within(info, TAG.sequence) ?? []
  const [identifier] = within(algorithm, TAG.sequence) ?? []
  const names = within(subject, TAG.sequence)
  if (info === undefined || subject === undefined || publicKey === undefined || names === undefined) return undefined
  if (identifier === undefined || signature?.tag !== TAG.bitString || version?.tag !== TAG.integer) return undefined
  const alternatives = attributes && extensionOf(attributes)
  return {
    commonName: valuesOf(names, COMMON_NAME)[0] ?? '',
    organizations: valuesOf(names, ORGANIZATION),
    ...namesOf(alternatives?.value),
    subject: subject.whole,
    publicKey: publicKey.whole,
    alternativeNames: alternatives?.extension,
    signed: info.whole,
    algorithm: readOid(identifier),
    signature: signature.content.subarray(1),
  }
}

/** The values of a type in a name, in order. */
const valuesOf = (names: readonly Element[], type: string): readonly string[] =>
  names.flatMap((set) =>
    (within(set, TAG.set) ?? []).flatMap((pair) => {
      const [key, value] = within(pair, TAG.sequence) ?? []
      return key !== undefined && value !== undefined && readOid(key) === type ? [textOf(value)] : []
    }),
  )

function extensionOf(attributes: Element): { readonly extension: Uint8Array; readonly value: Uint8Array } | undefined {
  for (const attribute of within(attributes, ATTRIBUTES) ?? []) {
    const [type, values] = within(attribute, TAG.sequence) ?? []
    if (type === undefined || readOid(type) !== EXTENSION_REQUEST) continue
    const [list] = within(values, TAG.set) ?? []
    for (const extension of within(list, TAG.sequence) ?? []) {
      const parts = within(extension, TAG.sequence) ?? []
      const value = parts.at(-1)
      if (parts[0] !== undefined && value !== undefined && readOid(parts[0]) === SUBJECT_ALTERNATIVE_NAME)
        return { extension: extension.whole, value: value.content }
    }
  }
  return undefined
}

type Names = Pick<CertificateRequest, 'dnsNames' | 'ipAddresses' | 'emailAddresses' | 'uris'>

/** Source: RFC 5280, GeneralName: [1] rfc822Name, [2] dNSName, [6] uniformResourceIdentifier, [7] iPAddress. */
function namesOf(value: Uint8Array | undefined): Names {
  const [list] = (value && readElements(value)) ?? []
  const all = within(list, TAG.sequence) ?? []
  const texts = (tag: number): readonly string[] => all.filter((one) => one.tag === tag).map(textOf)
  return {
    emailAddresses: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    ipAddresses: all.filter((one) => one.tag === 0x87).map(({ content }) => addressOf(content)),
  }
}

const addressOf = (bytes: Uint8Array): string =>
  formatIP({
    family: bytes.length === 4 ? 'IPv4' : 'IPv6',
    bits: bytes.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n),
  })

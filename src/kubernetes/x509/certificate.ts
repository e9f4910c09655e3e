import type { Micros } from '../../events/envelope.ts'
import { parseTime, rfc3339 } from '../time.ts'
import { bitString, element, octetString, oid, readElements, sequence, TAG, textOf, within } from './der.ts'
import { readPem } from './pem.ts'

/** What is to stand in a certificate. Source: RFC 5280. */
export interface CertificateContent {
  /** Most significant byte first. */
  readonly serial: Uint8Array
  /** Names and keys as they are encoded elsewhere. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  readonly notBefore: Micros
  readonly notAfter: Micros
  /** Usages as a request for signing names them. */
  readonly usages: readonly string[]
  readonly isAuthority: boolean
  /** Identifies the key of the subject, of the issuer. */
  readonly subjectKeyId?: Uint8Array
  readonly authorityKeyId?: Uint8Array
  /** The extension with the alternative names, whole. */
  readonly alternativeNames?: Uint8Array
}

/** The bit of each key usage. Source: RFC 5280, 4.2.1.3; certificates/v1 types.go, KeyUsage. */
const KEY_USAGES: ReadonlyMap<string, number> = new Map([
  ['signing', 0],
  ['digital signature', 0],
  ['content commitment', 1],
  ['key encipherment', 2],
  ['data encipherment', 3],
  ['key agreement', 4],
  ['cert sign', 5],
  ['crl sign', 6],
  ['encipher only', 7],
  ['decipher only', 8],
])

/** Source: RFC 5280, 4.2.1.12; pkg/controller/certificates/authority/policies.go, keyUsagesFromStrings (v1.36). */
const EXTENDED_USAGES: ReadonlyMap<string, string> = new Map([
  ['any', '2.5.29.37.0'],
  ['server auth', '1.3.6.1.5.5.7.3.1'],
  ['client auth', '1.3.6.1.5.5.7.3.2'],
  ['code signing', '1.3.6.1.5.5.7.3.3'],
  ['email protection', '1.3.6.1.5.5.7.3.4'],
  ['s/mime', '1.3.6.1.5.5.7.3.4'],
  ['ipsec end system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec user', '1.3.6.1.5.5.7.3.7'],
  ['timestamping', '1.3.6.1.5.5.7.3.8'],
  ['ocsp signing', '1.3.6.1.5.5.7.3.9'],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
])

/** A certificate; `sign` gives the issuer's signature of what it is given, in the way that `algorithm` names. */
export function writeCertificate(
  content: CertificateContent,
  algorithm: string,
  sign: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const how = sequence(oid(algorithm))
  const signed = sequence(
    element(0xa0, element(TAG.integer, Uint8Array.of(2))),
    element(TAG.integer, content.serial),
    how,
    content.issuer,
    sequence(timeOf(content.notBefore), timeOf(content.notAfter)),
    content.subject,
    content.publicKey,
    element(0xa3, sequence(...extensionsOf(content))),
  )
  return sequence(signed, how, bitString(sign(signed)))
}

const extension = (id: string, isCritical: boolean, value: Uint8Array): Uint8Array =>
  isCritical
    ? sequence(oid(id), element(0x01, Uint8Array.of(0xff)), octetString(value))
    : sequence(oid(id), octetString(value))

/** In the order in which Go's crypto/x509 writes them. */
function* extensionsOf(content: CertificateContent): Generator<Uint8Array> {
  const { usages, isAuthority, subjectKeyId, authorityKeyId, alternativeNames } = content
  const bits = usages.flatMap((usage) => KEY_USAGES.get(usage) ?? [])
  if (bits.length > 0) yield extension('2.5.29.15', true, usageBits(bits))
  // As the server's policy reads them: each once, in the order of their names.
  const extended = [...new Set(usages.flatMap((usage) => EXTENDED_USAGES.get(usage) ?? []))]
  if (extended.length > 0) yield extension('2.5.29.37', false, sequence(...extended.map(oid)))
  const flag = isAuthority ? [element(0x01, Uint8Array.of(0xff))] : []
  yield extension('2.5.29.19', true, sequence(...flag))
  if (subjectKeyId !== undefined) yield extension('2.5.29.14', false, octetString(subjectKeyId))
  if (authorityKeyId !== undefined) yield extension('2.5.29.35', false, sequence(element(0x80, authorityKeyId)))
  if (alternativeNames !== undefined) yield alternativeNames
}

/** Bits from the left; what is behind the last one that is set is left out. */
function usageBits(bits: readonly number[]): Uint8Array {
  const last = Math.max(...bits)
  const bytes = new Uint8Array(2 + (last >> 3))
  bytes[0] = 7 - (last & 7)
  for (const bit of bits) {
    const at = 1 + (bit >> 3)
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (bit & 7))
  }
  return element(TAG.bitString, bytes)
}

/** Until 2049 with two digits for the year. Source: RFC 5280, 4.1.2.5. */
function timeOf(at: Micros): Uint8Array {
  const digits = rfc3339(at).replace(/[-:T]/g, '')
  const year = Number(digits.slice(0, 4))
  const isShort = year >= 1950 && year < 2050
  return element(
    isShort ? TAG.utcTime : TAG.generalizedTime,
    new TextEncoder().encode(isShort ? digits.slice(2) : digits),
  )
}

/** When a certificate in PEM ends; undefined when it is none. */
export function notAfterOf(pem: string): Micros | undefined {
  const bytes = readPem(pem, 'CERTIFICATE')
  const [outer] = (bytes && readElements(bytes)) ?? []
  const [signed] = within(outer, TAG.sequence) ?? []
  const validity = within(signed, TAG.sequence)?.[4]
  const end = within(validity, TAG.sequence)?.[1]
  if (end === undefined) return undefined
  const short = textOf(end)
  const text = end.tag === TAG.utcTime ? `${Number(short.slice(0, 2)) < 50 ? '20' : '19'}${short}` : short
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  return second === undefined ? undefined : parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

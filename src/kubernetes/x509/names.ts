/** Whom a certificate names: its subject, and what else the subject is called. Source: RFC 5280, 4.1.2.6 and 4.2.1.6. */
import {
  AttributeTypeAndValue,
  AttributeValue,
  GeneralName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509'

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'

export interface AlternativeNames {
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
}

/** Groups are organizations. Source: apiserver/pkg/authentication/request/x509/x509.go, CommonNameUserConversion (v1.36). */
export const nameOf = (commonName: string, organizations: readonly string[] = []): Name =>
  new Name([...organizations.map((organization) => part(ORGANIZATION, organization)), part(COMMON_NAME, commonName)])

const part = (type: string, utf8String: string): RelativeDistinguishedName =>
  new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) })])

export const commonNameOf = (name: Name): string => valuesOf(name, COMMON_NAME)[0] ?? ''
export const organizationsOf = (name: Name): readonly string[] => valuesOf(name, ORGANIZATION)

const valuesOf = (name: Name, type: string): readonly string[] =>
  name.flatMap((set) => set.flatMap((pair) => (pair.type === type ? [pair.value.toString()] : [])))

export const isNameless = (names: AlternativeNames): boolean =>
  names.dnsNames.length + names.emailAddresses.length + names.ipAddresses.length + names.uris.length === 0

/** In the order in which Go's crypto/x509 writes them. */
export const namesExtension = (names: AlternativeNames): SubjectAlternativeName =>
  new SubjectAlternativeName([
    ...names.dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...names.emailAddresses.map((rfc822Name) => new GeneralName({ rfc822Name })),
    ...names.ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
    ...names.uris.map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
  ])

export const namesIn = (names: readonly GeneralName[]): AlternativeNames => ({
  dnsNames: names.flatMap(({ dNSName }) => dNSName ?? []),
  emailAddresses: names.flatMap(({ rfc822Name }) => rfc822Name ?? []),
  ipAddresses: names.flatMap(({ iPAddress }) => iPAddress ?? []),
  uris: names.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
})

/**
 * A cluster's certificates: an authority, the server's, one for each user. Made anew at each start, from the machine's own
 * chance: they are no part of what happens in the cluster.
 */
import type { Name } from '@peculiar/asn1-x509'
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { crossSigned } from '../actors/controllers/certificates/authority.ts'
import type { Certificates, ClientUser, KeyPair } from '../cluster/listen.ts'
import type { Micros } from '../events/envelope.ts'
import { EPOCH_SECONDS } from '../kubernetes/time.ts'
import { writeCertificate, type CertificateContent } from '../kubernetes/x509/certificate.ts'
import { nameOf, type AlternativeNames } from '../kubernetes/x509/names.ts'
import { writePem } from '../kubernetes/x509/pem.ts'

const YEAR_MS = 365 * 24 * 3600 * 1000
/** Clients whose clocks are behind are served too. */
const BACKDATED_MS = 3600 * 1000

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'

interface Authority {
  readonly secret: KeyObject
  readonly name: Name
  readonly keyId: Uint8Array
}

/** What differs between certificates. */
type Particulars = Pick<CertificateContent, 'subject' | 'usages' | 'isAuthority' | 'subjectKeyId' | 'alternativeNames'>

export const createCertificates = (host: string, users: readonly ClientUser[]): Certificates => {
  const keys = newKeys()
  // Not the name of the cluster's own authority, which vouches for this one: see `bridgeFrom`.
  const authority = { secret: keys.secret, name: nameOf('kubernetes-serving'), keyId: keyIdOf(keys.publicKey) }
  const usages = ['digital signature', 'cert sign']
  const ca = { subject: authority.name, usages, isAuthority: true, subjectKeyId: authority.keyId }
  const server = {
    subject: nameOf('kube-apiserver'),
    usages: ['digital signature', 'server auth'],
    isAuthority: false,
    alternativeNames: alternativeNames(host),
  }
  const clients = users.map(({ name, groups = [] }): [string, KeyPair] => {
    const subject = nameOf(name, groups)
    const client = { subject, usages: ['digital signature', 'client auth'], isAuthority: false }
    return [name, certificate(authority, client, newKeys())]
  })
  return {
    ca: certificate(authority, ca, keys),
    server: certificate(authority, server, newKeys()),
    users: new Map(clients),
  }
}

/**
 * What a server shows besides its certificate, so that those believe it too who trust the cluster's own authority: containers, and who
 * reads ConfigMap kube-root-ca.crt. That authority's certificate is part of the log and the same at each start; the server's is neither.
 */
export const bridgeFrom = ({ cert }: KeyPair): string => {
  const ca = new X509Certificate(cert)
  const publicKey = ca.publicKey.export({ format: 'der', type: 'spki' })
  const commonName = /^CN=(.*)$/m.exec(ca.subject)?.[1] ?? ''
  return crossSigned({
    subject: nameOf(commonName),
    publicKey,
    subjectKeyId: keyIdOf(publicKey),
    notBefore: clusterTime(Date.parse(ca.validFrom)),
  })
}

const certificate = (authority: Authority, particulars: Particulars, { publicKey, secret }: Keys): KeyPair => {
  const now = Date.now()
  const content: CertificateContent = {
    ...particulars,
    serial: serial(),
    issuer: authority.name,
    publicKey,
    notBefore: clusterTime(now - BACKDATED_MS),
    notAfter: clusterTime(now + 10 * YEAR_MS),
    authorityKeyId: authority.keyId,
  }
  const bytes = writeCertificate(content, ECDSA_WITH_SHA256, (signed) => sign('sha256', signed, authority.secret))
  return {
    cert: writePem(bytes, 'CERTIFICATE'),
    key: writePem(secret.export({ format: 'der', type: 'pkcs8' }), 'PRIVATE KEY'),
  }
}

/** As a time of clusters, which count from another beginning. */
const clusterTime = (ms: number): Micros => (ms - EPOCH_SECONDS * 1000) * 1000

interface Keys {
  readonly publicKey: Buffer
  readonly secret: KeyObject
}

/** Elliptic keys: made in a millisecond, where RSA keys take a tenth of a second. */
const newKeys = (): Keys => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return { publicKey: publicKey.export({ format: 'der', type: 'spki' }), secret: privateKey }
}

/** A point of P-256, uncompressed: with it ends what describes the key. */
const POINT_BYTES = 65

const keyIdOf = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey.subarray(-POINT_BYTES)).digest()

/** A positive number of 16 bytes whose first is not 0. */
const serial = (): Buffer => {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

/** What clients may call the server. */
const alternativeNames = (host: string): AlternativeNames => {
  const names = [...new Set([host, 'localhost', 'kubernetes.default.svc', '127.0.0.1', '10.96.0.1'])]
  return {
    dnsNames: names.filter((name) => isIP(name) === 0),
    ipAddresses: names.filter((name) => isIP(name) !== 0),
    emailAddresses: [],
    uris: [],
  }
}

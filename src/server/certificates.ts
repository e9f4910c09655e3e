/**
 * A cluster's certificates: an authority, the server's, one for each user. Made anew at each start, from the machine's own
 * chance: they are no part of what happens in the cluster.
 */
import type { webcrypto } from 'node:crypto'
import type { Certificates, ClientUser, KeyPair } from '../cluster/listen.ts'

// Loaded when a server starts, not with the library: it takes a while, and needs reflect-metadata before it.
const importX509 = () => import('@peculiar/x509')

type X509 = Awaited<ReturnType<typeof importX509>>

/** Elliptic keys: made in a millisecond, where RSA keys take a tenth of a second. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const YEAR_MS = 365 * 24 * 3600 * 1000
/** Clients whose clocks are behind are served too. */
const BACKDATED_MS = 3600 * 1000

const loadX509 = async (): Promise<X509> => {
  await import('reflect-metadata')
  const x509 = await importX509()
  x509.cryptoProvider.set(globalThis.crypto)
  return x509
}

export const createCertificates = async (host: string, users: readonly ClientUser[]): Promise<Certificates> => {
  const x509 = await loadX509()
  const notBefore = new Date(Date.now() - BACKDATED_MS)
  const notAfter = new Date(Date.now() + 10 * YEAR_MS)
  const [caKeys, serverKeys, ...userKeys] = await Promise.all([0, 0, ...users].map(newKeys))
  if (caKeys === undefined || serverKeys === undefined)
    throw new Error('there are keys for the authority and the server')
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=kubernetes',
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  const signed = async (
    subject: ConstructorParameters<X509['Name']>[0],
    keys: webcrypto.CryptoKeyPair,
    usage: 'serverAuth' | 'clientAuth',
    names: readonly { type: 'dns' | 'ip'; value: string }[],
  ): Promise<KeyPair> => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: ca.subject,
      notBefore,
      notAfter,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])]),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      ],
    })
    return { cert: certificate.toString('pem'), key: await privatePem(x509, keys) }
  }
  const clients = users.map(async ({ name, groups = [] }, index): Promise<[string, KeyPair]> => {
    const keys = userKeys[index]
    if (keys === undefined) throw new Error('each user has keys')
    const subject = [...groups.map((group) => ({ O: [group] })), { CN: [name] }]
    return [name, await signed(subject, keys, 'clientAuth', [])]
  })
  return {
    ca: { cert: ca.toString('pem'), key: await privatePem(x509, caKeys) },
    server: await signed([{ CN: ['kube-apiserver'] }], serverKeys, 'serverAuth', serverNames(host)),
    users: new Map(await Promise.all(clients)),
  }
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  globalThis.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const privatePem = async (x509: X509, keys: webcrypto.CryptoKeyPair): Promise<string> =>
  x509.PemConverter.encode(await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')

/** A positive number of 16 bytes, in hex. */
const serial = (): string => {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

const serverNames = (host: string): readonly { type: 'dns' | 'ip'; value: string }[] => {
  const own = /^[\d.]+$|:/.test(host) ? { type: 'ip' as const, value: host } : { type: 'dns' as const, value: host }
  const usual = [
    { type: 'dns' as const, value: 'localhost' },
    { type: 'dns' as const, value: 'kubernetes.default.svc' },
    { type: 'ip' as const, value: '127.0.0.1' },
    { type: 'ip' as const, value: '10.96.0.1' },
  ]
  return [own, ...usual.filter(({ value }) => value !== own.value)]
}

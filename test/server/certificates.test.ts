/**
 * Goal: the certificates are what TLS libraries want them to be.
 * Method: OpenSSL, through Node, reads them, checks signatures, names and uses; where there is an `openssl`, its strict
 * verification says so too.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { authorityCertificate } from '../../src/actors/controllers/certificates/authority.ts'
import { ROOT_CERTIFICATE } from '../../src/actors/controllers/shared/root-certificate.ts'
import { bridgeFrom, createCertificates } from '../../src/server/certificates.ts'

const { ca, server, users } = createCertificates('::1', [
  { name: 'alice', groups: ['system:masters', 'büro'] },
  { name: 'system:serviceaccount:a-namespace-with-a-long-name:'.padEnd(200, 'x') },
])
const authority = new X509Certificate(ca.cert)
const certificates = [server, ...users.values()].map(({ cert, key }) => ({ x509: new X509Certificate(cert), key }))

test('each is signed by the authority, fits its key, and holds now', () => {
  for (const { x509, key } of [{ x509: authority, key: ca.key }, ...certificates]) {
    expect(x509.checkIssued(authority)).toBe(true)
    expect(x509.verify(authority.publicKey)).toBe(true)
    expect(x509.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(Date.parse(x509.validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(x509.validTo)).toBeGreaterThan(Date.now())
  }
  expect(authority.ca).toBe(true)
  expect(certificates.map(({ x509 }) => x509.ca)).toEqual([false, false, false])
  expect(new Set([authority, ...certificates.map(({ x509 }) => x509)].map((one) => one.serialNumber)).size).toBe(4)
})

test('the server has the names by which it is called, the users their names and groups', () => {
  const [one, alice, other] = certificates.map(({ x509 }) => x509)
  expect(one?.checkHost('localhost')).toBe('localhost')
  expect(one?.checkHost('elsewhere')).toBeUndefined()
  for (const address of ['127.0.0.1', '10.96.0.1', '::1']) expect(one?.checkIP(address)).toBe(address)
  expect(alice?.toLegacyObject().subject).toEqual({ O: ['system:masters', 'büro'], CN: 'alice' })
  expect(other?.toLegacyObject().subject.CN).toHaveLength(200)
  expect(one?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(alice?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
})

test('every cluster shows the certificate of its own authority, which vouches for the one of the server', () => {
  expect(ROOT_CERTIFICATE).toBe(authorityCertificate())
  const root = new X509Certificate(ROOT_CERTIFICATE)
  const bridge = new X509Certificate(bridgeFrom(ca))
  expect(bridge.checkIssued(root)).toBe(true)
  expect(bridge.verify(root.publicKey)).toBe(true)
  expect(bridge.ca).toBe(true)
  const served = new X509Certificate(server.cert)
  expect(served.checkIssued(bridge)).toBe(true)
  expect(served.verify(bridge.publicKey)).toBe(true)
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

test.skipIf(!hasOpenssl)('openssl verifies them strictly (needs openssl)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-x509-'))
  try {
    const files = [ca, server, ...users.values()].map(({ cert }, index) => {
      const path = join(folder, `${index}.pem`)
      writeFileSync(path, cert)
      return path
    })
    const said = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', files[0] ?? '', ...files.slice(1)])
    expect(said.toString().match(/: OK$/gm)).toHaveLength(3)
    const [root, bridge] = ['root.pem', 'bridge.pem'].map((name) => join(folder, name))
    writeFileSync(root ?? '', ROOT_CERTIFICATE)
    writeFileSync(bridge ?? '', bridgeFrom(ca))
    const through = ['verify', '-x509_strict', '-CAfile', root ?? '', '-untrusted', bridge ?? '', files[1] ?? '']
    expect(execFileSync('openssl', through).toString()).toMatch(/: OK$/m)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

import { stringify } from 'yaml'
import type { Certificates } from '../cluster/listen.ts'

const CLUSTER = 'seatrial'

const inBase64 = (pem: string): string => Buffer.from(pem).toString('base64')

/** A kubeconfig with one context per user, named after the user; the first is the current one. */
export const kubeconfigOf = (url: string, { ca, users }: Certificates): string =>
  configOf({ server: url, 'certificate-authority-data': inBase64(ca.cert) }, [
    ...[...users].map(([name, { cert, key }]): NamedUser => [
      name,
      { 'client-certificate-data': inBase64(cert), 'client-key-data': inBase64(key) },
    ]),
  ])

/** The same where the connection itself says who is there. */
export const kubeconfigWithoutCertificates = (url: string, users: readonly string[]): string =>
  // Clients take an address without TLS only if they are told that nothing is verified.
  configOf(
    { server: url, 'insecure-skip-tls-verify': true },
    users.map((name) => [name, {}]),
  )

type NamedUser = readonly [string, Readonly<Record<string, string>>]

const configOf = (cluster: Readonly<Record<string, unknown>>, users: readonly NamedUser[]): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CLUSTER, cluster }],
    contexts: users.map(([user]) => ({ name: user, context: { cluster: CLUSTER, user, namespace: 'default' } })),
    'current-context': users[0]?.[0] ?? '',
    users: users.map(([name, user]) => ({ name, user })),
  })

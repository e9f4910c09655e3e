import { stringify } from 'yaml'
import type { Certificates } from '../cluster/listen.ts'

const CLUSTER = 'seatrial'

const inBase64 = (pem: string): string => Buffer.from(pem).toString('base64')

/** A kubeconfig with one context per user, named after the user; the first is the current one. */
export const kubeconfigOf = (url: string, { ca, users }: Certificates): string => {
  const names = [...users.keys()]
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CLUSTER, cluster: { server: url, 'certificate-authority-data': inBase64(ca.cert) } }],
    contexts: names.map((user) => ({ name: user, context: { cluster: CLUSTER, user, namespace: 'default' } })),
    'current-context': names[0] ?? '',
    users: [...users].map(([name, { cert, key }]) => ({
      name,
      user: { 'client-certificate-data': inBase64(cert), 'client-key-data': inBase64(key) },
    })),
  })
}

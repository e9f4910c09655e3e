/** The API of a cluster over HTTPS. */
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { authorityCertificate } from '../actors/controllers/certificates/authority.ts'
import type { Cluster } from '../cluster.ts'
import type { ClientUser, Listening, ListenOptions } from '../cluster/listen.ts'
import { seconds } from '../events/time.ts'
import { openApiFace, refuseBytes } from './api-face.ts'
import { publishAuthority } from './authentication-config.ts'
import { bridgeFrom, createCertificates } from './certificates.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { limitBodies, limitConnections, PATIENCE, type Patience } from './patience.ts'

/** Who gets a certificate where nobody else is named. */
export const ADMINISTRATOR: ClientUser = { name: 'admin', groups: ['system:masters'] }
/** Within this of cluster time an API server answers, or something keeps it from it. */
const UP_WITHIN = seconds(60)

export const listen = async (
  cluster: Cluster,
  options: ListenOptions = {},
  patience: Patience = PATIENCE,
): Promise<Listening> => {
  const { host = '127.0.0.1', port = 0, users = [ADMINISTRATOR] } = options
  const certificates = options.certificates ?? createCertificates(host, users)
  // The first thing that every API server makes is the namespace `default`; clients find it there.
  cluster.runUntil((one) => one.get('Service', 'default', 'kubernetes') !== undefined, { within: UP_WITHIN })
  publishAuthority(cluster, certificates.ca.cert)
  const server = createSecureServer({
    key: certificates.server.key,
    cert: certificates.server.cert + bridgeFrom(certificates.ca),
    // Who has a certificate of the cluster's own signers is believed as well.
    ca: [certificates.ca.cert, authorityCertificate()],
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
    settings: { maxConcurrentStreams: 250 },
    handshakeTimeout: patience.handshakeMs,
  })
  limitConnections(server, patience)
  const connections = new Connections(server)
  const bound = await bind(server, port, host)
  const address = `${host.includes(':') ? `[${host}]` : host}:${bound}`
  const face = openApiFace(cluster, options, address)
  server.on('request', limitBodies(face.handle, patience))
  server.on('upgrade', face.upgrade)
  const url = `https://${address}`
  return {
    url,
    kubeconfig: kubeconfigOf(url, certificates),
    certificates: {
      ca: certificates.ca.cert,
      server: certificates.server,
      users: Object.fromEntries(certificates.users),
    },
    close: async () => {
      face.close()
      await connections.close()
      // What is due at this very instant belongs to the log: whoever runs it again gets it too.
      cluster.run(0)
    },
  }
}

const bind = (server: Http2SecureServer, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/** Everything that has to be ended so that the server can. */
class Connections {
  private readonly server: Http2SecureServer
  private readonly sockets = new Set<Socket>()
  private readonly sessions = new Set<ServerHttp2Session>()

  constructor(server: Http2SecureServer) {
    this.server = server
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
    })
    server.on('session', (session) => {
      this.sessions.add(session)
      session.on('close', () => this.sessions.delete(session))
      // A client that goes away in the middle of something is no error of the server's.
      session.on('error', () => {})
    })
    // Node tells of a handshake that fails or takes too long, and leaves the connection open.
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    server.on('clientError', refuseBytes)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      for (const session of this.sessions) session.destroy()
      for (const socket of this.sockets) socket.destroy()
    })
  }
}

/** The API of a cluster over HTTP without sockets: for clients in the same process, as in tests. */
import { Agent, createServer } from 'node:http'
import { duplexPair, type Duplex } from 'node:stream'
import type { Cluster } from '../cluster.ts'
import type { ClientUser, ListenOptions } from '../cluster/listen.ts'
import { seconds } from '../events/time.ts'
import { openApiFace, refuseBytes, type FaceOptions } from './api-face.ts'
import { vouchFor } from './identity.ts'

const ADDRESS = 'seatrial.invalid'
const ADMINISTRATOR: ClientUser = { name: 'admin', groups: ['system:masters'] }
/** Within this of cluster time an API server answers, or something keeps it from it. */
const UP_WITHIN = seconds(60)

export interface InProcessApi {
  readonly url: string
  /** For `http.request` and all that is built on it: node-fetch, got, @kubernetes/client-node. */
  readonly agent: Agent
  /** One connection, to be spoken HTTP/1.1 on. */
  connect(user?: ClientUser): Duplex
  close(): void
}

/** Default speed: `stepped`. */
export const serveInProcess = (
  cluster: Cluster,
  options: Pick<ListenOptions, 'users'> & FaceOptions = {},
): InProcessApi => {
  const [first = ADMINISTRATOR] = options.users ?? []
  cluster.runUntil((one) => one.get('Service', 'default', 'kubernetes') !== undefined, { within: UP_WITHIN })
  const face = openApiFace(cluster, { speed: 'stepped', ...options }, ADDRESS)
  const server = createServer(face.handle)
  server.on('clientError', refuseBytes)
  const open = new Set<Duplex>()
  const connect = (user = first): Duplex => {
    const [here, there] = duplexPair()
    vouchFor(there, user)
    open.add(here)
    here.once('close', () => {
      open.delete(here)
      // The two ends of a pair do not know of each other's end.
      there.destroy()
    })
    there.once('close', () => {
      if (!there.writableFinished) here.destroy()
    })
    server.emit('connection', there)
    return here
  }
  // A connection costs nothing here, and a pair has none of the options that keep a socket alive.
  const agent = new Agent({ keepAlive: false })
  agent.createConnection = () => connect()
  return {
    url: `http://${ADDRESS}`,
    agent,
    connect,
    close: () => {
      face.close()
      agent.destroy()
      for (const connection of open) connection.destroy()
      server.close()
      cluster.run(0)
    },
  }
}

/** The API of a cluster over HTTP without sockets: for clients in the same process, as in tests. */
import { Agent, createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Cluster } from '../cluster.ts'
import type { ClientUser, ListenOptions } from '../cluster/listen.ts'
import type { Micros } from '../events/envelope.ts'
import { millis, seconds } from '../events/time.ts'
import { openApiFace, refuseBytes, type FaceOptions } from './api-face.ts'
import { dispatcherOver, type Dispatcher } from './dispatcher.ts'
import { vouchFor } from './identity.ts'
import { kubeconfigWithoutCertificates } from './kubeconfig.ts'
import { Wire } from './wire.ts'

const ADDRESS = 'seatrial.invalid'
const ADMINISTRATOR: ClientUser = { name: 'admin', groups: ['system:masters'] }
/** Within this of cluster time an API server answers, or something keeps it from it. */
const UP_WITHIN = seconds(60)
/** So much cluster time passes before clients get their turn. */
const SLICE: Micros = millis(100)
/** When nothing was sent for so many turns of the event loop, clients have done what they do at once. */
const IDLE_TURNS = 8

/** What of a KubeConfig of @kubernetes/client-node says how requests travel: by an agent in 1, by a dispatcher since 2. */
export interface ClientConfig {
  loadFromString(kubeconfig: string): void
  getCurrentUser(): { readonly name: string } | null
  applyToHTTPSOptions(options: { agent?: unknown }): Promise<void>
  applySecurityAuthentication(context: {
    setAgent?(agent: Agent): void
    setDispatcher?(dispatcher: unknown): void
  }): Promise<void>
}

export interface InProcessApi {
  /** What clients call it; a name that no network knows. */
  readonly url: string
  /** For `http.request` and all that is built on it (node-fetch, got, ws), as the first user. */
  readonly agent: Agent
  /** The same as another one of `users`. @throws Error when there is none of this name */
  agentOf(user: string): Agent
  /** For undici and all that is built on it, as the first user: `request(url, { dispatcher })`. */
  readonly dispatcher: Dispatcher
  /** The same as another one of `users`. @throws Error when there is none of this name */
  dispatcherOf(user: string): Dispatcher
  /** The `fetch` of Node, as the first user. A path alone is one of the API. */
  fetch(address: string | URL, init?: RequestInit): Promise<Response>
  /**
   * Points a KubeConfig of @kubernetes/client-node here, with a context for each user, and gives it back. Whatever is made
   * from it then (API clients, informers, Watch, Exec) needs no change.
   */
  configure<C extends ClientConfig>(config: C): C
  /** One connection, to be spoken HTTP/1.1 on. */
  connect(user?: ClientUser): Duplex
  /** Lets cluster time pass; clients take their turns in between, as long as they do not wait for a timer of their own. */
  run(duration: Micros): Promise<void>
  /** The same until a condition holds; false if it does not within the time. */
  runUntil(condition: () => boolean, options: { readonly within: Micros }): Promise<boolean>
  /** Waits in cluster time, which others let pass: for clients that would wait by `setTimeout`. */
  sleep(duration: Micros): Promise<void>
  close(): void
}

export type InProcessOptions = Pick<ListenOptions, 'users'> & FaceOptions

/** Default speed: `stepped`: time passes with requests, and when it is told to. */
export const serveInProcess = (cluster: Cluster, options: InProcessOptions = {}): InProcessApi =>
  new InProcess(cluster, options)

class InProcess implements InProcessApi {
  readonly url = `http://${ADDRESS}`
  readonly agent: Agent
  readonly dispatcher: Dispatcher
  private readonly cluster: Cluster
  private readonly first: ClientUser
  private readonly agents: ReadonlyMap<string, Agent>
  private readonly server = createServer()
  private readonly face: ReturnType<typeof openApiFace>
  private readonly open = new Set<Duplex>()
  private readonly sleepers = new Set<{ readonly until: Micros; readonly wake: () => void }>()
  /** Counts all that goes through any connection. */
  private moves = 0
  private isClosed = false

  constructor(cluster: Cluster, options: InProcessOptions) {
    const { users = [ADMINISTRATOR] } = options
    const [first = ADMINISTRATOR] = users
    this.cluster = cluster
    this.first = first
    cluster.runUntil((one) => one.get('Service', 'default', 'kubernetes') !== undefined, { within: UP_WITHIN })
    this.face = openApiFace(cluster, { speed: 'stepped', ...options }, ADDRESS)
    this.server.on('request', (request, response) => {
      // Nothing is gained by it here, and other threads would do it, in their own time.
      delete request.headers['accept-encoding']
      this.face.handle(request, response)
    })
    this.server.on('upgrade', this.face.upgrade)
    this.server.on('clientError', refuseBytes)
    this.agents = new Map([first, ...users].map((user) => [user.name, this.newAgent(user)]))
    this.agent = this.agentOf(first.name)
    this.dispatcher = dispatcherOver(this.agent)
  }

  agentOf(user: string): Agent {
    const agent = this.agents.get(user)
    if (agent === undefined) throw new Error(`no user ${user}: there are ${[...this.agents.keys()].join(', ')}`)
    return agent
  }

  dispatcherOf(user: string): Dispatcher {
    return dispatcherOver(this.agentOf(user))
  }

  async fetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
    this.mustBeOpen()
    const { dispatcher } = this
    return fetch(new URL(address, this.url), { ...init, dispatcher } as RequestInit)
  }

  configure<C extends ClientConfig>(config: C): C {
    config.loadFromString(kubeconfigWithoutCertificates(this.url, [...this.agents.keys()]))
    const agent = (): Agent => this.agentOf(config.getCurrentUser()?.name ?? this.first.name)
    const { applyToHTTPSOptions, applySecurityAuthentication } = config
    config.applyToHTTPSOptions = async (options) => {
      await applyToHTTPSOptions.call(config, options)
      options.agent = agent()
    }
    config.applySecurityAuthentication = async (context) => {
      await applySecurityAuthentication.call(config, context)
      if (context.setDispatcher === undefined) context.setAgent?.(agent())
      else context.setDispatcher(dispatcherOver(agent()))
    }
    return config
  }

  connect(user = this.first): Duplex {
    const [here, there] = Wire.pair(() => this.moves++)
    vouchFor(there, user)
    this.open.add(here)
    here.once('close', () => this.open.delete(here))
    this.server.emit('connection', there)
    return here
  }

  async run(duration: Micros): Promise<void> {
    this.mustBeOpen()
    const end = this.cluster.now + duration
    await this.clientsIdle()
    while (this.cluster.now < end) {
      const alarms = [...this.sleepers].map(({ until }) => Math.max(0, until - this.cluster.now))
      this.cluster.run(Math.min(SLICE, end - this.cluster.now, ...alarms))
      this.wakeSleepers()
      await this.clientsIdle()
    }
  }

  async runUntil(condition: () => boolean, { within }: { readonly within: Micros }): Promise<boolean> {
    const end = this.cluster.now + within
    await this.clientsIdle()
    while (!condition()) {
      if (this.cluster.now >= end) return false
      await this.run(Math.min(SLICE, end - this.cluster.now))
    }
    return true
  }

  sleep(duration: Micros): Promise<void> {
    const until = this.cluster.now + duration
    return new Promise((wake) => this.sleepers.add({ until, wake }))
  }

  /** Who waited less is woken first. */
  private wakeSleepers(): void {
    const due = [...this.sleepers].filter(({ until }) => until <= this.cluster.now).sort((a, b) => a.until - b.until)
    for (const sleeper of due) {
      this.sleepers.delete(sleeper)
      sleeper.wake()
    }
  }

  close(): void {
    this.isClosed = true
    this.face.close()
    for (const agent of this.agents.values()) agent.destroy()
    for (const connection of this.open) connection.destroy()
    this.server.close()
    this.cluster.run(0)
  }

  /** Who asks after the end would wait for ever. */
  private mustBeOpen(): void {
    if (this.isClosed) throw new Error('the API has been closed: a client or a test goes on after its end')
  }

  /** A connection costs nothing here, so none is kept. */
  private newAgent(user: ClientUser): Agent {
    const agent = new Agent({ keepAlive: false })
    agent.createConnection = () => this.connect(user)
    return agent
  }

  /** Whoever was told something has had the time to ask for more. */
  private async clientsIdle(): Promise<void> {
    await this.face.settled()
    for (let idle = 0, seen = this.moves; idle < IDLE_TURNS; idle++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.moves === seen) continue
      seen = this.moves
      idle = 0
    }
  }
}

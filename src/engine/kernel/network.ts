import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { Links, type LinkRule, type LinkState } from './links.ts'
import { hashName, mix } from './random.ts'

/** One way of a packet between two processes of one host: loopback. */
const LOOPBACK_MIN: Micros = 20
const LOOPBACK_JITTER: Micros = 30
/** One way of a packet between two hosts of one data centre. */
const WIRE_MIN: Micros = 150
const WIRE_JITTER: Micros = 250

/** TCP's first retransmission time-out; it doubles. Source: RFC 6298 with Linux' minimum of 200 ms. */
const RTO_FIRST: Micros = millis(200)
const RTO_MAX: Micros = seconds(120)
/**
 * How long a silent connection lives: HTTP/2 clients of Kubernetes send a ping after 30 s without a frame and close 15 s
 * later. Source: apimachinery/pkg/util/net/http.go, HTTP2_READ_IDLE_TIMEOUT_SECONDS and HTTP2_PING_TIMEOUT_SECONDS.
 */
const SILENCE_MAX: Micros = seconds(45)
/** etcd's peers give a connection up sooner. Source: server/etcdserver/api/rafthttp/peer.go, ConnReadTimeout. */
const SILENCE_MAX_ETCD_PEER: Micros = seconds(5)

/** A one-way TCP stream between two actors; made by the first message, broken by silence or by the end of a process. */
export interface Connection {
  readonly from: ActorId
  readonly to: ActorId
  readonly salt: number
  /** Messages sent so far: with the salt, the seed of the next latency. */
  sent: number
  /** The last arrival planned: TCP never overtakes. */
  lastArrival: Micros
  /** Grows when the connection breaks: what is still under way then is lost. */
  epoch: number
  /** Messages that wait behind a cut. */
  readonly waiting: LogEvent[]
  /** Since when nothing gets through; undefined while all is well. */
  cutSince: Micros | undefined
}

/** A connection broke whose survivor does not know it yet: no reset came through. */
interface UntoldLoss {
  readonly survivor: ActorId
  readonly peer: ActorId
  readonly cause: number
}

/** What the network needs to know of, and to ask from, the kernel. */
export interface NetworkHost {
  readonly now: Micros
  hostOf(actor: ActorId): string | undefined
  /** Its process runs, be it paused. */
  isAlive(actor: ActorId): boolean
  isPaused(actor: ActorId): boolean
  /** The host has power, so its operating system answers for dead processes. */
  hasPower(host: string): boolean
  deliverAt(at: Micros, event: LogEvent, connection: Connection): void
  loseConnectionAt(at: Micros, survivor: ActorId, peer: ActorId, reason: 'reset' | 'timeout', cause: number): void
  /** Does something later, whoever lives then. */
  doAt(at: Micros, action: () => void): void
}

/**
 * The network: ordered, reliable streams over links that faults can cut, delay or make lossy.
 *
 * A message behind a cut waits and is sent again; it is lost only with its connection. That is what TCP does, and it is
 * why a short partition delays a watch event while a long one makes the client list again.
 */
export class Network {
  private readonly links = new Links()
  private readonly connections = new Map<ActorId, Map<ActorId, Connection>>()
  private readonly peers = new Map<ActorId, Set<ActorId>>()
  private readonly untold = new Set<UntoldLoss>()
  private readonly host: NetworkHost
  private readonly seed: number

  constructor(seed: number, host: NetworkHost) {
    this.seed = seed
    this.host = host
  }

  send(event: LogEvent, to: ActorId): void {
    const connection = this.connect(event.by, to)
    if (connection.cutSince !== undefined) {
      connection.waiting.push(event)
      return
    }
    const fromHost = this.host.hostOf(event.by)
    const toHost = this.host.hostOf(to)
    if (fromHost === undefined || toHost === undefined) {
      this.transmit(event, connection, 0, 0, true)
      return
    }
    const link = this.links.between(fromHost, toHost)
    if (link.dropped || !this.host.hasPower(toHost)) {
      this.cut(connection)
      connection.waiting.push(event)
      return
    }
    this.transmit(event, connection, link.delay, link.lossPpm, fromHost === toHost)
  }

  addRule(rule: LinkRule): void {
    this.links.add(rule)
    for (const connection of this.all()) if (this.isCut(connection)) this.cut(connection)
  }

  removeRule(fault: number): LinkRule | undefined {
    const rule = this.links.remove(fault)
    this.mendAll()
    return rule
  }

  /** A process stopped answering without an end: paused, or its host has lost power. Connections to it fall silent. */
  fallSilent(actor: ActorId): void {
    for (const connection of this.of(actor)) this.cut(connection)
  }

  /** What stood behind a pause or a power cut may flow again. */
  mendAll(): void {
    for (const connection of this.all()) {
      if (connection.cutSince !== undefined && !this.isCut(connection)) this.mend(connection)
    }
  }

  /** A process ended while its operating system lives: its peers are told by a reset, one trip later. */
  reset(actor: ActorId, cause: number): void {
    const told = new Set<ActorId>()
    for (const connection of this.of(actor)) {
      const peer = connection.from === actor ? connection.to : connection.from
      this.breakOne(connection)
      if (told.has(peer) || !this.host.isAlive(peer)) continue
      told.add(peer)
      this.tell(peer, actor, connection, cause)
    }
    this.forget(actor)
  }

  /** A reset needs a way to the peer; without one the peer notices by the silence. */
  private tell(survivor: ActorId, peer: ActorId, connection: Connection, cause: number): void {
    const { host, untold } = this
    if (this.linkOf(peer, survivor)?.dropped !== true) {
      host.loseConnectionAt(host.now + this.latency(connection, false), survivor, peer, 'reset', cause)
      return
    }
    const loss: UntoldLoss = { survivor, peer, cause }
    untold.add(loss)
    host.doAt(host.now + silenceMax(connection), () => {
      if (untold.delete(loss)) host.loseConnectionAt(host.now, survivor, peer, 'timeout', cause)
    })
  }

  /**
   * Two meet again before one of them knows that its connection is gone. It is told before anything comes over a new one, or
   * it would take that for the one that it gives up later. What it sends over the old one meets nobody.
   */
  private tellBeforeMeeting(from: ActorId, to: ActorId): 'goes' | 'refused' {
    for (const loss of this.untold) {
      const { survivor, peer, cause } = loss
      const isSender = survivor === from && peer === to
      if (!isSender && !(survivor === to && peer === from)) continue
      if (!isSender || this.linkOf(peer, survivor)?.dropped !== true) {
        this.untold.delete(loss)
        this.host.loseConnectionAt(this.host.now, survivor, peer, 'reset', cause)
      }
      if (isSender) return 'refused'
    }
    return 'goes'
  }

  /** A message met a host whose operating system lives, but nobody listens: connection refused. */
  refuse(event: LogEvent, connection: Connection): void {
    this.breakOne(connection)
    if (this.host.isAlive(connection.from)) this.tell(connection.from, connection.to, connection, event.seq)
  }

  /** Nothing came through for too long: both ends give up, each by its own clock. */
  private checkSilence(connection: Connection): void {
    if (connection.cutSince === undefined) return
    const due = connection.cutSince + silenceMax(connection)
    if (due > this.host.now) {
      this.checkSilenceAt(due, connection)
      return
    }
    const back = this.connections.get(connection.to)?.get(connection.from)
    const cause = connection.waiting.at(-1)?.seq ?? 0
    this.breakOne(connection)
    if (back !== undefined) this.breakOne(back)
    for (const [survivor, peer] of [
      [connection.from, connection.to],
      [connection.to, connection.from],
    ] as const) {
      if (this.host.isAlive(survivor)) {
        this.host.loseConnectionAt(this.host.now, survivor, peer, 'timeout', cause)
      }
    }
  }

  private connect(from: ActorId, to: ActorId): Connection {
    let outgoing = this.connections.get(from)
    if (outgoing === undefined) this.connections.set(from, (outgoing = new Map()))
    let connection = outgoing.get(to)
    if (connection === undefined) {
      const salt = hashName(hashName(this.seed, from), to)
      connection = { from, to, salt, sent: 0, lastArrival: 0, epoch: 0, waiting: [], cutSince: undefined }
      outgoing.set(to, connection)
      this.note(from, to)
      this.note(to, from)
    }
    return connection
  }

  private note(actor: ActorId, peer: ActorId): void {
    const peers = this.peers.get(actor)
    if (peers === undefined) this.peers.set(actor, new Set([peer]))
    else peers.add(peer)
  }

  private transmit(event: LogEvent, connection: Connection, delay: Micros, lossPpm: number, local: boolean): void {
    if (this.untold.size > 0 && this.tellBeforeMeeting(connection.from, connection.to) === 'refused') return
    let travel = this.latency(connection, local) + delay
    for (let rto = RTO_FIRST; lossPpm > 0 && this.draw(connection) % 1_000_000 < lossPpm && rto < RTO_MAX; rto *= 2) {
      travel += rto
    }
    const arrival = Math.max(this.host.now + travel, connection.lastArrival)
    connection.lastArrival = arrival
    this.host.deliverAt(arrival, event, connection)
  }

  private latency(connection: Connection, local: boolean): Micros {
    return local
      ? LOOPBACK_MIN + (this.draw(connection) % LOOPBACK_JITTER)
      : WIRE_MIN + (this.draw(connection) % WIRE_JITTER)
  }

  private draw(connection: Connection): number {
    return mix(connection.salt ^ Math.imul(connection.sent++, 0x9e3779b1))
  }

  private isCut(connection: Connection): boolean {
    const { from, to } = connection
    if (this.host.isPaused(from) || this.host.isPaused(to)) return true
    const fromHost = this.host.hostOf(from)
    const toHost = this.host.hostOf(to)
    if (fromHost === undefined || toHost === undefined) return false
    return !this.host.hasPower(fromHost) || !this.host.hasPower(toHost) || this.links.between(fromHost, toHost).dropped
  }

  private linkOf(from: ActorId, to: ActorId): LinkState | undefined {
    const fromHost = this.host.hostOf(from)
    const toHost = this.host.hostOf(to)
    return fromHost === undefined || toHost === undefined ? undefined : this.links.between(fromHost, toHost)
  }

  private cut(connection: Connection): void {
    if (connection.cutSince !== undefined) return
    connection.cutSince = this.host.now
    this.checkSilenceAt(this.host.now + silenceMax(connection), connection)
  }

  private checkSilenceAt(at: Micros, connection: Connection): void {
    this.host.doAt(at, () => this.checkSilence(connection))
  }

  /** What waited goes out with TCP's next retransmission, in order. */
  private mend(connection: Connection): void {
    const since = connection.cutSince ?? this.host.now
    connection.cutSince = undefined
    let retry = since
    for (let rto = RTO_FIRST; retry < this.host.now; rto = Math.min(rto * 2, RTO_MAX)) retry += rto
    const pause = Math.min(retry - this.host.now, seconds(5))
    for (const event of connection.waiting.splice(0)) this.transmit(event, connection, pause, 0, false)
  }

  private breakOne(connection: Connection): void {
    connection.epoch++
    connection.waiting.length = 0
    connection.cutSince = undefined
  }

  /** A dead process has no connections; the next message makes new ones. */
  private forget(actor: ActorId): void {
    for (const loss of this.untold) if (loss.survivor === actor) this.untold.delete(loss)
    for (const peer of this.peers.get(actor) ?? []) {
      this.connections.get(peer)?.delete(actor)
      this.peers.get(peer)?.delete(actor)
    }
    this.connections.delete(actor)
    this.peers.delete(actor)
  }

  private *of(actor: ActorId): Generator<Connection> {
    for (const peer of this.peers.get(actor) ?? []) {
      const outgoing = this.connections.get(actor)?.get(peer)
      if (outgoing !== undefined) yield outgoing
      const incoming = this.connections.get(peer)?.get(actor)
      if (incoming !== undefined) yield incoming
    }
  }

  private *all(): Generator<Connection> {
    for (const outgoing of this.connections.values()) yield* outgoing.values()
  }
}

const isEtcd = (actor: ActorId): boolean => actor.startsWith('etcd/')

const silenceMax = (connection: Connection): Micros =>
  isEtcd(connection.from) && isEtcd(connection.to) ? SILENCE_MAX_ETCD_PEER : SILENCE_MAX

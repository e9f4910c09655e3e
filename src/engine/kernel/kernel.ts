import type { Observable } from 'rxjs'
import type { EventData, EventType } from '../../events/catalogue/index.ts'
import { OUTSIDE, type ActorId, type LogEvent, type Micros, type Seq } from '../../events/envelope.ts'
import { invariant } from '../invariant.ts'
import { Actors, type Substitute } from './actors.ts'
import { Disks } from './disks.ts'
import { Journal, KERNEL, type EventSink } from './journal.ts'
import type { LinkRule } from './links.ts'
import { Machines } from './machines.ts'
import { Network, type Connection, type NetworkHost } from './network.ts'
import type { Process } from './process.ts'
import { createEventQueue } from './queue.ts'
import { Quiet } from './quiet.ts'
import { createRandom, type Random } from './random.ts'

export interface KernelOptions {
  readonly seed: number
  readonly log: EventSink
  /** Folded with each event before it is delivered: projections, invariants. Must not emit. */
  readonly fold?: (event: LogEvent) => void
  /** What clocks without skew show at the beginning. Default 0. */
  readonly wallStart?: Micros
  /** Whether actors are told that nothing is wrong (`quietFor`), so that they may leave work out. Default: yes. */
  readonly tellsQuiet?: boolean
  /** Puts another actor in the place of one that boots: how a test plants a bug or a user brings a component of his own. */
  readonly substitute?: Substitute
}

/**
 * The one place where things happen: takes what is due next, hands it to one actor, appends what the actor emits and
 * plans its delivery.
 *
 * Deterministic by construction: one queue ordered by time and order of planning, one clock in integer microseconds, one
 * stream of chance per actor. Actors run only from here and reach nothing but their context.
 */
export class Kernel {
  private readonly queue = createEventQueue<() => void>()
  private readonly journal: Journal
  private readonly actors: Actors
  private readonly random: Random
  private readonly network: Network
  private readonly quiet = new Quiet()
  /** The hosts and the processes on them. */
  readonly machines: Machines
  private lost = 0

  constructor({ seed, log, fold, wallStart, tellsQuiet, substitute }: KernelOptions) {
    const { queue, quiet } = this
    const journal = new Journal(log, fold)
    const random = createRandom(seed)
    const network = new Network(seed, this.networkHost())
    const actors = new Actors({
      journal,
      queue,
      random,
      wallStart: wallStart ?? 0,
      substitute: substitute ?? ((_id, actor) => actor),
      send: (event, to) => network.send(event, to),
      quietFor: () => (tellsQuiet === false ? 0 : quiet.lastedUntil(journal.now)),
      exit: (process, reason, cause) => this.machines.endProcess(process.spec.id, reason, cause),
    })
    const disks = new Disks({ journal, queue, random, deliver: (event, to) => this.arrive(event, to, undefined, 0) })
    this.machines = new Machines({ journal, queue, actors, network, disks, quiet })
    this.journal = journal
    this.random = random
    this.network = network
    this.actors = actors
  }

  /** Every event as it is appended, for observers; actors never listen here. Never emit from a subscriber. */
  get events$(): Observable<LogEvent> {
    return this.journal.events$
  }

  get now(): Micros {
    return this.journal.now
  }

  /** Position of the newest event. */
  get seq(): Seq {
    return this.journal.seq
  }

  /** Messages that met a process which was gone. */
  get undelivered(): number {
    return this.lost
  }

  /** A stream of chance for something that is not an actor: a script, a storm. */
  fork(name: string): Random {
    return this.random.fork(name)
  }

  // Running

  /** When the next thing is due; undefined when nothing will ever happen again. */
  nextAt(): Micros | undefined {
    return this.queue.nextAt()
  }

  /** Lets everything happen that is due up to and including `until`; then the clock stands at `until`. */
  run(until: Micros): void {
    for (let at = this.queue.nextAt(); at !== undefined && at <= until; at = this.queue.nextAt()) {
      this.journal.now = at
      this.queue.pop()?.()
    }
    if (until > this.now) this.journal.now = until
  }

  /** Lets the next thing happen. False when there is none. */
  step(): boolean {
    const at = this.queue.nextAt()
    if (at === undefined) return false
    this.journal.now = at
    this.queue.pop()?.()
    return true
  }

  /** Plans something from outside the cluster: a script's next line, a fault. */
  schedule(at: Micros, action: () => void): void {
    invariant(at >= this.now, 'the past cannot be changed, only forked')
    this.queue.push(at, action)
  }

  /** An event from outside: what people and scripts do. With `to` it travels there like any message. */
  input<T extends EventType>(type: T, data: EventData<T>, to?: ActorId): Seq {
    const event = this.journal.append(OUTSIDE, type, data, to, 0)
    if (to !== undefined) this.network.send(event, to)
    return event.seq
  }

  /** A fact that the kernel or chaos tells. */
  record<T extends EventType>(by: ActorId, type: T, data: EventData<T>, cause: Seq): Seq {
    return this.journal.append(by, type, data, undefined, cause).seq
  }

  /** A fault begins (1) or ends (-1). Whoever injects one says so before it acts. */
  countFault(by: 1 | -1): void {
    this.quiet.countFault(by, this.now)
  }

  addLinkRule(rule: LinkRule): void {
    this.network.addRule(rule)
  }

  removeLinkRule(fault: number): LinkRule | undefined {
    return this.network.removeRule(fault)
  }

  // Inside

  private arrive(event: LogEvent, to: ActorId, connection: Connection | undefined, epoch: number): void {
    if (connection !== undefined && connection.epoch !== epoch) return
    const process = this.machines.homeOf(to)
    const cell = process?.actors.get(to)
    if (process === undefined || cell === undefined || process.state === 'dead') {
      this.lost++
      if (connection !== undefined && process?.host.power === true) this.network.refuse(event, connection)
      return
    }
    if (process.state === 'paused') process.backlog.push(() => this.arrive(event, to, connection, epoch))
    else this.actors.hand(event, cell)
  }

  private networkHost(): NetworkHost {
    const homeOf = (actor: ActorId): Process | undefined => this.machines.homeOf(actor)
    const now = (): Micros => this.now
    return {
      get now() {
        return now()
      },
      hostOf: (actor) => homeOf(actor)?.host.name,
      isAlive: (actor) => {
        // Clients from outside outlive all of it.
        if (actor === OUTSIDE) return true
        const state = homeOf(actor)?.state
        return state === 'running' || state === 'paused'
      },
      isPaused: (actor) => homeOf(actor)?.state === 'paused',
      hasPower: (host) => !this.machines.hasHost(host) || this.machines.host(host).power,
      deliverAt: (at, event, connection) => {
        const { epoch, to } = connection
        this.queue.push(at, () => this.arrive(event, to, connection, epoch))
      },
      loseConnectionAt: (at, survivor, peer, reason, cause) => {
        this.queue.push(at, () => this.loseConnection(survivor, peer, reason, cause))
      },
      doAt: (at, action) => this.queue.push(at, action),
    }
  }

  private loseConnection(survivor: ActorId, peer: ActorId, reason: 'reset' | 'timeout', cause: Seq): void {
    this.arrive(
      this.journal.append(KERNEL, 'ConnectionLost', { peer, reason }, survivor, cause),
      survivor,
      undefined,
      0,
    )
  }
}

import type { Observable } from 'rxjs'
import type { EventData, EventType } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import { invariant } from '../invariant.ts'
import { Actors, type Substitute } from './actors.ts'
import { DiskFile, SYNC_JITTER, SYNC_MIN } from './disk.ts'
import { Journal, type EventSink } from './journal.ts'
import type { LinkRule } from './links.ts'
import { Network, type Connection, type NetworkHost } from './network.ts'
import type { Host, Process, ProcessSpec } from './process.ts'
import { createEventQueue } from './queue.ts'
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

/** By whom an event is that comes from no actor. */
export const OUTSIDE: ActorId = 'outside'
export const KERNEL: ActorId = 'kernel'

/**
 * The one place where things happen: takes what is due next, hands it to one actor, appends what the actor emits and
 * plans its delivery.
 *
 * Deterministic by construction: one queue ordered by time and order of planning, one clock in integer microseconds, one
 * stream of chance per actor. Actors run only from here and reach nothing but their context.
 */
export class Kernel {
  private readonly queue = createEventQueue<() => void>()
  private readonly hosts = new Map<string, Host>()
  private readonly processes = new Map<ActorId, Process>()
  /** Which process an actor belongs to, also while the process is dead. */
  private readonly homes = new Map<ActorId, Process>()
  private readonly journal: Journal
  private readonly actors: Actors
  private readonly random: Random
  private readonly network: Network
  private readonly tellsQuiet: boolean
  private lost = 0
  /** Faults in force, and when something last went wrong or right again. */
  private faults = 0
  private unquietAt: Micros = 0

  constructor(options: KernelOptions) {
    this.random = createRandom(options.seed)
    this.tellsQuiet = options.tellsQuiet ?? true
    this.journal = new Journal(options.log, options.fold)
    this.network = new Network(options.seed, this.networkHost())
    this.actors = new Actors({
      journal: this.journal,
      queue: this.queue,
      random: this.random,
      wallStart: options.wallStart ?? 0,
      substitute: options.substitute ?? ((_id, actor) => actor),
      send: (event, to) => this.network.send(event, to),
      quietFor: () => (this.faults > 0 || !this.tellsQuiet ? 0 : this.now - this.unquietAt),
      exit: (process, reason, cause) => this.endProcess(process.spec.id, reason, cause),
    })
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

  // Hosts and processes

  addHost(name: string): Host {
    const host: Host = {
      name,
      power: true,
      gone: false,
      boot: 1,
      skew: 0,
      diskFactor: 1,
      diskFull: false,
      processes: [],
    }
    this.hosts.set(name, host)
    return host
  }

  host(name: string): Host {
    const host = this.hosts.get(name)
    invariant(host !== undefined, `there is a host ${name}`)
    return host
  }

  hasHost(name: string): boolean {
    return this.hosts.has(name)
  }

  hostNames(): readonly string[] {
    return [...this.hosts.keys()]
  }

  process(id: ActorId): Process {
    const process = this.processes.get(id)
    invariant(process !== undefined, `there is a process ${id}`)
    return process
  }

  hasProcess(id: ActorId): boolean {
    return this.processes.has(id)
  }

  processIds(): readonly ActorId[] {
    return [...this.processes.keys()]
  }

  /** Puts a process on its host and starts it at once, or after `delay`. */
  addProcess(spec: ProcessSpec, delay: Micros = 0, cause: Seq = this.journal.cause): void {
    const host = this.host(spec.host)
    const id = spec.id
    const process: Process = {
      spec,
      host,
      state: 'dead',
      incarnation: 0,
      held: false,
      actorIds: [id],
      actors: new Map(),
      disk: new DiskFile({
        isFull: () => host.diskFull,
        startSync: (position) => this.startSync(id, position),
        refuse: (position) => this.tellDisk(id, 'DiskFailed', { position, reason: 'no space left on device' }),
      }),
      backlog: [],
    }
    host.processes.push(process)
    this.processes.set(id, process)
    this.homes.set(id, process)
    if (delay === 0) this.start(process, cause)
    else this.startLater(process, delay, cause)
  }

  /**
   * A machine is taken away: its operating system ends what runs, then nothing of it answers. Its name is not given again.
   * `cause` is the event that says so.
   */
  removeHost(name: string, cause: Seq): void {
    const host = this.host(name)
    if (host.gone) return
    for (const process of host.processes) {
      process.held = true
      if (host.power) this.endProcess(process.spec.id, 'the machine is gone', cause)
    }
    host.gone = true
    host.power = false
    this.unquietAt = this.now
  }

  /** The operating system stops a process; its supervisor starts it again unless chaos holds it down. */
  endProcess(id: ActorId, reason: string, cause: Seq): void {
    const process = this.process(id)
    if (process.state === 'dead') return
    this.unquietAt = this.now
    const exit = this.journal.append(
      KERNEL,
      'ProcessExited',
      { process: id, host: process.host.name, reason },
      undefined,
      cause,
    ).seq
    this.bury(process)
    process.disk.abandonSync()
    for (const actor of process.actorIds) this.network.reset(actor, exit)
    if (!process.held) this.startLater(process, process.spec.restartDelay, exit)
  }

  /** A fault begins (1) or ends (-1). Whoever injects one says so before it acts. */
  countFault(by: 1 | -1): void {
    this.faults += by
    this.unquietAt = this.now
  }

  // Faults. Each leaves its own event in the log before this is called; `cause` is that event.

  powerOff(name: string, cause: Seq): void {
    const host = this.host(name)
    if (!host.power) return
    host.power = false
    for (const process of host.processes) {
      this.bury(process)
      process.disk.losePower()
      for (const actor of process.actorIds) this.network.fallSilent(actor)
    }
    invariant(cause <= this.seq, 'a fault is in the log before it acts')
  }

  powerOn(name: string, cause: Seq): void {
    const host = this.host(name)
    if (host.power || host.gone) return
    host.power = true
    host.boot++
    for (const process of host.processes) {
      for (const actor of process.actorIds) this.network.reset(actor, cause)
      if (!process.held) this.startLater(process, BOOT_TIME + process.spec.restartDelay, cause)
    }
    this.network.mendAll()
  }

  kill(id: ActorId, cause: Seq): void {
    this.process(id).held = true
    this.endProcess(id, 'SIGKILL', cause)
  }

  revive(id: ActorId, cause: Seq): void {
    const process = this.process(id)
    process.held = false
    if (process.state === 'dead' && process.host.power) this.startLater(process, process.spec.restartDelay, cause)
  }

  /** What the disk of a process holds, as somebody sees who logs in to its host. */
  contentOf(id: ActorId): readonly unknown[] {
    return this.process(id).disk.records()
  }

  /** Somebody puts other content on the disk of a process that is down. */
  replaceContent(id: ActorId, content: readonly unknown[]): void {
    const process = this.process(id)
    invariant(process.state === 'dead', 'nobody replaces the files of a process that runs')
    process.disk.replace(content)
  }

  pause(id: ActorId): void {
    const process = this.process(id)
    if (process.state !== 'running') return
    process.state = 'paused'
    for (const actor of process.actorIds) this.network.fallSilent(actor)
  }

  resume(id: ActorId): void {
    const process = this.process(id)
    if (process.state !== 'paused') return
    process.state = 'running'
    // What it says from now on has an open way: only what was said to it meanwhile is sent again.
    this.network.mendAll()
    for (const item of process.backlog.splice(0)) item()
  }

  addLinkRule(rule: LinkRule): void {
    this.network.addRule(rule)
  }

  removeLinkRule(fault: number): LinkRule | undefined {
    return this.network.removeRule(fault)
  }

  // Inside

  private start(process: Process, cause: Seq): void {
    if (process.state !== 'dead' || !process.host.power || process.held) return
    process.state = 'running'
    this.unquietAt = this.now
    process.incarnation++
    const { id, host } = process.spec
    const started = this.journal.append(
      KERNEL,
      'ProcessStarted',
      { process: id, host, incarnation: process.incarnation },
      undefined,
      cause,
    )
    this.actors.boot(process, started, (actor) => {
      if (!process.actorIds.includes(actor)) process.actorIds.push(actor)
      this.homes.set(actor, process)
    })
  }

  private startLater(process: Process, delay: Micros, cause: Seq): void {
    const incarnation = process.incarnation
    this.queue.push(this.now + delay, () => {
      if (process.incarnation === incarnation) this.start(process, cause)
    })
  }

  private bury(process: Process): void {
    for (const cell of process.actors.values()) cell.ref = undefined
    process.actors = new Map()
    process.backlog.length = 0
    process.state = 'dead'
  }

  private arrive(event: LogEvent, to: ActorId, connection: Connection | undefined, epoch: number): void {
    if (connection !== undefined && connection.epoch !== epoch) return
    const process = this.homes.get(to)
    const cell = process?.actors.get(to)
    if (process === undefined || cell === undefined || process.state === 'dead') {
      this.lost++
      if (connection !== undefined && process?.host.power === true) this.network.refuse(event, connection)
      return
    }
    if (process.state === 'paused') process.backlog.push(() => this.arrive(event, to, connection, epoch))
    else this.actors.hand(event, cell)
  }

  private startSync(id: ActorId, position: number): void {
    const process = this.process(id)
    const incarnation = process.incarnation
    const jitter = this.random.fork(`disk/${id}/${position}`).below(SYNC_JITTER)
    const time = (SYNC_MIN + jitter) * process.host.diskFactor
    const cause = this.journal.cause
    this.queue.push(this.now + time, () => {
      if (process.incarnation !== incarnation || process.state === 'dead') return
      process.disk.completeSync(position)
      this.tellDisk(id, 'DiskSynced', { position }, cause)
    })
  }

  private tellDisk<T extends 'DiskSynced' | 'DiskFailed'>(id: ActorId, type: T, data: EventData<T>, cause?: Seq): void {
    const event = this.journal.append(KERNEL, type, data, id, cause ?? this.journal.cause)
    this.queue.push(this.now, () => this.arrive(event, id, undefined, 0))
  }

  private networkHost(): NetworkHost {
    const { journal } = this
    return {
      get now() {
        return journal.now
      },
      hostOf: (actor) => this.homes.get(actor)?.host.name,
      isAlive: (actor) => {
        // Clients from outside outlive all of it.
        if (actor === OUTSIDE) return true
        const state = this.homes.get(actor)?.state
        return state === 'running' || state === 'paused'
      },
      isPaused: (actor) => this.homes.get(actor)?.state === 'paused',
      hasPower: (host) => this.hosts.get(host)?.power ?? true,
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

/** From power to a running service supervisor. Abridged: one figure for every machine. */
const BOOT_TIME: Micros = 20_000_000

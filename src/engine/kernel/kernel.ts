import { Subject, type Observable } from 'rxjs'
import { createActor, type AnyActorRef } from 'xstate'
import { catalogue, type EventData, type EventType } from '../../events/catalogue/index.ts'
import type { ActorId, EventOf, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import type { ActorContext, HostedActor } from '../actor.ts'
import { invariant } from '../invariant.ts'
import { DiskFile, SYNC_JITTER, SYNC_MIN } from './disk.ts'
import type { LinkRule } from './links.ts'
import { Network, type Connection, type NetworkHost } from './network.ts'
import { createRootActor } from './root.ts'
import type { ActorCell, Host, Process, ProcessSpec } from './process.ts'
import { createEventQueue } from './queue.ts'
import { createRandom, type Random } from './random.ts'

/** Where the kernel puts events: the log, or anything that takes them in order. */
export interface EventSink {
  append(event: LogEvent): void
}

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

export type Substitute = (id: ActorId, actor: HostedActor) => HostedActor

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
  private readonly root: AnyActorRef
  private readonly random: Random
  private readonly network: Network
  private readonly log: EventSink
  private readonly fold: ((event: LogEvent) => void) | undefined
  private readonly substitute: Substitute
  private readonly tellsQuiet: boolean
  private readonly subject = new Subject<LogEvent>()
  private readonly relays: ActorCell[] = []
  private clock: Micros = 0
  /** What a clock without skew shows beside `clock`: since when the run goes. */
  private readonly wallStart: Micros
  private lastSeq: Seq = 0
  /** The event in hand: the default cause of what is emitted. */
  private current: LogEvent | undefined
  private lost = 0
  /** Faults in force, and when something last went wrong or right again. */
  private faults = 0
  private unquietAt: Micros = 0

  /** Every event as it is appended, for observers; actors never listen here. Never emit from a subscriber. */
  readonly events$: Observable<LogEvent> = this.subject.asObservable()

  constructor(options: KernelOptions) {
    this.random = createRandom(options.seed)
    this.wallStart = options.wallStart ?? 0
    this.log = options.log
    this.fold = options.fold
    this.substitute = options.substitute ?? ((_id, actor) => actor)
    this.tellsQuiet = options.tellsQuiet ?? true
    this.root = createRootActor()
    this.network = new Network(options.seed, this.networkHost())
  }

  get now(): Micros {
    return this.clock
  }

  /** Position of the newest event. */
  get seq(): Seq {
    return this.lastSeq
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
      this.clock = at
      this.queue.pop()?.()
    }
    if (until > this.clock) this.clock = until
  }

  /** Lets the next thing happen. False when there is none. */
  step(): boolean {
    const at = this.queue.nextAt()
    if (at === undefined) return false
    this.clock = at
    this.queue.pop()?.()
    return true
  }

  /** Plans something from outside the cluster: a script's next line, a fault. */
  schedule(at: Micros, action: () => void): void {
    invariant(at >= this.clock, 'the past cannot be changed, only forked')
    this.queue.push(at, action)
  }

  /** An event from outside: what people and scripts do. With `to` it travels there like any message. */
  input<T extends EventType>(type: T, data: EventData<T>, to?: ActorId): Seq {
    const event = this.append(OUTSIDE, type, data, to, 0)
    if (to !== undefined) this.network.send(event, to)
    return event.seq
  }

  /** A fact that the kernel or chaos tells. */
  record<T extends EventType>(by: ActorId, type: T, data: EventData<T>, cause: Seq): Seq {
    return this.append(by, type, data, undefined, cause).seq
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
  addProcess(spec: ProcessSpec, delay: Micros = 0, cause: Seq = this.current?.seq ?? 0): void {
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
    this.unquietAt = this.clock
  }

  /** The operating system stops a process; its supervisor starts it again unless chaos holds it down. */
  endProcess(id: ActorId, reason: string, cause: Seq): void {
    const process = this.process(id)
    if (process.state === 'dead') return
    this.unquietAt = this.clock
    const exit = this.append(
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
    this.unquietAt = this.clock
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
    invariant(cause <= this.lastSeq, 'a fault is in the log before it acts')
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

  private append<T extends EventType>(
    by: ActorId,
    type: T,
    data: EventData<T>,
    to: ActorId | undefined,
    cause: Seq,
  ): LogEvent {
    invariant(cause <= this.lastSeq, 'a cause stands before its effect')
    const seq = ++this.lastSeq
    // The one cast of the kernel: T is one member of the union, which TypeScript cannot follow through a generic.
    const event: EventOf<T> = { seq, at: this.clock, by, to, cause, type, v: catalogue[type].v, data }
    return this.write(event as LogEvent)
  }

  private write(event: LogEvent): LogEvent {
    this.log.append(event)
    if (this.fold !== undefined) this.fold(event)
    if (this.subject.observed) this.subject.next(event)
    return event
  }

  private start(process: Process, cause: Seq): void {
    if (process.state !== 'dead' || !process.host.power || process.held) return
    process.state = 'running'
    this.unquietAt = this.clock
    process.incarnation++
    const { id, host } = process.spec
    const started = this.append(
      KERNEL,
      'ProcessStarted',
      { process: id, host, incarnation: process.incarnation },
      undefined,
      cause,
    )
    const before = this.current
    this.current = started
    for (const [actorId, hosted] of process.spec.boot()) {
      if (!process.actorIds.includes(actorId)) process.actorIds.push(actorId)
      this.homes.set(actorId, process)
      const { incarnation } = process
      const cell: ActorCell = { id: actorId, process, incarnation, ref: undefined, timers: new Map(), nextTimer: 0 }
      process.actors.set(actorId, cell)
      cell.ref = createActor(this.substitute(actorId, hosted).logic, {
        parent: this.root,
        id: actorId,
        input: this.contextOf(cell),
      })
      cell.ref.start()
      this.check(cell)
    }
    this.flushRelays()
    this.current = before
  }

  private startLater(process: Process, delay: Micros, cause: Seq): void {
    const incarnation = process.incarnation
    this.queue.push(this.clock + delay, () => {
      if (process.incarnation === incarnation) this.start(process, cause)
    })
  }

  private bury(process: Process): void {
    for (const cell of process.actors.values()) cell.ref = undefined
    process.actors = new Map()
    process.backlog.length = 0
    process.state = 'dead'
  }

  private contextOf(cell: ActorCell): ActorContext {
    const { process } = cell
    const clock = (): Micros => this.clock
    const { wallStart } = this
    const current = (): Seq => this.current?.seq ?? 0
    const quietFor = (): Micros => (this.faults > 0 || !this.tellsQuiet ? 0 : this.clock - this.unquietAt)
    const alive = (): boolean => process.incarnation === cell.incarnation && process.state !== 'dead'
    return {
      id: cell.id,
      host: process.host.name,
      boot: process.host.boot,
      random: this.random.fork(`${cell.id}#${cell.incarnation}`),
      disk: process.disk,
      get now() {
        return wallStart + clock() + process.host.skew
      },
      get monotonic() {
        return clock()
      },
      get seq() {
        return current()
      },
      get quietFor() {
        return quietFor()
      },
      emit: (type, data, options) => {
        invariant(alive(), `${cell.id} acts only while it lives`)
        const event = this.append(cell.id, type, data, options?.to, options?.cause ?? current())
        if (event.to !== undefined) this.network.send(event, event.to)
        return event.seq
      },
      setTimer: (name, key, delay) => this.setTimer(cell, name, key, delay),
      cancelTimer: (name, key) => {
        cell.timers.delete(timerId(name, key))
      },
      hasTimer: (name, key) => cell.timers.has(timerId(name, key)),
      fail: (error) => {
        cell.failure = { error }
      },
      relay: (to) => {
        const sibling = process.actors.get(to)
        if (sibling !== undefined) this.relays.push(sibling)
      },
      exit: (reason) => {
        const cause = current()
        this.queue.push(this.clock, () => {
          if (alive()) this.endProcess(process.spec.id, reason, cause)
        })
      },
    }
  }

  private setTimer(cell: ActorCell, name: string, key: string, delay: Micros): void {
    invariant(
      delay >= 0 && Number.isSafeInteger(delay),
      `${cell.id} sets ${name} to an integer of microseconds from now, not ${delay}`,
    )
    const id = timerId(name, key)
    const generation = cell.nextTimer++
    const cause = this.current?.seq ?? 0
    cell.timers.set(id, generation)
    this.queue.push(this.clock + delay, () => this.fire(cell, id, generation, name, key, cause))
  }

  private fire(cell: ActorCell, id: string, generation: number, name: string, key: string, cause: Seq): void {
    if (cell.timers.get(id) !== generation || cell.process.incarnation !== cell.incarnation) return
    const { process } = cell
    if (process.state === 'paused') {
      process.backlog.push(() => this.fire(cell, id, generation, name, key, cause))
      return
    }
    if (process.state === 'dead') return
    cell.timers.delete(id)
    this.hand(this.append(cell.id, 'TimerFired', { name, key }, cell.id, cause), cell)
  }

  /** Gives an event to an actor, then to those it hands it on to. */
  private hand(event: LogEvent, cell: ActorCell): void {
    const before = this.current
    this.current = event
    cell.ref?.send(event)
    this.check(cell)
    this.flushRelays()
    this.current = before
  }

  /** xstate swallows what an actor throws; a programmer's error has to stop the run. */
  private check(cell: ActorCell): void {
    const failure = cell.failure
    if (failure !== undefined) throw new ActorFailure(cell.id, this.current, failure.error)
  }

  private flushRelays(): void {
    const event = this.current
    for (let next = this.relays.shift(); next !== undefined; next = this.relays.shift()) {
      if (event === undefined || next.process.incarnation !== next.incarnation) continue
      next.ref?.send(event)
      this.check(next)
    }
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
    else this.hand(event, cell)
  }

  private startSync(id: ActorId, position: number): void {
    const process = this.process(id)
    const incarnation = process.incarnation
    const jitter = this.random.fork(`disk/${id}/${position}`).below(SYNC_JITTER)
    const time = (SYNC_MIN + jitter) * process.host.diskFactor
    const cause = this.current?.seq ?? 0
    this.queue.push(this.clock + time, () => {
      if (process.incarnation !== incarnation || process.state === 'dead') return
      process.disk.completeSync(position)
      this.tellDisk(id, 'DiskSynced', { position }, cause)
    })
  }

  private tellDisk<T extends 'DiskSynced' | 'DiskFailed'>(id: ActorId, type: T, data: EventData<T>, cause?: Seq): void {
    const event = this.append(KERNEL, type, data, id, cause ?? this.current?.seq ?? 0)
    this.queue.push(this.clock, () => this.arrive(event, id, undefined, 0))
  }

  private networkHost(): NetworkHost {
    const clock = (): Micros => this.clock
    return {
      get now() {
        return clock()
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
    this.arrive(this.append(KERNEL, 'ConnectionLost', { peer, reason }, survivor, cause), survivor, undefined, 0)
  }
}

/** A programmer's error inside an actor: the run stops here. `event` is what the actor was handling. */
export class ActorFailure extends Error {
  readonly actor: ActorId
  readonly event: LogEvent | undefined

  constructor(actor: ActorId, event: LogEvent | undefined, error: unknown) {
    const why = error instanceof Error ? error.message : String(error)
    super(`${actor} failed on ${event?.type ?? 'start'} (seq ${event?.seq ?? 0}): ${why}`, { cause: error })
    this.name = 'ActorFailure'
    this.actor = actor
    this.event = event
  }
}

const timerId = (name: string, key: string): string => (key === '' ? name : `${name}\u0000${key}`)

/** From power to a running service supervisor. Abridged: one figure for every machine. */
const BOOT_TIME: Micros = 20_000_000

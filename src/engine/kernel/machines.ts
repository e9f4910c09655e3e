import type { ActorId, Micros, Seq } from '../../events/envelope.ts'
import { invariant } from '../invariant.ts'
import type { Actors } from './actors.ts'
import type { Disks } from './disks.ts'
import { KERNEL, type Journal } from './journal.ts'
import type { Network } from './network.ts'
import type { Host, Process, ProcessSpec } from './process.ts'
import type { EventQueue } from './queue.ts'
import type { Quiet } from './quiet.ts'

/** From power to a running service supervisor. Abridged: one figure for every machine. */
const BOOT_TIME: Micros = 20_000_000

/** What machines are built on. */
export interface MachineRoom {
  readonly journal: Journal
  readonly queue: EventQueue<() => void>
  readonly actors: Actors
  readonly network: Network
  readonly disks: Disks
  readonly quiet: Quiet
}

/**
 * The hosts and the processes on them: which there are, how they start, end, fail and come back.
 *
 * A fault leaves its own event in the log before its method is called here; `cause` is that event.
 */
export class Machines {
  private readonly hosts = new Map<string, Host>()
  private readonly processes = new Map<ActorId, Process>()
  /** Which process an actor belongs to, also while the process is dead. */
  private readonly homes = new Map<ActorId, Process>()
  private readonly room: MachineRoom

  constructor(room: MachineRoom) {
    this.room = room
  }

  // Hosts

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
    this.disturb()
  }

  powerOff(name: string, cause: Seq): void {
    const host = this.host(name)
    if (!host.power) return
    host.power = false
    for (const process of host.processes) {
      this.bury(process)
      process.disk.losePower()
      for (const actor of process.actorIds) this.room.network.fallSilent(actor)
    }
    invariant(cause <= this.room.journal.seq, 'a fault is in the log before it acts')
  }

  powerOn(name: string, cause: Seq): void {
    const host = this.host(name)
    if (host.power || host.gone) return
    host.power = true
    host.boot++
    for (const process of host.processes) {
      for (const actor of process.actorIds) this.room.network.reset(actor, cause)
      if (!process.held) this.startLater(process, BOOT_TIME + process.spec.restartDelay, cause)
    }
    this.room.network.mendAll()
  }

  // Processes

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

  /** The process that an actor belongs to, also while that is dead. */
  homeOf(actor: ActorId): Process | undefined {
    return this.homes.get(actor)
  }

  /** Puts a process on its host and starts it at once, or after `delay`. */
  addProcess(spec: ProcessSpec, delay: Micros = 0, cause: Seq = this.room.journal.cause): void {
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
      disk: this.room.disks.file(() => process),
      backlog: [],
    }
    host.processes.push(process)
    this.processes.set(id, process)
    this.homes.set(id, process)
    if (delay === 0) this.start(process, cause)
    else this.startLater(process, delay, cause)
  }

  /** The operating system stops a process; its supervisor starts it again unless chaos holds it down. */
  endProcess(id: ActorId, reason: string, cause: Seq): void {
    const process = this.process(id)
    if (process.state === 'dead') return
    this.disturb()
    const exit = this.room.journal.append(
      KERNEL,
      'ProcessExited',
      { process: id, host: process.host.name, reason },
      undefined,
      cause,
    ).seq
    this.bury(process)
    process.disk.abandonSync()
    for (const actor of process.actorIds) this.room.network.reset(actor, exit)
    if (!process.held) this.startLater(process, process.spec.restartDelay, exit)
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
    for (const actor of process.actorIds) this.room.network.fallSilent(actor)
  }

  resume(id: ActorId): void {
    const process = this.process(id)
    if (process.state !== 'paused') return
    process.state = 'running'
    // What it says from now on has an open way: only what was said to it meanwhile is sent again.
    this.room.network.mendAll()
    for (const item of process.backlog.splice(0)) item()
  }

  // Inside

  private start(process: Process, cause: Seq): void {
    if (process.state !== 'dead' || !process.host.power || process.held) return
    process.state = 'running'
    this.disturb()
    process.incarnation++
    const { id, host } = process.spec
    const started = this.room.journal.append(
      KERNEL,
      'ProcessStarted',
      { process: id, host, incarnation: process.incarnation },
      undefined,
      cause,
    )
    this.room.actors.boot(process, started, (actor) => {
      if (!process.actorIds.includes(actor)) process.actorIds.push(actor)
      this.homes.set(actor, process)
    })
  }

  private startLater(process: Process, delay: Micros, cause: Seq): void {
    const incarnation = process.incarnation
    this.room.queue.push(this.room.journal.now + delay, () => {
      if (process.incarnation === incarnation) this.start(process, cause)
    })
  }

  private disturb(): void {
    this.room.quiet.disturb(this.room.journal.now)
  }

  private bury(process: Process): void {
    for (const cell of process.actors.values()) cell.ref = undefined
    process.actors = new Map()
    process.backlog.length = 0
    process.state = 'dead'
  }
}

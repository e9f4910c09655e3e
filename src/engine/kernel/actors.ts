import { createActor, type AnyActorRef } from 'xstate'
import type { ActorId, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import type { ActorContext, HostedActor } from '../actor.ts'
import { invariant } from '../invariant.ts'
import type { Journal } from './journal.ts'
import type { ActorCell, Process } from './process.ts'
import type { EventQueue } from './queue.ts'
import type { Random } from './random.ts'
import { createRootActor } from './root.ts'

export type Substitute = (id: ActorId, actor: HostedActor) => HostedActor

/** What actors reach of the world, through their contexts. */
export interface World {
  readonly journal: Journal
  readonly queue: EventQueue<() => void>
  readonly random: Random
  /** What clocks without skew show beside the journal's time: since when the run goes. */
  readonly wallStart: Micros
  readonly substitute: Substitute
  send(event: LogEvent, to: ActorId): void
  quietFor(): Micros
  exit(process: Process, reason: string, cause: Seq): void
}

/** Where actors live: brings them up with their process, hands them events, lets their timers ring. */
export class Actors {
  private readonly world: World
  private readonly root: AnyActorRef = createRootActor()
  private readonly relays: ActorCell[] = []

  constructor(world: World) {
    this.world = world
  }

  /** Starts the actors of a process; what they emit is caused by `started`. Tells of each before it acts. */
  boot(process: Process, started: LogEvent, born: (id: ActorId) => void): void {
    const { journal, substitute } = this.world
    const before = journal.current
    journal.current = started
    for (const [id, hosted] of process.spec.boot()) {
      born(id)
      const { incarnation } = process
      const cell: ActorCell = { id, process, incarnation, ref: undefined, timers: new Map(), nextTimer: 0 }
      process.actors.set(id, cell)
      const input = this.contextOf(cell)
      cell.ref = createActor(substitute(id, hosted).logic, { parent: this.root, id, input })
      cell.ref.start()
      this.check(cell)
    }
    this.flushRelays()
    journal.current = before
  }

  /** Gives an event to an actor, then to those it hands it on to. */
  hand(event: LogEvent, cell: ActorCell): void {
    const { journal } = this.world
    const before = journal.current
    journal.current = event
    cell.ref?.send(event)
    this.check(cell)
    this.flushRelays()
    journal.current = before
  }

  private contextOf(cell: ActorCell): ActorContext {
    const { journal, queue, random, wallStart, ...world } = this.world
    const { process } = cell
    const alive = (): boolean => process.incarnation === cell.incarnation && process.state !== 'dead'
    return {
      id: cell.id,
      host: process.host.name,
      boot: process.host.boot,
      random: random.fork(`${cell.id}#${cell.incarnation}`),
      disk: process.disk,
      get now() {
        return wallStart + journal.now + process.host.skew
      },
      get monotonic() {
        return journal.now
      },
      get seq() {
        return journal.cause
      },
      get quietFor() {
        return world.quietFor()
      },
      emit: (type, data, options) => {
        invariant(alive(), `${cell.id} acts only while it lives`)
        const event = journal.append(cell.id, type, data, options?.to, options?.cause ?? journal.cause)
        if (event.to !== undefined) world.send(event, event.to)
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
        const { cause } = journal
        queue.push(journal.now, () => {
          if (alive()) world.exit(process, reason, cause)
        })
      },
    }
  }

  private setTimer(cell: ActorCell, name: string, key: string, delay: Micros): void {
    invariant(
      delay >= 0 && Number.isSafeInteger(delay),
      `${cell.id} sets ${name} to an integer of microseconds from now, not ${delay}`,
    )
    const { journal, queue } = this.world
    const id = timerId(name, key)
    const generation = cell.nextTimer++
    const { cause } = journal
    cell.timers.set(id, generation)
    queue.push(journal.now + delay, () => this.fire(cell, id, generation, name, key, cause))
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
    this.hand(this.world.journal.append(cell.id, 'TimerFired', { name, key }, cell.id, cause), cell)
  }

  private flushRelays(): void {
    const event = this.world.journal.current
    for (let next = this.relays.shift(); next !== undefined; next = this.relays.shift()) {
      if (event === undefined || next.process.incarnation !== next.incarnation) continue
      next.ref?.send(event)
      this.check(next)
    }
  }

  /** xstate swallows what an actor throws; a programmer's error has to stop the run. */
  private check(cell: ActorCell): void {
    const failure = cell.failure
    if (failure !== undefined) throw new ActorFailure(cell.id, this.world.journal.current, failure.error)
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

import type { Actor } from 'xstate'
import type { ActorId, Micros } from '../../events/envelope.ts'
import type { HostedActor } from '../actor.ts'
import type { DiskFile } from './disk.ts'

/** A machine: what its processes share and lose together. */
export interface Host {
  readonly name: string
  power: boolean
  /** It has been taken away and never gets power again. */
  gone: boolean
  /** Grows with each boot. */
  boot: number
  /** How far its clock is off. */
  skew: Micros
  /** Factor on the time of a disk sync. */
  diskFactor: number
  diskFull: boolean
  readonly processes: Process[]
}

/** What makes a process; `boot` runs at every start, so what the actors share in memory is new each time. */
export interface ProcessSpec {
  /** Also the id of its first actor. */
  readonly id: ActorId
  readonly host: string
  /** The actors by id, first the one that bears the process's name. */
  boot(): ReadonlyMap<ActorId, HostedActor>
  /** How long its supervisor waits before it starts the process again after an exit or a kill that is over. */
  readonly restartDelay: Micros
}

export type ProcessState = 'running' | 'paused' | 'dead'

/** A program on a host. Its actors live and die together. */
export interface Process {
  readonly spec: ProcessSpec
  readonly host: Host
  state: ProcessState
  /** Grows with each start; what was planned for an earlier one is void. */
  incarnation: number
  /** Chaos holds it down: its supervisor may not start it. */
  held: boolean
  /** Ids of all its actors, also while it is dead. */
  readonly actorIds: ActorId[]
  actors: Map<ActorId, ActorCell>
  readonly disk: DiskFile
  /** What arrives while it is paused. */
  readonly backlog: (() => void)[]
}

/** One living actor: its xstate reference and its alarms. */
export interface ActorCell {
  readonly id: ActorId
  readonly process: Process
  readonly incarnation: number
  ref: Actor<HostedActor['logic']> | undefined
  /** Alarm by name and key: the generation that is valid. A cancelled or replaced alarm stays queued and is void. */
  readonly timers: Map<string, number>
  nextTimer: number
  /** What it threw. */
  failure?: { readonly error: unknown }
}

import type { ActorLogic, Snapshot } from 'xstate'
import type { EventData, EventType } from '../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros, Seq } from '../events/envelope.ts'
import type { Disk } from './kernel/disk.ts'
import type { Random } from './kernel/random.ts'

/**
 * All that an actor has besides its own state and the event in hand.
 *
 * There is no way from here to another actor, to the log or to the truth: what an actor wants to be known it emits.
 */
export interface ActorContext {
  readonly id: ActorId
  /** The host it runs on. */
  readonly host: string
  /** How often this host has booted; a new number means that no process of before lives. */
  readonly boot: number
  /** The host's wall clock: virtual time plus the host's skew. For what is written down; it can be set, also back. */
  readonly now: Micros
  /** A clock that nobody can set: for measuring how long something takes. */
  readonly monotonic: Micros
  readonly random: Random
  readonly disk: Disk
  /**
   * How long nothing has been wrong anywhere: no fault in force, no process started or ended. Only for leaving out work
   * whose outcome is then known; never for deciding anything.
   */
  readonly quietFor: Micros
  /** Position of the event in hand: the default cause of what is emitted, and what to keep to name it as a cause later. */
  readonly seq: Seq
  /** Appends an event; with `to` it also travels there over the network. Gives its position. */
  emit<T extends EventType>(type: T, data: EventData<T>, options?: { readonly to?: ActorId; readonly cause?: Seq }): Seq
  /** Sets an alarm, replacing one of the same name and key: `TimerFired {name, key}` comes after `delay`. */
  setTimer(name: string, key: string, delay: Micros): void
  cancelTimer(name: string, key: string): void
  hasTimer(name: string, key: string): boolean
  /** Hands the event in hand to another actor of the same process next, as a shared informer does. Not a new event. */
  relay(to: ActorId): void
  /** How an actor's wrapper reports what the actor threw; the kernel then stops the run. */
  fail(error: unknown): void
  /** Ends the process this actor lives in, as a component does that cannot go on. */
  exit(reason: string): void
}

/** How one kind of component behaves. `S` is what it keeps in memory: its own alone, mutable, lost in a crash. */
export interface ActorDefinition<S> {
  /** Begins (again): with an empty memory and whatever the disk holds. */
  start(context: ActorContext): S
  receive(state: S, event: LogEvent, context: ActorContext): void
}

/** A definition whose state type is nobody else's business: what the kernel hosts. */
export interface HostedActor {
  readonly logic: ActorLogic<ActorSnapshot, LogEvent, ActorContext>
}

/** xstate's view of an actor of ours. The state lives behind `receive`; a transition moves it in place and allocates nothing. */
type ActorSnapshot = Snapshot<undefined> & { readonly receive: (event: LogEvent) => void }

/** xstate tells a logic that its actor stops; for us the process is gone already. */
const XSTATE_STOP: string = 'xstate.stop'

/** Turns a definition into xstate logic. The context comes as xstate input, so one definition serves any number of actors. */
export const defineActor = <S>(definition: ActorDefinition<S>): HostedActor => ({
  logic: {
    getInitialSnapshot: (_scope, context) => ({
      status: 'active',
      output: undefined,
      error: undefined,
      receive: receiver(definition, context),
    }),
    transition: (snapshot, event) => {
      if (event.type !== XSTATE_STOP) snapshot.receive(event)
      return snapshot
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  },
})

/** The usual case: what is kept in memory is an object that receives. */
export const actorOf = <A extends { receive(event: LogEvent): void }>(
  start: (context: ActorContext) => A,
): HostedActor => defineActor<A>({ start, receive: (actor, event) => actor.receive(event) })

const receiver = <S>(definition: ActorDefinition<S>, context: ActorContext): ((event: LogEvent) => void) => {
  try {
    const state = definition.start(context)
    return (event) => {
      try {
        definition.receive(state, event, context)
      } catch (error) {
        context.fail(error)
      }
    }
  } catch (error) {
    context.fail(error)
    return () => {}
  }
}

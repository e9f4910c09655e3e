import { createActor } from 'xstate'
import type { AnyActorLogic, AnyActorScope, AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import { InvariantError, invariant } from '../invariant.ts'

/**
 * A place to run xstate's interpreter in: one per chart, made once, because making one costs more than a transition.
 */
export interface InertScope<TEmitted> {
  run(transition: (scope: AnyActorScope) => AnyMachineSnapshot): Ran<TEmitted>
}

interface Ran<TEmitted> {
  readonly snapshot: AnyMachineSnapshot
  /** In the order in which the actions stand. */
  readonly emitted: readonly TEmitted[]
}

/**
 * An actor scope from which nothing leads out: what would send, spawn or set a timer throws, `log` is mute.
 *
 * `enqueueActions` and `assign` may ask for these things where no look at the chart can tell beforehand.
 */
export const createInertScope = <TEmitted>(machine: AnyStateMachine): InertScope<TEmitted> => {
  const refuse = (what: string) => (): never => {
    throw new InvariantError(`chart '${machine.id}' must not ${what}: only the kernel delivers and keeps time`)
  }
  const clock = { setTimeout: refuse('set a timer'), clearTimeout: refuse('cancel a timer') }
  const self = createActor(inertLogic, { id: machine.id, clock })
  const scheduler = { ...self.system.scheduler, schedule: refuse('set a timer'), cancel: refuse('cancel a timer') }

  let deferred: (() => void)[] = []
  let emitted: TEmitted[] = []
  const scope: AnyActorScope = {
    self,
    id: machine.id,
    sessionId: '',
    logger: () => {},
    defer: (effect) => void deferred.push(effect),
    emit: (event) => void emitted.push(event),
    stopChild: refuse('stop a child'),
    // `_relay` is how xstate sends; it is not in the declared type of a system.
    system: Object.assign({}, self.system, { scheduler, _relay: refuse('send an event') }),
    actionExecutor: (action) => {
      invariant(
        action.type.startsWith('xstate.'),
        `chart '${machine.id}' must not run the bare function '${action.type}'`,
      )
      action.exec?.(action.info, action.params)
    },
  }

  return {
    run(transition) {
      deferred = []
      emitted = []
      const snapshot = transition(scope)
      invariant(Object.keys(snapshot.children).length === 0, `chart '${machine.id}' must not spawn an actor`)
      for (const effect of deferred) effect()
      return { snapshot, emitted }
    },
  }
}

/** Never started; stands where xstate wants a `self`. */
const inertLogic: AnyActorLogic = {
  getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
  transition: (snapshot) => snapshot,
  getPersistedSnapshot: (snapshot) => snapshot,
}

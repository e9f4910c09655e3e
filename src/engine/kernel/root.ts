import { createActor, fromTransition, type AnyActorRef } from 'xstate'
import { InvariantError } from '../invariant.ts'

/**
 * The actor under which all components live, so that they share one xstate system and none appears among its children.
 * Its clock refuses to work: time belongs to the kernel, and a stray `after` must fail a test, not tick.
 */
export const createRootActor = (): AnyActorRef => {
  const refuse = (): never => {
    throw new InvariantError('timers belong to the kernel: no `after`, no delayed send')
  }
  const root = createActor(
    fromTransition(() => null, null),
    { id: 'kernel', clock: { setTimeout: refuse, clearTimeout: refuse } },
  )
  root.start()
  return root
}

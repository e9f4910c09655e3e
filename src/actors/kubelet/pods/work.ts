import type { Micros } from '../../../events/envelope.ts'

/** Something a sync waits for. `begin` is called once; `resume` continues the sync with what came of it. */
export interface Await {
  begin(resume: (answer: unknown) => void): void
  /** The deletion of the Pod ends the wait. */
  readonly canAbandon?: boolean
}

/** How a sync ended. */
export interface WorkEnd {
  /** Try again, after the usual delay or not before a moment. */
  readonly retry?: { readonly notBefore?: Micros }
  /** It started something: look at the runtime now. */
  readonly look?: boolean
}

/** One sync of one Pod, written as upstream writes it: step by step, each waiting for the runtime. A crash forgets it. */
export type Work<R = WorkEnd> = Generator<Await, R, unknown>

/** Waits for an answer whose type `begin` fixes. */
export function* wait<T>(
  begin: (resume: (answer: T) => void) => void,
  options: { readonly canAbandon?: boolean } = {},
): Generator<Await, T, unknown> {
  const answer = yield { begin: begin as Await['begin'], ...options }
  // `resume` of this very wait gave it.
  return answer as T
}

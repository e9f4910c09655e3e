/** A programmer's error: something that must hold does not. Never caught inside the core; the kernel stops and shows the causal chain. */
export class InvariantError extends Error {
  constructor(why: string) {
    super(`invariant: ${why}`)
    this.name = 'InvariantError'
  }
}

/** States what must hold, in every build. @throws InvariantError with the sentence. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) throw new InvariantError(why)
}

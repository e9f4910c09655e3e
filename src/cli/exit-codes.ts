/** What a command tells its caller. */
export const CONVERGED = 0
/** The cluster did not converge; recordings differ. */
export const NOT_CONVERGED = 1
/** The input cannot be used: a flag, a manifest, a recording. */
export const BAD_INPUT = 2

/** Input that cannot be used. One line each. */
export class BadInput extends Error {
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'BadInput'
    this.lines = lines
  }
}

/** By its name: what words do may be a script of its own, with classes of its own. */
export const isBadInput = (error: unknown): error is BadInput => error instanceof Error && error.name === 'BadInput'

/** What is wrong with bytes that came in, said so that a person finds the place. */
export interface Problem {
  /** An error makes what was read unusable as a whole; a warning says what is missing from it. */
  readonly severity: 'error' | 'warning'
  /** Line of the file, from 1; 0 when no single line is to blame. */
  readonly line: number
  /** Path of the field, `data.call.verb`; empty when the whole line is meant. */
  readonly path: string
  readonly message: string
}

export const errorAt = (line: number, path: string, message: string): Problem => ({
  severity: 'error',
  line,
  path,
  message,
})

export const warningAt = (line: number, message: string): Problem => ({ severity: 'warning', line, path: '', message })

/** `line 7: data.call.verb: expected "get" | "list", got "gett"`. */
export const describeProblem = ({ severity, line, path, message }: Problem): string =>
  [
    ...(severity === 'warning' ? ['warning'] : []),
    ...(line > 0 ? [`line ${line}`] : []),
    ...(path ? [path] : []),
    message,
  ].join(': ')

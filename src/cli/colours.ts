import pc from 'picocolors'

/** What of a stream decides whether colours are written to it. */
export interface Sink {
  readonly isTTY?: boolean
}

const said = (value: string | undefined): boolean => value !== undefined && value !== ''

/**
 * Whether text to a stream is coloured: on a terminal, and nowhere else. What is piped or redirected stays plain, in CI
 * too, so that it can be searched. NO_COLOR and FORCE_COLOR (set to anything, FORCE_COLOR but to 0) say otherwise.
 */
export const takesColours = (stream: Sink, env: Readonly<Record<string, string | undefined>>): boolean => {
  if (said(env['NO_COLOR']) || env['FORCE_COLOR'] === '0') return false
  if (said(env['FORCE_COLOR'])) return true
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

/** Colours for what goes to standard output. */
export const toStdout = pc.createColors(takesColours(process.stdout, process.env))

/** Colours for what goes to standard error. */
export const toStderr = pc.createColors(takesColours(process.stderr, process.env))

/** What the command of a container says about how long it runs: the handful of shell that manifests contain. */
import type { Micros } from '../../events/envelope.ts'
import type { Container } from '../types/container.ts'
import { parseDuration } from './duration.ts'
import { baseName, isShell } from './shell/shells.ts'

/** A program that runs for a while and ends; `forever` if it does not. */
export interface ProgramRun {
  readonly forever: boolean
  readonly takes: Micros
  readonly code: number
}

const FOREVER: ProgramRun = { forever: true, takes: 0, code: 0 }
const DONE: ProgramRun = { forever: false, takes: 0, code: 0 }

/**
 * Reads `command` and `args`; undefined when they name a program that nothing is known about.
 *
 * Abridged: of shell only sequences are read (`;`, `&&`, newlines) of `sleep`, `exit`, `true`, `false`, `echo`, `tail -f`,
 * `wait` and endless loops; any other program in a sequence takes no time and succeeds.
 */
export const programOf = (container: Pick<Container, 'command' | 'args'>): ProgramRun | undefined => {
  const words = [...(container.command ?? []), ...(container.args ?? [])]
  const [program = '', ...rest] = words
  const name = baseName(program)
  if (isShell(name)) {
    const script = rest.find((word) => !word.startsWith('-'))
    return script === undefined ? DONE : scriptRun(script)
  }
  return commandRun(name, rest)
}

/** A hook's or probe's command line: how long it takes. */
export const commandTakes = (command: readonly string[] | undefined): Micros => programOf({ command })?.takes ?? 0

const scriptRun = (script: string): ProgramRun => {
  if (/\bwhile\s+(true|:|\[\s*1\s*\])|\buntil\s+false|for\s*\(\(\s*;;/.test(script)) return FOREVER
  let takes = 0
  let code = 0
  for (const part of script.split(/;|&&|\|\||\n/)) {
    const [name = '', ...rest] = part.trim().split(/\s+/)
    const run = commandRun(name === 'exec' ? (rest[0] ?? '') : name, name === 'exec' ? rest.slice(1) : rest)
    if (run === undefined) continue
    if (run.forever) return FOREVER
    takes += run.takes
    code = run.code
    if (name === 'exit') break
  }
  return { forever: false, takes, code }
}

const commandRun = (name: string, rest: readonly string[]): ProgramRun | undefined => {
  switch (name) {
    case 'sleep': {
      const [time = '0'] = rest
      if (time.startsWith('inf')) return FOREVER
      const takes = time.endsWith('d') ? Number(time.slice(0, -1)) * 86_400_000_000 : parseDuration(time)
      return { forever: false, takes: takes ?? 0, code: takes === undefined || Number.isNaN(takes) ? 1 : 0 }
    }
    case 'exit': {
      const code = Number(rest[0] ?? '0')
      return { forever: false, takes: 0, code: Number.isInteger(code) ? code : 2 }
    }
    case 'false':
      return { forever: false, takes: 0, code: 1 }
    case 'true':
    case 'echo':
    case 'date':
      return DONE
    case 'tail':
      return rest.includes('-f') || rest.includes('-F') ? FOREVER : DONE
    case 'wait':
    case 'pause':
    case '/pause':
      return FOREVER
    default:
      return undefined
  }
}

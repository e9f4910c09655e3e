/** Containers at whose open standard input somebody sits: what he sees is made for him, not for the log. */
import type { Container } from '../types/container.ts'
import { programOf } from './command.ts'
import { programIn } from './images.ts'
import { asksNetwork } from './shell/network-commands.ts'
import { isProgram } from './shell/run.ts'
import { baseName, isShell } from './shell/shells.ts'

export interface AttendedCommand {
  readonly words: readonly string[]
  /** It lives until it is told to exit or until its input ends. */
  readonly readsInput: boolean
}

/**
 * What a container runs once somebody is attached, as `kubectl run -i` and `kubectl debug -i` are: a shell, or `cat` without
 * files; a program that says something of the world around it; a script that asks the network. Undefined for every other
 * container.
 *
 * Abridged: it begins when somebody attaches, and nobody else sees what it writes until he has.
 */
export const attendedCommand = (container: Container): AttendedCommand | undefined => {
  const { stdin, command = [], args = [], image = '' } = container
  if (stdin !== true) return undefined
  const words = [...command, ...args]
  const [program = '', ...rest] = words
  if (program === '') return programIn(image) === 'tool' ? { words: ['sh'], readsInput: true } : undefined
  const isReader = isShell(program) ? rest.every((word) => word.startsWith('-')) : isCat(program) && rest.length === 0
  if (isReader) return { words, readsInput: true }
  return asksTheWorld(container, words) ? { words, readsInput: false } : undefined
}

const isCat = (program: string): boolean => baseName(program) === 'cat'

/** What echoes, sleeps or loops for ever does so by itself. */
const asksTheWorld = (container: Container, words: readonly string[]): boolean => {
  const [program = '', ...rest] = words
  const run = programOf(container)
  if (!isShell(program)) return run === undefined && isProgram(program)
  return run?.forever !== true && rest.some((word) => word.split(/[^\w/-]+/).some(asksNetwork))
}

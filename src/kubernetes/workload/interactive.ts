/** Containers whose process reads what somebody types into them: a shell, or `cat`. */
import type { Container } from '../types/container.ts'
import { programIn } from './images.ts'
import { baseName, isShell } from './shell/shells.ts'

/**
 * The command line of a container that is nothing but a shell, or `cat` without files, at an open standard input: it lives
 * until it is told to exit or until its input ends. Undefined for every other container.
 */
export const attendedShell = ({ stdin, command = [], args = [], image }: Container): readonly string[] | undefined => {
  if (stdin !== true) return undefined
  const [program = '', ...rest] = [...command, ...args]
  if (program === '') return programIn(image ?? '') === 'tool' ? ['sh'] : undefined
  if (baseName(program) === 'cat' && rest.length === 0) return [program]
  return isShell(program) && rest.every((word) => word.startsWith('-')) ? [program, ...rest] : undefined
}

/** Containers whose process is a shell that reads what somebody types into them. */
import type { Container } from '../types/container.ts'
import { programIn } from './images.ts'
import { isShell } from './shell/shells.ts'

/**
 * The command line of a container that is nothing but a shell at an open standard input: it lives until it is told to exit
 * or until its input ends. Undefined for every other container.
 */
export const attendedShell = ({ stdin, command = [], args = [], image }: Container): readonly string[] | undefined => {
  if (stdin !== true) return undefined
  const [program = '', ...rest] = [...command, ...args]
  if (program === '') return programIn(image ?? '') === 'tool' ? ['sh'] : undefined
  return isShell(program) && rest.every((word) => word.startsWith('-')) ? [program, ...rest] : undefined
}

/** What a container's own command writes. */
import type { Micros } from '../../events/envelope.ts'
import type { Container } from '../types/container.ts'
import { expanded } from './container-files.ts'
import type { LogLine } from './log-lines.ts'
import { asksNetwork } from './shell/network-commands.ts'
import { isProgram, runCommand } from './shell/run.ts'
import { emptyWorld, type ShellWorld } from './shell/world.ts'
import { splitLines } from './shell/text.ts'

/** Steps after which a script that neither sleeps nor ends is left alone. */
const STEPS_MAX = 100_000

/** What a process meets whose clock shows `now`, which is a moment of virtual time. */
export type WorldAt = (now: () => Micros) => ShellWorld

export const nothingAround: WorldAt = (now) => ({ ...emptyWorld(), now })

/**
 * Undefined where the command is no program that a container is known to have, or one that only says what others answer.
 *
 * Abridged: nobody answers what a script asks the network for.
 */
export const scriptLines = (
  { command = [], args = [] }: Pick<Container, 'command' | 'args'>,
  startedAt: Micros,
  until: Micros,
  most: number,
  worldAt: WorldAt = nothingAround,
): readonly LogLine[] | undefined => {
  const words = [...command, ...args]
  const [program = ''] = words
  if (!isProgram(program) || asksNetwork(program)) return undefined
  const lines: LogLine[] = []
  let at = startedAt
  let rest = ''
  const world = worldAt(() => at)
  const running = runCommand(
    words.map((word) => expanded(word, world.variables)),
    world,
  )
  let next = running.next()
  for (let step = 0; next.done !== true && step < STEPS_MAX && at <= until && lines.length < most; step++) {
    const { value: effect } = next
    if (effect.kind === 'output') {
      const split = splitLines(rest + effect.text)
      rest = split.rest
      for (const text of split.lines) lines.push({ at, text })
    }
    if (effect.kind === 'sleep') at += effect.takes
    if (effect.kind === 'forever') break
    next = running.next(undefined)
  }
  if (rest !== '') lines.push({ at, text: rest })
  return lines
}

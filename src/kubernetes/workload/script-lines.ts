/** What a container's own command writes. */
import type { Micros } from '../../events/envelope.ts'
import type { Container } from '../types/container.ts'
import type { LogLine } from './log-lines.ts'
import { runCommand } from './shell/run.ts'
import { isShell } from './shell/shells.ts'
import { emptyWorld } from './shell/world.ts'
import { splitLines } from './shell/text.ts'

/** Steps after which a script that neither sleeps nor ends is left alone. */
const STEPS_MAX = 100_000

/** Undefined where the command is no script that writes. */
export const scriptLines = (
  { command = [], args = [] }: Pick<Container, 'command' | 'args'>,
  startedAt: Micros,
  until: Micros,
  most: number,
): readonly LogLine[] | undefined => {
  const words = [...command, ...args]
  if (!isShell(words[0] ?? '') && words[0] !== 'echo') return undefined
  const lines: LogLine[] = []
  let at = startedAt
  let rest = ''
  const world = { ...emptyWorld(), now: () => at }
  const running = runCommand(words, world)
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

import cliProgress from 'cli-progress'
import type { Micros } from '../events/envelope.ts'
import { formatDuration } from '../chaos/duration.ts'

/** Shows how far a run is, in virtual time: a bar on a terminal, else a line every ten seconds. Always on stderr. */
export interface Progress {
  update(now: Micros, note: string): void
  stop(): void
}

const LINE_EVERY_MS = 10_000
const SILENT: Progress = { update: () => {}, stop: () => {} }

const wholeSeconds = (time: Micros): string => formatDuration(time - (time % 1_000_000))

export const createProgress = (total: Micros, enabled: boolean): Progress => {
  if (!enabled) return SILENT
  return process.stderr.isTTY ? createBar(total) : createLines(total)
}

const createBar = (total: Micros): Progress => {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {clock} of {end}  {note}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  })
  bar.start(total, 0, { clock: '0s', end: wholeSeconds(total), note: '' })
  return {
    update: (now, note) => bar.update(now, { clock: wholeSeconds(now), note }),
    stop: () => bar.stop(),
  }
}

const createLines = (total: Micros): Progress => {
  let last = Date.now()
  return {
    update: (now, note) => {
      if (Date.now() - last < LINE_EVERY_MS) return
      last = Date.now()
      process.stderr.write(`${wholeSeconds(now)} of ${wholeSeconds(total)}  ${note}\n`)
    },
    stop: () => {},
  }
}

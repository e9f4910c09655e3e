import { either as E } from 'fp-ts'
import type { Micros } from '../events/envelope.ts'

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }
const PART = /(\d+)(us|ms|s|m|h)/gy

/** Reads `90s`, `1m30s`, `250ms`: whole numbers with units, largest first or not. */
export const parseDuration = (text: string): E.Either<string, Micros> => {
  PART.lastIndex = 0
  let total = 0
  let end = 0
  for (let match = PART.exec(text); match !== null; match = PART.exec(text)) {
    total += Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0)
    end = PART.lastIndex
  }
  if (text === '' || end !== text.length) return E.left(`"${text}" is not a duration such as 90s, 1m30s or 250ms`)
  return Number.isSafeInteger(total) ? E.right(total) : E.left(`"${text}" is longer than can be simulated`)
}

/** Writes a duration as `parseDuration` reads it, in whole units: `1m30s`, `250ms`. */
export const formatDuration = (duration: Micros): string => {
  let rest = duration
  let text = ''
  for (const unit of ['h', 'm', 's', 'ms', 'us']) {
    const size = UNITS[unit] ?? 1
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) text += `${count}${unit}`
  }
  return text === '' ? '0s' : text
}

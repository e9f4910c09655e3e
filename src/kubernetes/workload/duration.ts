/** Durations as Go writes them: `1h2m3.5s`, `300ms`. Source: Go, time/format.go (ParseDuration) and time/time.go (String). */
import type { Micros } from '../../events/envelope.ts'

const UNITS: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['µs', 1],
  ['ms', 1_000],
  ['s', 1_000_000],
  ['m', 60_000_000],
  ['h', 3_600_000_000],
])

const PART = /(\d+)(?:\.(\d+))?(us|µs|ms|s|m|h)/y

/** Microseconds of a text, undefined if it is no duration. A bare number counts as seconds, as people write it. */
export const parseDuration = (text: string): Micros | undefined => {
  if (/^\d+$/.test(text)) return Number(text) * 1_000_000
  let total = 0
  PART.lastIndex = 0
  if (text === '') return undefined
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text)
    if (match === null) return undefined
    const [, whole = '0', fraction = '', suffix = ''] = match
    const unit = UNITS.get(suffix) ?? 0
    const digits = fraction.slice(0, 6).padEnd(6, '0')
    total += Number(whole) * unit + Math.floor((Number(digits) * unit) / 1_000_000)
  }
  return total
}

const trimmed = (whole: number, fraction: number, digits: number): string => {
  if (fraction === 0) return String(whole)
  return `${whole}.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`
}

/** The text of a duration. */
export const formatDuration = (duration: Micros): string => {
  if (duration === 0) return '0s'
  if (duration < 1_000) return `${duration}µs`
  if (duration < 1_000_000) return `${trimmed(Math.floor(duration / 1_000), duration % 1_000, 3)}ms`
  const wholeSeconds = Math.floor(duration / 1_000_000)
  const hours = Math.floor(wholeSeconds / 3600)
  const minutes = Math.floor(wholeSeconds / 60) % 60
  const rest = `${trimmed(wholeSeconds % 60, duration % 1_000_000, 6)}s`
  if (hours > 0) return `${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}

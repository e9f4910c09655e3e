/** How long ago, in two or three figures. Source: apimachinery/pkg/util/duration/duration.go, HumanDuration (v1.36). */
import type { Micros } from '../../events/envelope.ts'
import { parseTime } from '../time.ts'
import type { MicroTime, Time } from '../types/meta.ts'

const SECOND: Micros = 1_000_000

/** A second or so ahead counts as now: clocks differ. What is further ahead is invalid. */
export function humanDuration(duration: Micros): string {
  const seconds = Math.trunc(duration / SECOND)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return pair(days, 'd', hours % 24, 'h')
  if (days < 2 * 365) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`
}

const pair = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`

/** How long ago a time was that may be missing. Source: pkg/printers/internalversion/printers.go, translateTimestampSince. */
export function ageOf(time: Time | MicroTime | null | undefined, now: Micros): string {
  const at = timeOf(time)
  return at === undefined ? '<unknown>' : humanDuration(now - at)
}

/** A time that may be missing, as virtual time. */
export const timeOf = (time: Time | MicroTime | null | undefined): Micros | undefined =>
  time === undefined || time === null || time === '' ? undefined : parseTime(time)

/** The age of an object. */
export const age = (
  object: { readonly metadata?: { readonly creationTimestamp?: Time | undefined } },
  now: Micros,
): string => ageOf(object.metadata?.creationTimestamp, now)

import type { Micros } from '../events/envelope.ts'
import type { MicroTime, Time } from './types/meta.ts'

/** Virtual time 0: 2026-01-01T00:00:00Z, in seconds since 1970. Every cluster is born there. */
export const EPOCH_SECONDS = 1_767_225_600

const SECONDS_PER_DAY = 86_400
const MICROS_PER_SECOND = 1_000_000

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** A calendar day; month and day from 1. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days since 1970-01-01 to a date of the proleptic Gregorian calendar, in integers (after Howard Hinnant). */
export const civilFromDays = (days: number): CivilDate => {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 }
}

/** The inverse of `civilFromDays`. */
export const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

let cachedDay = -1
let cachedDate = ''

const dateOf = (day: number): string => {
  if (day !== cachedDay) {
    const { year, month, day: dayOfMonth } = civilFromDays(day)
    cachedDay = day
    cachedDate = `${year}-${two(month)}-${two(dayOfMonth)}`
  }
  return cachedDate
}

const dateTime = (unixSeconds: number): string => {
  const day = Math.floor(unixSeconds / SECONDS_PER_DAY)
  const second = unixSeconds - day * SECONDS_PER_DAY
  const hour = Math.floor(second / 3600)
  return `${dateOf(day)}T${two(hour)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
}

/** A moment of virtual time as Kubernetes writes it: whole seconds, cut off. */
export const rfc3339 = (at: Micros): Time => `${dateTime(EPOCH_SECONDS + Math.floor(at / MICROS_PER_SECOND))}Z`

/** A moment with six fractional digits, as Leases carry it. */
export const microTime = (at: Micros): MicroTime => {
  const seconds = Math.floor(at / MICROS_PER_SECOND)
  const fraction = String(at - seconds * MICROS_PER_SECOND).padStart(6, '0')
  return `${dateTime(EPOCH_SECONDS + seconds)}.${fraction}Z`
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** Virtual time of an RFC 3339 text, with or without a fraction; may be negative (before the cluster). Undefined if it is none. */
export const parseTime = (text: Time | MicroTime): Micros | undefined => {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const time = parseAnew(text)
  if (parsed.size >= PARSED_MAX) parsed.clear()
  if (time !== undefined) parsed.set(text, time)
  return time
}

/** Conditions are written in whole seconds and read again and again: most texts have been seen before. */
const parsed = new Map<string, Micros>()
const PARSED_MAX = 4096

const parseAnew = (text: string): Micros | undefined => {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match
  if (!exists(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))) return undefined
  const days = daysFromCivil(Number(year), Number(month), Number(day))
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * (sign === '-' ? -1 : 1)
  const unix = days * SECONDS_PER_DAY + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset
  return (unix - EPOCH_SECONDS) * MICROS_PER_SECOND + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** Whether the calendar and the clock have such a moment. Leap seconds are none, as for Go. */
function exists(year: number, month: number, day: number, hour: number, minute: number, second: number): boolean {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0)
}

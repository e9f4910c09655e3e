/**
 * Virtual time as Kubernetes writes it: RFC 3339 in UTC, by integer arithmetic.
 *
 * Source: apimachinery/pkg/apis/meta/v1/time.go (whole seconds), micro_time.go (six fractional digits).
 */
import type { Micros } from '../events/envelope.ts'
import type { MicroTime, Time } from './types/meta.ts'

/** Where virtual time 0 lies: 2026-01-01T00:00:00Z, in seconds since 1970. */
export const EPOCH = 1_767_225_600
const MICROS_PER_SECOND = 1_000_000
const SECONDS_PER_DAY = 86_400

/** Whole seconds, as object metadata and conditions have it; the fraction is cut off. */
export const timeOf = (at: Micros): Time => {
  const second = Math.floor(at / MICROS_PER_SECOND)
  // Many objects are written within one second.
  if (second !== lastSecond) {
    lastSecond = second
    lastText = `${secondText(EPOCH + second)}Z`
  }
  return lastText
}
let lastSecond = Number.NaN
let lastText = ''

/** Six fractional digits, as Leases and Events have it. */
export function microTimeOf(at: Micros): MicroTime {
  const second = Math.floor(at / MICROS_PER_SECOND)
  const fraction = at - second * MICROS_PER_SECOND
  return `${secondText(EPOCH + second)}.${fraction.toString().padStart(6, '0')}Z`
}

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/** The virtual time of a text; finer than a microsecond is cut off. Undefined for what is no RFC 3339 time. */
export function microsOf(text: Time | MicroTime): Micros | undefined {
  const shape = SHAPE.exec(text)
  if (shape === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = shape
  if (!isDate(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const days = daysFromCivil(Number(year), Number(month), Number(day))
  const offset = sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60)
  const inDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'))
  return (days * SECONDS_PER_DAY + inDay - EPOCH) * MICROS_PER_SECOND + micros
}

function secondText(unix: number): string {
  const days = Math.floor(unix / SECONDS_PER_DAY)
  const rest = unix - days * SECONDS_PER_DAY
  const { year, month, day } = civilFromDays(days)
  const time = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60].map(two).join(':')
  return `${year.toString().padStart(4, '0')}-${two(month)}-${two(day)}T${time}`
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0)
}

/** A calendar day; month from 1. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/**
 * Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the last.
 * Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

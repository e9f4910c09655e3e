/** Moments and lengths of time as texts. Source: Go's time.ParseDuration, time.RFC3339; k8s.io/kube-openapi strfmt/duration.go. */
import { Duration } from '@marcbachmann/cel-js/evaluator'
import { civilFromDays, EPOCH_SECONDS, parseTime, type CivilDate } from '../time.ts'
import { offsetAt } from '../time-zone-offset.ts'
import { timeZoneRule } from '../time-zone-rules.ts'
import { Fault } from './values.ts'

const SECOND = 1_000_000_000n
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
}
const DAYS: Readonly<Record<string, bigint>> = { d: 86_400n * SECOND, w: 604_800n * SECOND }

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/g

export const nanosOf = ({ seconds, nanos }: Duration): bigint => seconds * SECOND + BigInt(nanos)

/** Its nanoseconds are never negative, as those of differences are not. */
export function durationOf(nanos: bigint): Duration {
  const part = ((nanos % SECOND) + SECOND) % SECOND
  return new Duration((nanos - part) / SECOND, Number(part))
}

/** `1h30m`; with days and weeks where asked. Undefined for what is none. */
export function parseDuration(text: string, withDays = false): Duration | undefined {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/.exec(text) ?? []
  if (body === '0') return durationOf(0n)
  let nanos = 0n
  let end = 0
  for (const match of body.matchAll(PART)) {
    const [all, amount = '', name = ''] = match
    const unit = UNITS[name] ?? (withDays ? DAYS[name] : undefined)
    if (match.index !== end || unit === undefined) return undefined
    const [whole = '', fraction = ''] = amount.split('.')
    nanos += BigInt(whole === '' ? 0 : whole) * unit
    if (fraction !== '') nanos += (BigInt(fraction) * unit) / BigInt(`1${'0'.repeat(fraction.length)}`)
    end += all.length
  }
  if (body === '' || end !== body.length || BigInt.asIntN(64, nanos) !== nanos) return undefined
  return durationOf(sign === '-' ? -nanos : nanos)
}

/** A moment as the expression language library has it: to the millisecond. */

export type Moment = Date

export const isMoment = (value: unknown): value is Moment => Object.prototype.toString.call(value) === '[object Date]'

/** From year 1 to year 9999. */
export function timestampOf(unixMillis: number): Moment {
  if (unixMillis < -62_135_596_800_000 || unixMillis >= 253_402_300_800_000) throw new Fault('timestamp overflow')
  // eslint-disable-next-line no-restricted-globals -- Of a number, it is only that number.
  return new Date(unixMillis)
}

/** RFC 3339. Undefined for what is none. */
export function parseTimestamp(text: string): Moment | undefined {
  const micros = parseTime(text)
  return micros === undefined ? undefined : timestampOf(EPOCH_SECONDS * 1000 + Math.floor(micros / 1000))
}

/** `2026-01-01`: its midnight. */
export const parseDate = (text: string): Moment | undefined => parseTimestamp(`${text}T00:00:00Z`)

/** The fraction is as long as it must be. */
export const formatTimestamp = (at: Moment): string => at.toISOString().replace(/\.?0*Z$/, 'Z')

export function formatDuration(duration: Duration): string {
  const nanos = nanosOf(duration)
  const size = nanos < 0n ? -nanos : nanos
  const fraction = (size % SECOND).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fraction === '' ? '' : `.${fraction}`}s`
}

export interface Clock extends CivilDate {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly milli: number
  /** Since 1970-01-01. */
  readonly days: number
}

/** What clocks show at a moment: in UTC, or in a zone, or so far from UTC: `-02:00`. */
export function clockAt(at: Moment, zone?: string): Clock {
  const unix = Math.floor(at.getTime() / 1000)
  const seconds = unix + (zone === undefined ? 0 : offsetIn(zone, unix))
  const days = Math.floor(seconds / 86_400)
  const ofDay = seconds - days * 86_400
  const time = { hour: Math.floor(ofDay / 3600), minute: Math.floor(ofDay / 60) % 60, second: ofDay % 60 }
  return { ...civilFromDays(days), ...time, milli: at.getTime() - unix * 1000, days }
}

function offsetIn(zone: string, unix: number): number {
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (fixed !== null) {
    const [, sign = '', hours = '', minutes = ''] = fixed
    return (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1)
  }
  const rule = timeZoneRule(zone)
  if (rule === undefined) throw new Fault(`unknown time zone ${zone}`)
  return offsetAt(rule, unix)
}

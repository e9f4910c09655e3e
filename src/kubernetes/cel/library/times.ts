/** Moments and durations, and what clocks show. Source: cel-go common/stdlib/standard.go, common/types/{timestamp,duration}.go. */
import type { Duration } from '@marcbachmann/cel-js/evaluator'
import { daysFromCivil } from '../../time.ts'
import { weekdayOf } from '../../time-zone-offset.ts'
import { clockAt, nanosOf, parseDuration, parseTimestamp, timestampOf, type Clock, type Moment } from '../times.ts'
import { Fault } from '../values.ts'
import type { Library } from './register.ts'

const GETTERS: Readonly<Record<string, (clock: Clock) => number>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDate: ({ day }) => day,
  getDayOfMonth: ({ day }) => day - 1,
  getDayOfWeek: ({ days }) => weekdayOf(days),
  getDayOfYear: ({ days, year }) => days - daysFromCivil(year, 1, 1),
  getHours: ({ hour }) => hour,
  getMinutes: ({ minute }) => minute,
  getSeconds: ({ second }) => second,
  getMilliseconds: ({ milli }) => milli,
}

const unread = (to: string): never => {
  throw new Fault(`type conversion error from 'string' to 'google.protobuf.${to}'`)
}

export const times: Library = {
  ...Object.fromEntries(
    Object.entries(GETTERS).flatMap(([name, get]) => [
      [`<timestamp>.${name}(): int`, (at: Moment) => BigInt(get(clockAt(at)))],
      [`<timestamp>.${name}(string): int`, (at: Moment, zone: string) => BigInt(get(clockAt(at, zone)))],
    ]),
  ),
  '<duration>.getHours(): int': (length: Duration) => nanosOf(length) / 3_600_000_000_000n,
  '<duration>.getMinutes(): int': (length: Duration) => nanosOf(length) / 60_000_000_000n,
  '<duration>.getSeconds(): int': (length: Duration) => nanosOf(length) / 1_000_000_000n,
  '<duration>.getMilliseconds(): int': (length: Duration) => nanosOf(length) / 1_000_000n,
  'timestamp(string): timestamp': (text: string) => parseTimestamp(text) ?? unread('Timestamp'),
  'timestamp(int): timestamp': (seconds: bigint) => timestampOf(Number(seconds) * 1000),
  'timestamp(timestamp): timestamp': (at: Moment) => at,
  'duration(string): duration': (text: string) => parseDuration(text) ?? unread('Duration'),
  'duration(duration): duration': (length: Duration) => length,
}

/**
 * Schedules as CronJobs write them: five fields, or a descriptor as `@daily` or `@every 1h30m`.
 *
 * Source: github.com/robfig/cron/v3, parser.go, ParseStandard; problems are told in its words.
 */
import { either } from 'fp-ts'
import { isTimeZone } from './time-zones.ts'

/** The values of a field that match, in order. */
export type CronField = readonly number[]

export interface CronTimes {
  readonly minutes: CronField
  readonly hours: CronField
  readonly daysOfMonth: CronField
  readonly months: CronField
  /** 0 is Sunday. */
  readonly daysOfWeek: CronField
  /** A day matches by either of its fields, unless one of them is `*`: then by the other. */
  readonly anyDayOfMonth: boolean
  readonly anyDayOfWeek: boolean
}

export interface CronSchedule {
  /** `TZ=…` before the fields; undefined where there is none. */
  readonly timeZone: string | undefined
  /** Either these times, or an interval. */
  readonly times: CronTimes | undefined
  /** The text after `@every `: a duration as Go writes it. */
  readonly every: string | undefined
}

interface Bounds {
  readonly least: number
  readonly most: number
  readonly names: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const BOUNDS: readonly Bounds[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 6, names: WEEKDAYS },
]

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
])

const DURATION = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/

/** A schedule, or why a text is none. */
export function parseCronSchedule(text: string): either.Either<string, CronSchedule> {
  if (text === '') return either.left('empty spec string')
  const [, timeZone, rest = text] = /^(?:TZ|CRON_TZ)=(\S*)\s+(.*)$/.exec(text) ?? []
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    return either.left(`provided bad location ${timeZone}: unknown time zone ${timeZone}`)
  }
  const spec = rest.trim()
  if (!spec.startsWith('@')) return either.map((times: CronTimes) => scheduleOf(timeZone, times))(parseTimes(spec))
  const fields = DESCRIPTORS.get(spec)
  if (fields !== undefined) {
    return either.map((times: CronTimes) => scheduleOf(timeZone, times))(parseTimes(fields))
  }
  if (!spec.startsWith('@every ')) return either.left(`unrecognized descriptor: ${spec}`)
  const every = spec.slice('@every '.length)
  if (!DURATION.test(every)) {
    return either.left(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(every)}`)
  }
  return either.right({ timeZone, times: undefined, every })
}

const scheduleOf = (timeZone: string | undefined, times: CronTimes): CronSchedule => ({
  timeZone,
  times,
  every: undefined,
})

function parseTimes(spec: string): either.Either<string, CronTimes> {
  const fields = spec.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== BOUNDS.length) {
    return either.left(`expected exactly ${BOUNDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`)
  }
  const parsed: Parsed[] = []
  for (const [i, bounds] of BOUNDS.entries()) {
    const field = parseField(fields[i] ?? '', bounds)
    if (typeof field === 'string') return either.left(field)
    parsed.push(field)
  }
  const [minutes, hours, days, months, weekdays] = parsed
  return either.right({
    minutes: minutes?.values ?? [],
    hours: hours?.values ?? [],
    daysOfMonth: days?.values ?? [],
    months: months?.values ?? [],
    daysOfWeek: weekdays?.values ?? [],
    anyDayOfMonth: days?.any ?? false,
    anyDayOfWeek: weekdays?.any ?? false,
  })
}

interface Parsed {
  readonly values: CronField
  readonly any: boolean
}

/** Ranges with commas between them. */
function parseField(field: string, bounds: Bounds): Parsed | string {
  const values = new Set<number>()
  let any = false
  for (const part of field.split(',').filter((one) => one !== '')) {
    const range = parseRange(part, bounds)
    if (typeof range === 'string') return range
    any ||= range.any
    for (const value of range.values) values.add(value)
  }
  return { values: [...values].sort((a, b) => a - b), any }
}

/** `*`, `5`, `1-5`, each with or without a step `/2`. */
function parseRange(part: string, { least, most, names }: Bounds): Parsed | string {
  const [range = '', stepText, ...slashes] = part.split('/')
  const [low = '', high, ...hyphens] = range.split('-')
  const isAny = low === '*' || low === '?'
  const start = isAny ? least : numberOf(low, names)
  if (typeof start === 'string') return start
  if (!isAny && hyphens.length > 0) return `too many hyphens: ${part}`
  const given = isAny ? most : high === undefined ? start : numberOf(high, names)
  if (typeof given === 'string') return given
  if (slashes.length > 0) return `too many slashes: ${part}`
  const step = stepText === undefined ? 1 : numberOf(stepText, [])
  if (typeof step === 'string') return step
  // `5/15` is `5-59/15`.
  const end = stepText !== undefined && high === undefined ? most : given
  if (start < least) return `beginning of range (${start}) below minimum (${least}): ${part}`
  if (end > most) return `end of range (${end}) above maximum (${most}): ${part}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${part}`
  if (step === 0) return `step of range should be a positive number: ${part}`
  const values: number[] = []
  for (let value = start; value <= end; value += step) values.push(value)
  return { values, any: isAny && step === 1 }
}

/** A number, or the name of a month or a weekday; else why it is none. */
function numberOf(text: string, names: readonly string[]): number | string {
  const named = names.indexOf(text.toLowerCase())
  if (named >= 0) return names === MONTHS ? named + 1 : named
  if (!/^[-+]?\d+$/.test(text)) {
    const quoted = JSON.stringify(text)
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${quoted}: invalid syntax`
  }
  const value = Number(text)
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value
}

import type { Micros } from '../../../events/envelope.ts'
import { EPOCH_SECONDS, rfc3339 } from '../../time.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** What `date` prints: as busybox without a format, or in one. UTC, as containers are. */
export const dateText = (at: Micros, args: readonly string[]): string => {
  const text = rfc3339(at)
  const seconds = EPOCH_SECONDS + Math.floor(at / 1_000_000)
  const [date = '', clock = ''] = text.slice(0, -1).split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  const weekday = DAYS[(Math.floor(seconds / 86_400) + 4) % 7] ?? ''
  const monthName = MONTHS[Number(month) - 1] ?? ''
  const format = args.find((arg) => arg.startsWith('+'))
  if (format === undefined && args.some((arg) => arg.startsWith('-I'))) return `${date}T${clock}+00:00`
  if (format === undefined) return `${weekday} ${monthName} ${day.replace(/^0/, ' ')} ${clock} UTC ${year}`
  const [hour = '', minute = '', second = ''] = clock.split(':')
  const values: Readonly<Record<string, string>> = {
    Y: year,
    m: month,
    d: day,
    H: hour,
    M: minute,
    S: second,
    s: String(seconds),
    F: date,
    T: clock,
    a: weekday,
    b: monthName,
    Z: 'UTC',
    z: '+0000',
    N: String((at % 1_000_000) * 1000).padStart(9, '0'),
    '%': '%',
  }
  return format.slice(1).replace(/%([A-Za-z%])/g, (whole, name: string) => values[name] ?? whole)
}

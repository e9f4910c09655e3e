/** `"%s is %d".format([name, size])`. Source: cel-go ext/formatting.go, formatting_v2.go. */
import { UnsignedInt, Duration } from '@marcbachmann/cel-js/evaluator'
import { formatDuration, formatTimestamp, isMoment } from '../times.ts'
import { entriesOf, Fault, isMap, typeNameOf } from '../values.ts'
import { textOfBytes, textOfDouble } from './conversions.ts'

const CLAUSE = /%(?:%|(?:\.(\d+))?([a-zA-Z])?)/g
const encoder = new TextEncoder()

export function formatted(text: string, args: readonly unknown[]): string {
  let next = 0
  return text.replace(CLAUSE, (all, precision: string | undefined, letter: string | undefined) => {
    if (all === '%%') return '%'
    if (letter === undefined) throw new Fault('unexpected end of string')
    if (next >= args.length) throw new Fault(`index ${next} out of range`)
    const arg = args[next]
    next += 1
    return clause(letter, arg, precision === undefined ? 6 : Number(precision))
  })
}

function clause(letter: string, arg: unknown, precision: number): string {
  switch (letter) {
    case 's':
      return textOf(arg)
    case 'd':
      return decimal(arg)
    case 'f':
      return fixed(numberFor(arg, 'fixed-point clause'), precision)
    case 'e':
      return exponent(numberFor(arg, 'scientific clause'), precision)
    case 'b':
      return arg === true ? '1' : arg === false ? '0' : integerFor(arg, 'binary clause').toString(2)
    case 'o':
      return integerFor(arg, 'octal clause').toString(8)
    case 'x':
      return hex(arg)
    case 'X':
      return hex(arg).toUpperCase()
    default:
      throw new Fault(`could not parse formatting clause: unrecognized formatting clause "${letter}"`)
  }
}

const unfit = (what: string, wanted: string, arg: unknown): never => {
  throw new Fault(`error during formatting: ${what} can only be used on ${wanted}, was given ${typeNameOf(arg)}`)
}

function integerFor(arg: unknown, what: string): bigint {
  if (typeof arg === 'bigint') return arg
  return arg instanceof UnsignedInt ? arg.value : unfit(what, 'integers', arg)
}

const decimal = (arg: unknown): string =>
  typeof arg === 'number' ? textOfDouble(arg) : String(integerFor(arg, 'decimal clause'))

function numberFor(arg: unknown, what: string): number {
  if (typeof arg === 'number') return arg
  if (typeof arg === 'bigint') return Number(arg)
  return arg instanceof UnsignedInt ? Number(arg.value) : unfit(what, 'doubles', arg)
}

const fixed = (value: number, precision: number): string =>
  Number.isFinite(value) ? value.toFixed(precision) : infinite(value)

const infinite = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity')

function exponent(value: number, precision: number): string {
  if (!Number.isFinite(value)) return infinite(value)
  return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
}

const ofBytes = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function hex(arg: unknown): string {
  if (typeof arg === 'string') return ofBytes(encoder.encode(arg))
  if (arg instanceof Uint8Array) return ofBytes(arg)
  if (typeof arg === 'bigint' || arg instanceof UnsignedInt) return integerFor(arg, 'hex clause').toString(16)
  return unfit('hex clause', 'integers, byte buffers, and strings', arg)
}

function textOf(arg: unknown): string {
  if (arg === null) return 'null'
  if (typeof arg === 'string' || typeof arg === 'boolean' || typeof arg === 'bigint') return String(arg)
  if (typeof arg === 'number') return Number.isFinite(arg) ? textOfDouble(arg) : infinite(arg)
  if (arg instanceof UnsignedInt) return String(arg.value)
  if (arg instanceof Uint8Array) return textOfBytes(arg)
  if (isMoment(arg)) return formatTimestamp(arg)
  if (arg instanceof Duration) return formatDuration(arg)
  if (Array.isArray(arg)) return `[${arg.map(textOf).join(', ')}]`
  if (isMap(arg)) {
    const entries = entriesOf(arg).map(([key, value]) => [textOf(key), textOf(value)] as const)
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${sorted.map(([key, value]) => `${key}: ${value}`).join(', ')}}`
  }
  const wanted = 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps'
  return unfit('string clause', wanted, arg)
}

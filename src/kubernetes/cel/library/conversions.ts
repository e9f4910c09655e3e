/** Values of one type as another. Source: cel-go common/stdlib/standard.go; Go's strconv.FormatFloat. */
import type { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { formatIP } from '../../net.ts'
import { formatDuration, formatTimestamp, nanosOf, type Moment } from '../times.ts'
import { Fault } from '../values.ts'
import { shownCidr, type Cidr, type Ip } from './networks.ts'
import type { Library } from './register.ts'

/** Go's `%g`: the shortest digits, with an exponent from 10²¹ on or below 10⁻⁴. */
export function shortest(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 21) return power > -7 ? String(value) : value.toFixed(20)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

const decoder = new TextDecoder('utf-8', { fatal: true })

export function textOfBytes(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Fault('invalid UTF-8 in bytes, cannot convert to string')
  }
}

export const conversions: Library = {
  'string(string): string': (text: string) => text,
  'string(bool): string': String,
  'string(int): string': String,
  'string(uint): string': String,
  'string(double): string': shortest,
  'string(bytes): string': textOfBytes,
  'string(timestamp): string': formatTimestamp,
  'string(duration): string': formatDuration,
  'string(net.IP): string': ({ address }: Ip) => formatIP(address),
  'string(net.CIDR): string': (cidr: Cidr) => shownCidr(cidr),
}

export const wholeNumbers: Library = {
  'int(uint): int': ({ value }: UnsignedInt) => value,
  'int(timestamp): int': (at: Moment) => BigInt(Math.floor(at.getTime() / 1000)),
  'int(duration): int': (length: Duration) => nanosOf(length),
}

/** Values of one type as another. Source: cel-go common/stdlib/standard.go. */
import type { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { goFloat } from '../../go-float.ts'
import { formatIP } from '../../net.ts'
import { formatDuration, formatTimestamp, nanosOf, type Moment } from '../times.ts'
import { Fault } from '../values.ts'
import { shownCidr, type Cidr, type Ip } from './networks.ts'
import type { Library } from './register.ts'

/** Numbers from here on have an exponent. */
const EXPONENT_FROM = 21

export const textOfDouble = (value: number): string => goFloat(value, EXPONENT_FROM)

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
  'string(double): string': textOfDouble,
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

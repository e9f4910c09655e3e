/**
 * Addresses, ranges of them, and URLs. Source: apiserver/pkg/cel/library/{ip,cidr}.go (v1.36).
 * Abridged: why an address cannot be read is told in general words.
 */
import { formatIP, parseCIDR, parseIP, rangeContains, widthOf, type IPAddress, type IPRange } from '../../net.ts'
import { Fault, Opaque } from '../values.ts'
import type { Library } from './register.ts'

export class Ip extends Opaque {
  readonly address: IPAddress

  constructor(address: IPAddress) {
    super()
    this.address = address
  }

  equals(other: Opaque): boolean {
    const { family, bits } = this.address
    return other instanceof Ip && other.address.family === family && other.address.bits === bits
  }
}

export class Cidr extends Opaque {
  readonly range: IPRange

  constructor(range: IPRange) {
    super()
    this.range = range
  }

  equals(other: Opaque): boolean {
    if (!(other instanceof Cidr)) return false
    const { address, prefix } = other.range
    return prefix === this.range.prefix && new Ip(address).equals(new Ip(this.range.address))
  }
}

/** An IPv4 address written as IPv6 is none here. */
const isMapped = (text: string): boolean => text.includes(':') && parseIP(text.split('/')[0] ?? '')?.family === 'IPv4'

const readIp = (text: string): IPAddress | undefined => (isMapped(text) ? undefined : parseIP(text))
const readCidr = (text: string): IPRange | undefined => (isMapped(text) ? undefined : parseCIDR(text))

function ip(text: string): Ip {
  const address = readIp(text)
  if (address !== undefined) return new Ip(address)
  const shown = JSON.stringify(text)
  if (isMapped(text)) throw new Fault(`IPv4-mapped IPv6 address ${shown} is not allowed`)
  throw new Fault(
    `IP Address ${shown} parse error during conversion from string: ParseAddr(${shown}): unable to parse IP`,
  )
}

function cidr(text: string): Cidr {
  const range = readCidr(text)
  if (range !== undefined) return new Cidr(range)
  const words = 'network address parse error during conversion from string: '
  const shown = JSON.stringify(text)
  if (isMapped(text)) throw new Fault(`${words}IPv4-mapped IPv6 address ${shown} is not allowed`)
  const why = text.includes('/') ? 'unable to parse IP' : "no '/'"
  throw new Fault(`${words}${words}netip.ParsePrefix(${shown}): ${why}`)
}

const within =
  (...ranges: readonly string[]) =>
  ({ address }: Ip): boolean =>
    ranges.some((text) => {
      const range = parseCIDR(text)
      return range !== undefined && rangeContains(range, address)
    })

const isUnspecified = ({ address }: Ip): boolean => address.bits === 0n
const isLoopback = within('127.0.0.0/8', '::1/128')
const isLinkLocalUnicast = within('169.254.0.0/16', 'fe80::/10')
const isMulticast = within('224.0.0.0/4', 'ff00::/8')
const isBroadcast = within('255.255.255.255/32')
const isGlobalUnicast = (one: Ip): boolean =>
  ![isUnspecified, isLoopback, isLinkLocalUnicast, isMulticast, isBroadcast].some((is) => is(one))

const masked = ({ address, prefix }: IPRange): IPRange => {
  const shift = BigInt(widthOf(address.family) - prefix)
  return { address: { ...address, bits: (address.bits >> shift) << shift }, prefix }
}

const containsRange = ({ range: outer }: Cidr, { range: inner }: Cidr): boolean =>
  outer.prefix <= inner.prefix && rangeContains(outer, inner.address)

export const shownCidr = ({ range: { address, prefix } }: Cidr): string => `${formatIP(address)}/${prefix}`

export const networks: Library = {
  'ip(string): net.IP': ip,
  'isIP(string): bool': (text: string) => readIp(text) !== undefined,
  'ip.isCanonical(string): bool': (text: string) => formatIP(ip(text).address) === text,
  '<net.IP>.family(): int': ({ address }: Ip) => (address.family === 'IPv4' ? 4n : 6n),
  '<net.IP>.isUnspecified(): bool': isUnspecified,
  '<net.IP>.isLoopback(): bool': isLoopback,
  '<net.IP>.isLinkLocalMulticast(): bool': within('224.0.0.0/24', 'ff02::/16'),
  '<net.IP>.isLinkLocalUnicast(): bool': isLinkLocalUnicast,
  '<net.IP>.isGlobalUnicast(): bool': isGlobalUnicast,
  'cidr(string): net.CIDR': cidr,
  'isCIDR(string): bool': (text: string) => readCidr(text) !== undefined,
  '<net.CIDR>.containsIP(string): bool': ({ range }: Cidr, text: string) => rangeContains(range, ip(text).address),
  '<net.CIDR>.containsIP(net.IP): bool': ({ range }: Cidr, { address }: Ip) => rangeContains(range, address),
  '<net.CIDR>.containsCIDR(string): bool': (outer: Cidr, text: string) => containsRange(outer, cidr(text)),
  '<net.CIDR>.containsCIDR(net.CIDR): bool': containsRange,
  '<net.CIDR>.ip(): net.IP': ({ range }: Cidr) => new Ip(range.address),
  '<net.CIDR>.masked(): net.CIDR': ({ range }: Cidr) => new Cidr(masked(range)),
  '<net.CIDR>.prefixLength(): int': ({ range }: Cidr) => BigInt(range.prefix),
}

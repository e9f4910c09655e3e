/** IP addresses and ranges as texts. Source: k8s.io/utils/net; apimachinery/pkg/util/validation/ip.go (v1.36). */

export interface IPAddress {
  readonly family: 'IPv4' | 'IPv6'
  /** The address as one number. */
  readonly bits: bigint
}

export interface IPRange {
  readonly address: IPAddress
  /** Length of the network's part. */
  readonly prefix: number
}

/** An address, or undefined. No zone, no leading zeros. An IPv4 address written as IPv6 is IPv4, as for Go. */
export function parseIP(text: string): IPAddress | undefined {
  if (!text.includes(':')) {
    const bits = parseIPv4(text)
    return bits === undefined ? undefined : { family: 'IPv4', bits }
  }
  const bits = parseIPv6(text)
  if (bits === undefined) return undefined
  return bits >> 32n === 0xffffn ? { family: 'IPv4', bits: bits & 0xffffffffn } : { family: 'IPv6', bits }
}

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let bits = 0n
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined
    bits = (bits << 8n) | BigInt(part)
  }
  return bits
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const left = groupsOf(halves[0] ?? '', halves.length === 1)
  const right = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : []
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  let bits = 0n
  for (const group of [...left, ...new Array<number>(missing).fill(0), ...right]) bits = (bits << 16n) | BigInt(group)
  return bits
}

/** Only the last group may be an IPv4 address. */
function groupsOf(text: string, mayEndInIPv4: boolean): readonly number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (part.includes('.') && mayEndInIPv4 && i === parts.length - 1) {
      const bits = parseIPv4(part)
      if (bits === undefined) return undefined
      groups.push(Number(bits >> 16n), Number(bits & 0xffffn))
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

/** `10.244.0.0/24`; the bits behind the prefix may be set. */
export function parseCIDR(text: string): IPRange | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? undefined : parseIP(text.slice(0, slash))
  const length = text.slice(slash + 1)
  if (address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined
  const prefix = Number(length)
  return prefix > widthOf(address.family) ? undefined : { address, prefix }
}

export const widthOf = (family: IPAddress['family']): number => (family === 'IPv4' ? 32 : 128)

export function rangeContains({ address: network, prefix }: IPRange, address: IPAddress): boolean {
  if (network.family !== address.family) return false
  const shift = BigInt(widthOf(network.family) - prefix)
  return network.bits >> shift === address.bits >> shift
}

/** `10.96.0.1` for IPv4, full groups without `::` compression replaced as RFC 5952 asks for IPv6. */
export function formatIP({ family, bits }: IPAddress): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.')
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((bits >> shift) & 0xffffn).toString(16))
  const zeros = longestZeros(groups)
  if (zeros === undefined) return groups.join(':')
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`
}

function longestZeros(groups: readonly string[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === '0') length += 1
    if (length > 1 && (best === undefined || length > best.length)) best = { start, length }
  }
  return best
}

const BAD_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const BAD_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

/** Complaints about a text that should be an address; none for a good one. */
export function ipProblems(text: string): readonly string[] {
  if (parseIP(text) !== undefined) return []
  const withoutZeros = text.replace(/(^|\.)0+(?=[0-9])/g, '$1')
  return withoutZeros !== text && parseIP(withoutZeros) !== undefined ? ['must not have leading 0s'] : [BAD_IP]
}

export const cidrProblems = (text: string): readonly string[] => (parseCIDR(text) === undefined ? [BAD_CIDR] : [])

const special = (text: string): IPRange => {
  const range = parseCIDR(text)
  if (range === undefined) throw new RangeError(`${text} is not a range`)
  return range
}
const LOOPBACK = ['127.0.0.0/8', '::1/128'].map(special)
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'].map(special)
const MULTICAST = ['224.0.0.0/24', 'ff02::/16'].map(special)

/** Addresses that no endpoint may have. Source: core/validation.go, ValidateEndpointIP. */
export function endpointIPProblems(text: string): readonly string[] {
  const address = parseIP(text)
  if (address === undefined) return [BAD_IP]
  const within = (ranges: readonly IPRange[]): boolean => ranges.some((range) => rangeContains(range, address))
  const problems: string[] = []
  if (address.bits === 0n) problems.push(`may not be unspecified (${text})`)
  if (within(LOOPBACK)) problems.push('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if (within(LINK_LOCAL)) problems.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  if (within(MULTICAST)) {
    problems.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
  }
  return problems
}

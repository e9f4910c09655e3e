import type { Random } from '../../../engine/kernel/random.ts'
import { invariant } from '../../../engine/invariant.ts'
import { drawFree, type Block } from './numbers.ts'

/** Part of the range that is not drawn from until the rest is full. Source: ipallocator/bitmap.go, calculateRangeOffset. */
const RESERVED_MIN = 16
const RESERVED_MAX = 256
const RESERVED_SHARE = 16

/** Addresses of Services: one IPv4 range. Abridged: no second family. */
export class ClusterIpRange {
  readonly cidr: string
  private readonly base: number
  private readonly size: number
  private readonly block: Block

  constructor(cidr: string) {
    const [address = '', bits = ''] = cidr.split('/')
    const base = parseIPv4(address)
    const prefix = Number(bits)
    invariant(base !== undefined && prefix >= 8 && prefix <= 30, `the service range ${cidr} is an IPv4 range`)
    this.cidr = cidr
    this.size = 1 << (32 - prefix)
    this.base = base
    const offset = this.size <= RESERVED_MIN ? 1 : clamp(Math.floor(this.size / RESERVED_SHARE))
    // The network's own address and the broadcast address are nobody's.
    this.block = { first: base + 1, size: this.size - 2, reserved: offset - 1 }
  }

  /** The range that a text names; undefined when it is one of the other family, or holds no address to give out. */
  static of(cidr: string): ClusterIpRange | undefined {
    const [address = '', bits = ''] = cidr.split('/')
    const prefix = Number(bits)
    return parseIPv4(address) === undefined || prefix < 8 || prefix > 30 ? undefined : new ClusterIpRange(cidr)
  }

  /** The address of Service default/kubernetes. */
  get first(): string {
    return formatIPv4(this.base + 1)
  }

  contains(address: string): boolean {
    const n = parseIPv4(address)
    return n !== undefined && n > this.base && n < this.base + this.size - 1
  }

  /** A free address; undefined when the range is full. */
  draw(isTaken: (address: string) => boolean, random: Random): string | undefined {
    const n = drawFree(this.block, (candidate) => isTaken(formatIPv4(candidate)), random)
    return n === undefined ? undefined : formatIPv4(n)
  }
}

const clamp = (n: number): number => Math.min(Math.max(n, RESERVED_MIN), RESERVED_MAX)

const parseIPv4 = (text: string): number | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let n = 0
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined
    n = n * 256 + Number(part)
  }
  return n
}

const formatIPv4 = (n: number): string =>
  `${Math.floor(n / 0x1000000)}.${(n >>> 16) & 0xff}.${(n >>> 8) & 0xff}.${n & 0xff}`

/**
 * Functions that Kubernetes adds to CEL. Source: apiserver/pkg/cel/library (v1.36).
 *
 * Abridged: no `format` library, no `semver`, no cost limit; `matches` is JavaScript's regular expression, not RE2's.
 */
import type { Environment } from '@marcbachmann/cel-js'
import { either } from 'fp-ts'
import { withAuthorizer } from './authorizer.ts'
import { parseIPv4 } from './ipv4.ts'
import {
  addQuantities,
  compareQuantities,
  isZeroQuantity,
  parseQuantity,
  subtractQuantities,
  value,
} from '../quantity.ts'

export class CelQuantity {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export class CelUrl {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string

  constructor(text: string) {
    const parts = URL_TEXT.exec(text)
    this.scheme = parts?.[1] ?? ''
    this.host = parts?.[2] ?? ''
    this.path = parts?.[3] ?? ''
    this.query = parts?.[4] ?? ''
  }
}

export class CelIp {
  readonly text: string
  readonly bits: number

  constructor(text: string) {
    this.text = text
    this.bits = parseIPv4(text) ?? 0
  }
}

export class CelCidr {
  readonly ip: CelIp
  readonly prefix: number

  constructor(text: string) {
    const [ip = '', prefix = '0'] = text.split('/')
    this.ip = new CelIp(ip)
    this.prefix = Number(prefix)
  }

  contains({ bits }: CelIp): boolean {
    const size = this.prefix === 0 ? 0x1_0000_0000 : (1 << (32 - this.prefix)) >>> 0
    return Math.floor(bits / size) === Math.floor(this.ip.bits / size)
  }
}

/** Stand for the names in front of functions that belong to no value. */
class SetsLibrary {}
class JsonPatchLibrary {}

const URL_TEXT = /^(?:([a-zA-Z][\w+.-]*):\/\/([^/?#]*))?(\/[^?#]*)?(?:\?([^#]*))?$/

const isUrl = (text: string): boolean => /^([a-zA-Z][\w+.-]*:\/\/[^/?#\s]+|\/)[^\s]*$/.test(text)
const isCidr = (text: string): boolean => {
  const [ip = '', prefix = ''] = text.split('/')
  return parseIPv4(ip) !== undefined && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32
}

const quantities = (environment: Environment): Environment =>
  environment
    .registerType('Quantity', CelQuantity)
    .registerFunction('quantity(string): Quantity', (text: string) => new CelQuantity(checkedQuantity(text)))
    .registerFunction('isQuantity(string): bool', (text: string) => either.isRight(parseQuantity(text)))
    .registerFunction('Quantity.compareTo(Quantity): int', (a: CelQuantity, b: CelQuantity) =>
      BigInt(compareQuantities(a.text, b.text)),
    )
    .registerFunction(
      'Quantity.isGreaterThan(Quantity): bool',
      (a: CelQuantity, b: CelQuantity) => compareQuantities(a.text, b.text) > 0,
    )
    .registerFunction(
      'Quantity.isLessThan(Quantity): bool',
      (a: CelQuantity, b: CelQuantity) => compareQuantities(a.text, b.text) < 0,
    )
    .registerFunction('Quantity.add(Quantity): Quantity', (a: CelQuantity, b: CelQuantity) => sum(a, b.text))
    .registerFunction('Quantity.add(int): Quantity', (a: CelQuantity, b: bigint) => sum(a, String(b)))
    .registerFunction(
      'Quantity.sub(Quantity): Quantity',
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(subtractQuantities(a.text, b.text)),
    )
    .registerFunction('Quantity.sign(): int', (a: CelQuantity) =>
      isZeroQuantity(a.text) ? 0n : BigInt(Math.sign(compareQuantities(a.text, '0'))),
    )
    .registerFunction('Quantity.asInteger(): int', (a: CelQuantity) => BigInt(value(a.text)))
    .registerFunction(
      'Quantity.isInteger(): bool',
      (a: CelQuantity) => compareQuantities(a.text, String(value(a.text))) === 0,
    )
    .registerFunction('Quantity.asApproximateFloat(): double', (a: CelQuantity) => value(a.text))

const sum = (a: CelQuantity, b: string): CelQuantity => new CelQuantity(addQuantities(a.text, b))

const checkedQuantity = (text: string): string => {
  const parsed = parseQuantity(text)
  if (either.isLeft(parsed)) throw new Error(parsed.left)
  return text
}

const networks = (environment: Environment): Environment =>
  environment
    .registerType('URL', CelUrl)
    .registerFunction('url(string): URL', (text: string) => {
      if (!isUrl(text))
        throw new Error(
          `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
        )
      return new CelUrl(text)
    })
    .registerFunction('isURL(string): bool', isUrl)
    .registerFunction('URL.getScheme(): string', (url: CelUrl) => url.scheme)
    .registerFunction('URL.getHost(): string', (url: CelUrl) => url.host)
    .registerFunction('URL.getHostname(): string', (url: CelUrl) =>
      url.host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
    )
    .registerFunction('URL.getPort(): string', (url: CelUrl) => /:(\d+)$/.exec(url.host)?.[1] ?? '')
    .registerFunction('URL.getEscapedPath(): string', (url: CelUrl) => url.path)
    .registerType('IP', CelIp)
    .registerFunction('ip(string): IP', (text: string) => {
      if (parseIPv4(text) === undefined)
        throw new Error(
          `IP Address ${JSON.stringify(text)} parse error during conversion from string: unable to parse IP`,
        )
      return new CelIp(text)
    })
    .registerFunction('isIP(string): bool', (text: string) => parseIPv4(text) !== undefined)
    .registerFunction('IP.family(): int', () => 4n)
    .registerFunction('IP.isLoopback(): bool', ({ text }: CelIp) => text.startsWith('127.'))
    .registerType('CIDR', CelCidr)
    .registerFunction('cidr(string): CIDR', (text: string) => {
      if (!isCidr(text))
        throw new Error(
          `CIDR ${JSON.stringify(text)} parse error during conversion from string: network address parse error`,
        )
      return new CelCidr(text)
    })
    .registerFunction('isCIDR(string): bool', isCidr)
    .registerFunction('CIDR.containsIP(string): bool', (cidr: CelCidr, text: string) => cidr.contains(new CelIp(text)))
    .registerFunction('CIDR.containsIP(IP): bool', (cidr: CelCidr, ip: CelIp) => cidr.contains(ip))
    .registerFunction('CIDR.prefixLength(): int', (cidr: CelCidr) => BigInt(cidr.prefix))

type Comparable = bigint | number | string

const lists = (environment: Environment): Environment =>
  environment
    .registerFunction('list.isSorted(): bool', (list: readonly Comparable[]) =>
      list.every((one, i) => i === 0 || (list[i - 1] ?? one) <= one),
    )
    .registerFunction('list.sum(): dyn', (list: readonly (bigint | number)[]) =>
      list.every((one) => typeof one === 'bigint')
        ? list.reduce((total, one) => total + BigInt(one), 0n)
        : list.reduce<number>((total, one) => total + Number(one), 0),
    )
    .registerFunction('list.min(): dyn', (list: readonly Comparable[]) => extreme(list, 'min', (a, b) => a < b))
    .registerFunction('list.max(): dyn', (list: readonly Comparable[]) => extreme(list, 'max', (a, b) => a > b))
    .registerFunction('list.indexOf(dyn): int', (list: readonly unknown[], one: unknown) => BigInt(list.indexOf(one)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: readonly unknown[], one: unknown) =>
      BigInt(list.lastIndexOf(one)),
    )
    .registerType('Sets', SetsLibrary)
    .registerConstant('sets', 'Sets', new SetsLibrary())
    .registerFunction(
      'Sets.contains(list, list): bool',
      (_: SetsLibrary, a: readonly unknown[], b: readonly unknown[]) => b.every((one) => a.includes(one)),
    )
    .registerFunction(
      'Sets.intersects(list, list): bool',
      (_: SetsLibrary, a: readonly unknown[], b: readonly unknown[]) => b.some((one) => a.includes(one)),
    )
    .registerFunction(
      'Sets.equivalent(list, list): bool',
      (_: SetsLibrary, a: readonly unknown[], b: readonly unknown[]) =>
        a.every((one) => b.includes(one)) && b.every((one) => a.includes(one)),
    )

const extreme = (
  list: readonly Comparable[],
  name: string,
  isBetter: (a: Comparable, b: Comparable) => boolean,
): Comparable => {
  const [first, ...rest] = list
  if (first === undefined) throw new Error(`${name} called on empty list`)
  return rest.reduce((best, one) => (isBetter(one, best) ? one : best), first)
}

const texts = (environment: Environment): Environment =>
  environment
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => new RegExp(pattern, 'u').exec(text)?.[0] ?? '',
    )
    .registerFunction('string.findAll(string): list', (text: string, pattern: string) =>
      [...text.matchAll(new RegExp(pattern, 'gu'))].map(([found]) => found),
    )
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, to),
    )
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => text.charAt(Number(at)))
    .registerType('JSONPatchLibrary', JsonPatchLibrary)
    .registerConstant('jsonpatch', 'JSONPatchLibrary', new JsonPatchLibrary())
    .registerFunction('JSONPatchLibrary.escapeKey(string): string', (_: JsonPatchLibrary, text: string) =>
      text.replaceAll('~', '~0').replaceAll('/', '~1'),
    )

/** An environment with all of them. */
export const withLibrary = (environment: Environment): Environment =>
  withAuthorizer(texts(lists(networks(quantities(environment)))))

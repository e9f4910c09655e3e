/** Semantic versions. Source: apiserver/pkg/cel/library/semverlib.go (v1.36); github.com/blang/semver. */
import { Fault, Opaque } from '../values.ts'
import type { Library } from './register.ts'

export class Semver extends Opaque {
  readonly numbers: readonly bigint[]
  readonly before: readonly string[]

  constructor(numbers: readonly bigint[], before: readonly string[]) {
    super()
    this.numbers = numbers
    this.before = before
  }

  static of(text: string): Semver | undefined {
    const [, major, minor, patch, before] = SHAPE.exec(text) ?? []
    if (major === undefined || minor === undefined || patch === undefined) return undefined
    const parts = before === undefined ? [] : before.split('.')
    if (parts.some((part) => /^0\d+$/.test(part))) return undefined
    return new Semver([major, minor, patch].map(BigInt), parts)
  }

  equals(other: Opaque): boolean {
    return other instanceof Semver && compareSemvers(this, other) === 0
  }
}

const NUMBER = '(0|[1-9]\\d*)'
const WORDS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const SHAPE = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${WORDS}))?(?:\\+${WORDS})?$`)

const sign = (a: bigint | string | number, b: bigint | string | number): number => (a < b ? -1 : a > b ? 1 : 0)

export function compareSemvers(a: Semver, b: Semver): number {
  for (const [i, number] of a.numbers.entries()) {
    const found = sign(number, b.numbers[i] ?? 0n)
    if (found !== 0) return found
  }
  // What comes before a release is less than it.
  if (a.before.length === 0 || b.before.length === 0) return sign(b.before.length, a.before.length)
  for (const [i, part] of a.before.entries()) {
    const other = b.before[i]
    if (other === undefined) return 1
    const found = compareParts(part, other)
    if (found !== 0) return found
  }
  return a.before.length < b.before.length ? -1 : 0
}

function compareParts(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isNumber && isOther) return sign(BigInt(a), BigInt(b))
  if (isNumber !== isOther) return isNumber ? -1 : 1
  return sign(a, b)
}

/** `v1.02` as `1.2.0`. */
function normal(text: string): string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.')
  const patch = rest.length === 0 ? undefined : rest.join('.')
  const parts = [major, minor, patch].filter((part) => part !== undefined)
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) {
    throw new Fault('short version cannot contain PreRelease/Build meta data')
  }
  const numbers = parts.map((part) => part.replace(/^0+(?=\d)/, ''))
  return [...numbers, '0', '0'].slice(0, 3).join('.')
}

function read(text: string, normalize = false): Semver {
  const version = Semver.of(normalize ? normal(text) : text)
  if (version !== undefined) return version
  if (text === '') throw new Fault('Version string empty')
  if (text.split('.').length < 3) throw new Fault('No Major.Minor.Patch elements found')
  throw new Fault(`Invalid character(s) found in version ${JSON.stringify(text)}`)
}

const isRead = (text: string, normalize = false): boolean => {
  try {
    return read(text, normalize) instanceof Semver
  } catch (thrown) {
    if (thrown instanceof Fault) return false
    throw thrown
  }
}

const number =
  (i: number) =>
  ({ numbers }: Semver): bigint =>
    numbers[i] ?? 0n

export const semvers: Library = {
  'semver(string): kubernetes.Semver': (text: string) => read(text),
  'semver(string, bool): kubernetes.Semver': read,
  'isSemver(string): bool': (text: string) => isRead(text),
  'isSemver(string, bool): bool': isRead,
  '<kubernetes.Semver>.major(): int': number(0),
  '<kubernetes.Semver>.minor(): int': number(1),
  '<kubernetes.Semver>.patch(): int': number(2),
  '<kubernetes.Semver>.isGreaterThan(kubernetes.Semver): bool': (a: Semver, b: Semver) => compareSemvers(a, b) > 0,
  '<kubernetes.Semver>.isLessThan(kubernetes.Semver): bool': (a: Semver, b: Semver) => compareSemvers(a, b) < 0,
  '<kubernetes.Semver>.compareTo(kubernetes.Semver): int': (a: Semver, b: Semver) => BigInt(compareSemvers(a, b)),
}

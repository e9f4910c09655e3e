/**
 * CEL expressions that pick devices. Source: staging/src/k8s.io/dynamic-resource-allocation/cel/compile.go (v1.36).
 *
 * Abridged: no cost limit; of the Kubernetes CEL libraries, quantity and semver comparisons.
 */
import { Environment } from '@marcbachmann/cel-js'
import { either } from 'fp-ts'
import { compareQuantities, parseQuantity } from '../../../kubernetes/quantity.ts'
import type { Device, DeviceAttribute } from '../../../kubernetes/types/resource.ts'

/** What an expression says of a device, or why it cannot. */
export type DeviceVerdict = boolean | { readonly problem: string }

class CelQuantity {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

class CelSemver {
  readonly parts: readonly number[]

  constructor(text: string) {
    this.parts = (text.split(/[-+]/)[0] ?? '').split('.').map(Number)
  }
}

const compareSemvers = (a: CelSemver, b: CelSemver): number => {
  for (let i = 0; i < 3; i++) {
    const difference = (a.parts[i] ?? 0) - (b.parts[i] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}

const compareSizes = (a: CelQuantity, b: CelQuantity): number => compareQuantities(a.text, b.text)

const createEnvironment = (): Environment =>
  new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true })
    .registerType('Quantity', CelQuantity)
    .registerType('Semver', CelSemver)
    .registerVariable('device', 'map')
    .registerFunction('quantity(string): Quantity', (text: string) => new CelQuantity(text))
    .registerFunction('isQuantity(string): bool', (text: string) => either.isRight(parseQuantity(text)))
    .registerFunction('semver(string): Semver', (text: string) => new CelSemver(text))
    .registerFunction('Quantity.compareTo(Quantity): int', (a: CelQuantity, b: CelQuantity) =>
      BigInt(compareSizes(a, b)),
    )
    .registerFunction(
      'Quantity.isGreaterThan(Quantity): bool',
      (a: CelQuantity, b: CelQuantity) => compareSizes(a, b) > 0,
    )
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: CelQuantity, b: CelQuantity) => compareSizes(a, b) < 0)
    .registerFunction('Semver.compareTo(Semver): int', (a: CelSemver, b: CelSemver) => BigInt(compareSemvers(a, b)))
    .registerFunction('Semver.isGreaterThan(Semver): bool', (a: CelSemver, b: CelSemver) => compareSemvers(a, b) > 0)
    .registerFunction('Semver.isLessThan(Semver): bool', (a: CelSemver, b: CelSemver) => compareSemvers(a, b) < 0)

/** Made for the first expression: most clusters have none. */
let environment: Environment | undefined

type Compiled = (driver: string, device: Device) => DeviceVerdict

const compiled = new Map<string, Compiled>()
/** Expressions kept; a cluster has a handful. */
const COMPILED_LIMIT = 1024

/** The predicate of an expression; compiled once. */
export function deviceSelector(expression: string): Compiled {
  const known = compiled.get(expression)
  if (known !== undefined) return known
  const made = compile(expression)
  if (compiled.size >= COMPILED_LIMIT) compiled.clear()
  compiled.set(expression, made)
  return made
}

function compile(expression: string): Compiled {
  try {
    environment ??= createEnvironment()
    const program = environment.parse(expression)
    return (driver, device) => {
      try {
        return program({ device: deviceVariable(driver, device) }) === true
      } catch (error) {
        return { problem: `CEL runtime error: ${textOf(error)}` }
      }
    }
  } catch (error) {
    const problem = `CEL compile error: ${textOf(error)}`
    return () => ({ problem })
  }
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

/** Names without a domain belong to the driver's; a domain that is not there is an empty one. */
function deviceVariable(driver: string, device: Device): Readonly<Record<string, unknown>> {
  return {
    driver,
    attributes: byDomain(driver, device.attributes ?? {}, attributeValue),
    capacity: byDomain(driver, device.capacity ?? {}, ({ value }) => new CelQuantity(value)),
  }
}

function byDomain<V>(driver: string, entries: Readonly<Record<string, V>>, convert: (entry: V) => unknown): unknown {
  const domains = new Map<string, Map<string, unknown>>()
  for (const [name, entry] of Object.entries(entries)) {
    const slash = name.indexOf('/')
    const domain = slash < 0 ? driver : name.slice(0, slash)
    let fields = domains.get(domain)
    if (fields === undefined) domains.set(domain, (fields = new Map()))
    fields.set(name.slice(slash + 1), convert(entry))
  }
  return domains
}

function attributeValue({ int, bool, string, version }: DeviceAttribute): unknown {
  if (int !== undefined) return BigInt(int)
  if (bool !== undefined) return bool
  return version === undefined ? (string ?? '') : new CelSemver(version)
}

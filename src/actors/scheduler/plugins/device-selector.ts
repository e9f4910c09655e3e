/**
 * CEL expressions that pick devices. Source: staging/src/k8s.io/dynamic-resource-allocation/cel/compile.go (v1.36).
 * Abridged: no cost limit; `in` finds every domain, also one that a device has nothing of.
 */
import { expressionOf } from '../../../kubernetes/cel/expression.ts'
import { Quantity } from '../../../kubernetes/cel/library/quantities.ts'
import { Semver } from '../../../kubernetes/cel/library/semvers.ts'
import type { Device, DeviceAttribute } from '../../../kubernetes/types/resource.ts'

/** What an expression says of a device, or why it cannot. */
export type DeviceVerdict = boolean | { readonly problem: string }

/** The predicate of an expression. */
export function deviceSelector(expression: string): (driver: string, device: Device) => DeviceVerdict {
  const selects = expressionOf(expression)
  return (driver, device) => {
    const outcome = selects({ device: deviceVariable(driver, device) })
    if ('value' in outcome) return outcome.value === true
    const { problem } = outcome
    const unread = /^compilation failed: /
    return {
      problem: unread.test(problem) ? problem.replace(unread, 'CEL compile error: ') : `CEL runtime error: ${problem}`,
    }
  }
}

/** Names without a domain belong to the driver's. */
function deviceVariable(driver: string, device: Device): Readonly<Record<string, unknown>> {
  return {
    driver,
    attributes: byDomain(driver, device.attributes ?? {}, attributeValue),
    capacity: byDomain(driver, device.capacity ?? {}, ({ value }) => Quantity.of(value)),
  }
}

type Domains = Map<string, Map<string, unknown>>

function byDomain<V>(driver: string, entries: Readonly<Record<string, V>>, convert: (entry: V) => unknown): Domains {
  const domains: Domains = new Map()
  for (const [name, entry] of Object.entries(entries)) {
    const slash = name.indexOf('/')
    const domain = slash < 0 ? driver : name.slice(0, slash)
    let fields = domains.get(domain)
    if (fields === undefined) domains.set(domain, (fields = new Map()))
    fields.set(name.slice(slash + 1), convert(entry))
  }
  return withEmptyOnes(domains)
}

/** Who asks for a domain that is not there gets an empty one. No class of one's own: expressions know maps by theirs. */
const withEmptyOnes = (domains: Domains): Domains =>
  Object.assign(new Map(domains), { get: (domain: string) => domains.get(domain) ?? new Map<string, unknown>() })

function attributeValue({ int, bool, string, version }: DeviceAttribute): unknown {
  if (int !== undefined) return BigInt(int)
  if (bool !== undefined) return bool
  return version === undefined ? (string ?? '') : (Semver.of(version) ?? version)
}

/** What must hold of field sets and of applies, whoever implements them. */
import fc from 'fast-check'
import { endpointOf } from '../../src/kubernetes/apply/endpoints.ts'
import type { Endpoint } from '../../src/kubernetes/apply/field-manager.ts'
import {
  difference,
  EMPTY_SET,
  hasPath,
  intersection,
  recursiveDifference,
  setOf,
  union,
  type FieldSet,
} from '../../src/kubernetes/apply/field-set.ts'
import { entriesOf, withEntries } from '../../src/kubernetes/apply/owners.ts'
import { canonicalJson } from '../../src/kubernetes/hash.ts'
import type { JsonObject } from '../../src/kubernetes/patch/json.ts'
import { isStatus, type Status } from '../../src/kubernetes/status.ts'
import { kindRow } from '../../src/kubernetes/registry.ts'

export interface SetAlgebra {
  union(a: FieldSet, b: FieldSet): FieldSet
  intersection(a: FieldSet, b: FieldSet): FieldSet
  difference(a: FieldSet, b: FieldSet): FieldSet
  recursiveDifference(a: FieldSet, b: FieldSet): FieldSet
}

export const OUR_ALGEBRA: SetAlgebra = { union, intersection, difference, recursiveDifference }

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1')
type Path = readonly string[]
const path: fc.Arbitrary<Path> = fc.array(element, { minLength: 1, maxLength: 3 })
/** Few elements, so that sets overlap and paths run through each other. */
export const pathSets: fc.Arbitrary<readonly Path[]> = fc.array(path, { maxLength: 8 })

const EVERY_PATH: readonly Path[] = (() => {
  const elements = ['f:a', 'f:b', 'k:{"name":"x"}', 'v:1']
  const one = elements.map((name) => [name])
  const two = one.flatMap((head) => elements.map((name) => [...head, name]))
  return [...one, ...two, ...two.flatMap((head) => elements.map((name) => [...head, name]))]
})()

/** Compares every operation with what it says of each single path. */
export function checkAlgebra(algebra: SetAlgebra, left: readonly Path[], right: readonly Path[]): void {
  const [a, b] = [setOf(...left), setOf(...right)]
  const before = [canonicalJson(a), canonicalJson(b)]
  const results = {
    union: algebra.union(a, b),
    intersection: algebra.intersection(a, b),
    difference: algebra.difference(a, b),
    recursive: algebra.recursiveDifference(a, b),
  }
  for (const one of EVERY_PATH) {
    const [inA, inB] = [hasPath(a, one), hasPath(b, one)]
    const below = one.some((_element, i) => hasPath(b, one.slice(0, i + 1)))
    demand(hasPath(results.union, one) === (inA || inB), 'union', one)
    demand(hasPath(results.intersection, one) === (inA && inB), 'intersection', one)
    demand(hasPath(results.difference, one) === (inA && !inB), 'difference', one)
    demand(hasPath(results.recursive, one) === (inA && !below), 'recursive difference', one)
  }
  for (const set of Object.values(results)) demand(isTidy(set, true), 'no empty nodes and elements in order', [])
  demand(algebra.union(a, a) === a && algebra.difference(a, EMPTY_SET) === a, 'what changes nothing gives the same', [])
  demand(canonicalJson(a) === before[0] && canonicalJson(b) === before[1], 'arguments stay as they are', [])
}

function demand(holds: boolean, what: string, where: Path): void {
  if (!holds) throw new Error(`${what} ${where.join(' ')}`)
}

/** A node that is neither in the set nor leads to something in it would be read as a leaf. */
function isTidy(node: FieldSet, root: boolean): boolean {
  const elements = Object.keys(node)
  if (!root && elements.length === 1 && elements[0] === '.') return false
  return elements.every((name) => name === '.' || isTidy(node[name] ?? EMPTY_SET, false))
}

/** Applies a configuration to an object; a Status refuses. */
export type Apply = (live: JsonObject, config: JsonObject, manager: string, force: boolean) => JsonObject | Status

export const DEPLOYMENTS: Endpoint = endpointOf(kindRow('Deployment'), '')

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const text = fc.constantFrom('1', '2')
const env = fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B'), value: text }), {
  selector: ({ name }) => name,
  minLength: 1,
  maxLength: 2,
})
const containers = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: optional(text), env: optional(env) }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
)
/**
 * A part of a Deployment: scalars, a granular map, a set, a list by key within a list by key, an atomic map. No empty lists:
 * they are dropped when an object is decoded, and nobody owns them.
 */
export const configs: fc.Arbitrary<JsonObject> = fc
  .record({
    replicas: optional(fc.integer({ min: 1, max: 2 })),
    labels: optional(fc.dictionary(fc.constantFrom('x', 'y'), text)),
    finalizers: optional(fc.uniqueArray(fc.constantFrom('f/1', 'f/2'), { minLength: 1 })),
    containers: optional(containers),
    nodeSelector: optional(fc.dictionary(fc.constantFrom('n'), text)),
  })
  .map(({ replicas, labels, finalizers, containers: items, nodeSelector }): JsonObject => {
    const config = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', labels, finalizers },
      spec: { replicas, template: { spec: { containers: items, nodeSelector } } },
    }
    return JSON.parse(JSON.stringify(config)) as JsonObject
  })

export const CREATED: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', uid: 'u' },
}

/** Lists in an order that does not depend on who came first, and nothing where nothing is left. */
function settled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(settled).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
    return items.length === 0 ? undefined : items
  }
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const members = Object.entries(value).map(([key, member]) => [key, settled(member)] as const)
  const there = members.filter(([, member]) => member !== undefined)
  return there.length === 0 ? undefined : Object.fromEntries(there)
}

const same = (a: JsonObject, b: JsonObject): boolean => canonicalJson(settled(a)) === canonicalJson(settled(b))

/** Who owns what. When: not, for an apply that only joins owners has no time. */
const claims = (object: JsonObject): string =>
  entriesOf(object)
    .map(({ manager, fieldsV1 }) => `${manager} ${canonicalJson(fieldsV1)}`)
    .sort()
    .join('\n')

/** Who applies the same again changes nothing. */
export function checkIdempotence(apply: Apply, configuration: JsonObject): void {
  const once = done(apply(CREATED, configuration, 'm1', false))
  const twice = done(apply(once, configuration, 'm1', false))
  demand(canonicalJson(once) === canonicalJson(twice), 'an apply again changes nothing', [])
}

/** Two who do not contradict each other may apply in any order. */
export function checkCommuting(apply: Apply, first: JsonObject, second: JsonObject): 'conflict' | 'checked' {
  const ab = apply(done(apply(CREATED, first, 'm1', false)), second, 'm2', false)
  const ba = apply(done(apply(CREATED, second, 'm2', false)), first, 'm1', false)
  demand(isStatus(ab) === isStatus(ba), 'a contradiction is one from both sides', [])
  if (isStatus(ab) || isStatus(ba)) return 'conflict'
  demand(same(withEntries(ab, []), withEntries(ba, [])), 'the order of applies does not show', [])
  demand(claims(ab) === claims(ba), 'nor does it in who owns what', [])
  return 'checked'
}

/** Who applies nothing any more leaves what the other one applied, and no more. */
export function checkLeaving(apply: Apply, first: JsonObject, second: JsonObject): 'conflict' | 'checked' {
  const alone = done(apply(CREATED, second, 'm2', false))
  const both = apply(alone, first, 'm1', false)
  if (isStatus(both)) return 'conflict'
  const nothing = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } }
  const left = done(apply(both, nothing, 'm1', false))
  demand(same(withEntries(left, []), withEntries(alone, [])), 'what one alone owned goes with him', [])
  return 'checked'
}

/** Force settles every contradiction for the one who uses it: afterwards his configuration is what stands there. */
export function checkForce(apply: Apply, first: JsonObject, second: JsonObject): void {
  const forced = done(apply(done(apply(CREATED, first, 'm1', false)), second, 'm2', true))
  const again = done(apply(forced, second, 'm2', false))
  demand(canonicalJson(again) === canonicalJson(forced), 'what was forced stands without force', [])
}

function done(result: JsonObject | Status): JsonObject {
  if (isStatus(result)) throw new Error(result.message)
  return result
}

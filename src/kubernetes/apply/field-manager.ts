/**
 * Keeps managedFields through every write of a kind's objects, and applies objects by them.
 *
 * Source: apimachinery/pkg/util/managedfields/fieldmanager.go and internal/*.go (v1.36): there a chain of managers, here their
 * steps in their order.
 */
import { sameJson } from '../hash.ts'
import { goKind, isObject, type JsonObject } from '../patch/json.ts'
import { badRequest, isStatus, unexpectedError } from '../status.ts'
import type { ManagedFieldsEntry, Status } from '../types/meta.ts'
import { capUpdaters } from './cap.ts'
import { structureProblem } from './check.ts'
import { conflictStatus } from './conflict.ts'
import { difference, isEmptySet } from './field-set.ts'
import { appliedByClient, KUBECTL, withLastApplied } from './last-applied.ts'
import {
  decodeOwners,
  encodeOwners,
  entriesOf,
  identityOf,
  sameClaims,
  withEntries,
  type MutableOwners,
} from './owners.ts'
import { NOT_COMPARED, STRIPPED } from './strip.ts'
import type { TypeNode } from './type-node.ts'
import { applyObject, updateOwners, type Claim, type Conflict, type Shape } from './updater.ts'

/** The manager of everything that was there before an object was first applied. Source: skipnonapplied.go. */
const BEFORE_FIRST_APPLY = 'before-first-apply'
const UNKNOWN = 'unknown'

/** Through what an object is written. */
export interface Endpoint extends Shape {
  readonly type: TypeNode
  readonly apiVersion: string
  readonly kind: string
  /** Empty for the object itself. */
  readonly subresource: string
  /** What an object looks like when it is compared, where that is not what its writer gave. */
  readonly shown?: (object: JsonObject) => JsonObject
}

/** By whom, and when. */
export interface Writer {
  readonly manager: string
  /** RFC 3339, whole seconds. */
  readonly time: string
}

/** The entries of a new object. `nothing` is what Go writes of one in which nothing was set, as far as it is not left out. */
export const entriesOfCreated = (
  endpoint: Endpoint,
  object: JsonObject,
  writer: Writer,
  nothing: JsonObject = {},
): readonly ManagedFieldsEntry[] => {
  const owners = givenOwners(endpoint, [], entriesOf(object))
  update(endpoint, nothing, object, owners, writer)
  return encodeOwners(owners)
}

/**
 * The entries after an update of `live` to `next`. What nobody ever tracked stays untracked until it is first applied.
 * Source: fieldmanager.go, Update; skipnonapplied.go.
 */
export function entriesOfUpdated(
  endpoint: Endpoint,
  live: JsonObject,
  next: JsonObject,
  writer: Writer,
): readonly ManagedFieldsEntry[] {
  const owners = givenOwners(endpoint, entriesOf(live), entriesOf(next))
  if (owners.size === 0) return []
  update(endpoint, live, next, owners, writer)
  return encodeOwners(owners)
}

/**
 * A writer may hand over entries of his own; unreadable or missing ones do not count, and one empty entry takes all away.
 * Source: fieldmanager.go, decodeLiveOrNew.
 */
function givenOwners(
  { subresource }: Endpoint,
  live: readonly ManagedFieldsEntry[],
  given: readonly ManagedFieldsEntry[],
): MutableOwners {
  if (subresource === '' && isReset(given)) return new Map()
  if (subresource === '' && given.length > 0 && given !== live) {
    const owners = decodeOwners(given)
    if (owners !== undefined && owners.size > 0) return owners
  }
  return decodeOwners(live) ?? new Map()
}

const isReset = ([first, ...more]: readonly ManagedFieldsEntry[]): boolean =>
  first !== undefined && more.length === 0 && Object.keys(first).length === 0

function update(endpoint: Endpoint, live: JsonObject, next: JsonObject, owners: MutableOwners, writer: Writer): void {
  const claim = claimOf(endpoint, writer, 'Update')
  const { shown = same } = endpoint
  const before = Object.keys(live).length === 0 ? live : shown(live)
  updateOwners(endpoint, NOT_COMPARED, before, shown(next), owners, claim, writer.time)
  strip(owners, claim)
  capUpdaters(owners)
}

const same = (object: JsonObject): JsonObject => object

const claimOf = ({ apiVersion, subresource }: Endpoint, { manager }: Writer, operation: Claim['operation']): Claim => ({
  manager: manager === '' ? UNKNOWN : manager,
  operation,
  apiVersion,
  subresource,
})

/** Source: stripmeta.go. */
function strip(owners: MutableOwners, claim: Claim): void {
  const identity = identityOf(claim)
  const owner = owners.get(identity)
  if (owner === undefined) return
  const fields = difference(owner.fields, STRIPPED)
  if (isEmptySet(fields)) owners.delete(identity)
  else if (fields !== owner.fields) owners.set(identity, { ...owner, fields })
}

/** What an apply makes of `live`, which is `{}` for a new object; not yet decoded. */
export function applied(
  endpoint: Endpoint,
  live: JsonObject,
  patch: unknown,
  writer: Writer,
  force: boolean,
): JsonObject | Status {
  const body = patch ?? {}
  if (!isObject(body)) {
    const why = `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goKind(body)} into Go value of type map[string]interface {}`
    return badRequest(`error decoding YAML: ${why}`)
  }
  const refused = versionProblem(endpoint, body)
  if (refused !== undefined) return refused
  const owners = decodeOwners(entriesOf(live))
  if (owners === undefined) return unexpectedError('failed to decode managed fields')
  if (owners.size === 0) update(endpoint, {}, live, owners, { ...writer, manager: BEFORE_FIRST_APPLY })
  const problem = bodyProblem(endpoint, body)
  if (problem !== undefined) return problem
  const bare = withEntries(live, [])
  const result = merge(endpoint, bare, body, owners, writer, force)
  if (isStatus(result)) return result
  const { object, owners: after } = result
  strip(after, claimOf(endpoint, writer, 'Apply'))
  const identity = identityOf(claimOf(endpoint, writer, 'Apply'))
  const own = after.get(identity)
  // An apply that changes nothing has no time of its own.
  if (object !== undefined && own !== undefined) after.set(identity, { ...own, time: writer.time })
  const next = writer.manager === KUBECTL ? withLastApplied(object ?? bare, body) : (object ?? bare)
  return withEntries(next, encodeOwners(after))
}

type Merged = Exclude<ReturnType<typeof applyObject>, readonly Conflict[]>

/** kubectl takes over from its own client-side applies without being asked to. Source: lastappliedmanager.go. */
function merge(
  endpoint: Endpoint,
  live: JsonObject,
  body: JsonObject,
  owners: MutableOwners,
  writer: Writer,
  force: boolean,
): Merged | Status {
  const claim = claimOf(endpoint, writer, 'Apply')
  const result = applyObject(endpoint, live, body, owners, claim, force)
  if ('owners' in result) return result
  const allowed = writer.manager === KUBECTL ? appliedByClient(endpoint.type, live) : undefined
  if (allowed === undefined) return conflictStatus(result)
  const left = result
    .map(({ owner, fields }) => ({ owner, fields: difference(fields, allowed) }))
    .filter(({ fields }) => !isEmptySet(fields))
  if (left.length > 0) return conflictStatus(left)
  return merge(endpoint, live, body, owners, writer, true)
}

/** Source: versioncheck.go. */
function versionProblem({ apiVersion, kind }: Endpoint, body: JsonObject): Status | undefined {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const [givenVersion, givenKind] = [text(body['apiVersion']), text(body['kind'])]
  if (givenVersion === apiVersion && givenKind === kind) return undefined
  return badRequest(`invalid object type: ${versionAndKind(givenVersion, givenKind)}`)
}

/** `/v1, Kind=ConfigMap`, as Go prints it. */
const versionAndKind = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`

/** Source: structuredmerge.go, Apply. */
function bodyProblem({ type, apiVersion, kind }: Endpoint, body: JsonObject): Status | undefined {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  if (Array.isArray(metadata['managedFields']) && metadata['managedFields'].length > 0) {
    return badRequest('metadata.managedFields must be nil')
  }
  const problem = structureProblem(type, body)
  if (problem === undefined) return undefined
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const what = `${text(metadata['namespace'])}/${text(metadata['name'])}; ${versionAndKind(apiVersion, kind)}`
  return unexpectedError(`failed to create typed patch object (${what}): ${problem}`)
}

/**
 * Where nothing but the times of entries changed, nothing changed.
 * Source: apiserver/pkg/endpoints/handlers/fieldmanager/equality.go, IgnoreManagedFieldsTimestampsTransformer.
 */
export function withoutTimeChanges<O extends object>(next: O, live: object): O {
  const [after, before] = [entriesOf(next), entriesOf(live)]
  if (after.length === 0 || after === before || !sameClaims(after, before)) return next
  return sameJson(withEntries(next, []), withEntries(live, [])) ? withEntries(next, before) : next
}

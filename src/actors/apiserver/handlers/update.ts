import type { ApiObject, Json } from '../../../events/json.ts'
import { withoutTimeChanges } from '../../../kubernetes/apply/field-manager.ts'
import { entriesOf, withEntries } from '../../../kubernetes/apply/owners.ts'
import type { Draft } from '../../../kubernetes/draft.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { conflict, invalid, isStatus, notFound, unexpectedError, type Status } from '../../../kubernetes/status.ts'
import { keepStatus } from '../../../kubernetes/strategy/strategy.ts'
import { subresourceStrategy, type SubresourceStrategy } from '../../../kubernetes/strategy/subresources.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import { FieldErrors, type FieldError } from '../../../kubernetes/validation/field-error.ts'
import { admit, validate } from '../admission/ask.ts'
import { keysOf } from '../allocation/number-keys.ts'
import { release } from '../allocation/reservation.ts'
import { ServiceUpdate } from '../allocation/service-update.ts'
import { answerBody, answerObject, refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { trackedUpdate } from '../registry/field-tracking.ts'
import { isLastUpdate } from '../registry/graceful-deletion.ts'
import { metadataToUpdate, withGeneration, type GivenMeta } from '../registry/metadata.ts'
import {
  attributesOf,
  decodeBody,
  isDryRun,
  metadataProblem,
  type Given,
  type Request,
  warnOfUpdate,
} from '../request.ts'
import { Removal, type Attempt, type PutResult, type Stored, type Updated } from '../storage/store.ts'
import type { World } from '../world.ts'
import { createObject } from './create.ts'

/** What a PUT or PATCH makes of a stored object, before the server has its say; a Status refuses. */
export type Proposal = (stored: ApiObject) => Given | Status

/** PUT. Source: apiserver/pkg/endpoints/handlers/update.go; registry/generic/registry/store.go, Update (v1.36). */
export function* update(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name, subresource } = request
  const given = decodeBody(request, subresource === 'status' ? statusOnly(request.body) : request.body)
  if (isStatus(given)) return refusal(given)
  const problem = metadataProblem(request, given.metadata)
  if (problem !== undefined) return refusal(problem)
  const { key } = world.refTo(row.kind, namespace, name)
  const propose: Proposal = ({ metadata }) => anotherObject(request, key, given.metadata.uid, metadata.uid) ?? given
  const answer = yield* updateObject(request, propose, world)
  if (answer.code !== 404 || !row.strategy.allowCreateOnUpdate || subresource !== '') return answer
  return yield* createObject(request, { ...given, metadata: { ...given.metadata, name } }, world)
}

/** What a status update says of the spec does not count, so it is not even read. */
export const statusOnly = <T>(body: T): T =>
  typeof body === 'object' && body !== null && 'spec' in body ? { ...body, spec: undefined } : body

/** Writes a proposal and answers with the object. */
export function* updateObject(request: Request, propose: Proposal, world: World): Procedure<Answer> {
  const { name } = request
  const updated = yield* writeUpdate(request, propose, world)
  if (isStatus(updated)) return refusal(updated)
  if (isDryRun(request)) return answerBody(200, name, updated.object)
  if (updated.did !== 'remove') return answerObject(200, name, updated.revision)
  return { ...answerBody(200, name, updated.object), revision: updated.revision }
}

/** What admission is shown of an object instead of the object itself, and what its changes to that do to the object. */
export interface Face {
  show(object: ApiObject): ApiObject
  taken(object: ApiObject, shown: ApiObject): ApiObject
}

const ITSELF: Face = { show: (object) => object, taken: (_object, shown) => shown }

/** Brings a proposal through admission and validation and writes it, on whatever version of the object it is valid for. */
export function* writeUpdate(
  request: Request,
  propose: Proposal,
  world: World,
  face: Face = ITSELF,
): Procedure<Updated | Status> {
  const { row, namespace, name, subresource } = request
  const ref = world.refTo(row.kind, namespace, name)
  const numbers = row.kind === 'Service' && subresource === '' ? new ServiceUpdate(isDryRun(request), world) : undefined
  const attempt: Attempt = function* (stored) {
    if (stored === undefined) return notFound(row, name)
    const next = yield* prepare(request, propose, row.custom?.found?.(stored.object) ?? stored.object, world, face)
    if (isStatus(next)) return next
    if (isLastUpdate(row.kind, stored.object, next)) return new Removal(next)
    return numbers === undefined ? next : yield* numbers.attempt(next, stored.object)
  }
  if (isDryRun(request)) {
    const tried = yield* world.store.tryUpdate(ref, attempt)
    return isStatus(tried) ? tried : { object: tried, revision: 0, did: 'nothing' }
  }
  const updated = yield* world.store.guaranteedUpdate(ref, world.cache.view.get(row.kind, namespace, name), attempt)
  if (isStatus(updated)) yield* numbers?.refused(updated) ?? nothing()
  else if (updated.did === 'remove') yield* afterRemoval(row.kind, updated.object, world)
  else yield* numbers?.written() ?? nothing()
  return updated
}

function* nothing(): Procedure<void> {}

/** What goes along with an object that is gone. Source: pkg/registry/core/service/storage/storage.go, afterDelete (v1.36). */
export function* afterRemoval(kind: Kind, object: ApiObject, world: World): Procedure<void> {
  if (kind !== 'Service') return
  const { namespace, name } = object.metadata
  const ref = world.refTo('Endpoints', namespace, name)
  let endpoints: Stored | Status | undefined = yield* world.store.get(ref)
  while (endpoints !== undefined && !isStatus(endpoints)) {
    const removed: PutResult = yield* world.store.remove(ref, endpoints)
    endpoints = 'instead' in removed ? removed.instead : undefined
  }
  yield* release(keysOf(object as Service), world)
}

/** Source: apiserver/pkg/registry/rest/update.go, BeforeUpdate; registry/store.go, Update. */
function* prepare(
  request: Request,
  propose: Proposal,
  old: ApiObject,
  world: World,
  face: Face,
): Procedure<ApiObject | Status> {
  const { row, name, subresource, answers } = request
  const { strategy } = row
  const proposed = propose(old)
  if (isStatus(proposed)) return proposed
  const problem = metadataProblem(request, proposed.metadata) ?? versionProblem(request, proposed.metadata, old)
  if (problem !== undefined) return problem

  const attributes = attributesOf(request, 'UPDATE', name, face.show(old))
  const merged = { ...proposed, metadata: metadataToUpdate(proposed.metadata, old.metadata) }
  const tracked = trackedUpdate(request, strategy.defaults(merged) as ApiObject, old, world)
  const mutated = yield* admit(face.show(tracked), attributes, answers, world)
  if (isStatus(mutated)) return mutated
  const admitted = withoutTimeChanges(face.taken(tracked, mutated), old)
  const part = subresourceStrategy(row.kind, subresource)
  const next =
    part === undefined
      ? preparedFor(subresource, strategy, admitted, old, world)
      : preparedPart(part, admitted, old, world)
  const errors = errorsOf(subresource, strategy, part, next, old)
  if (errors.length > 0) return invalid(row, name, errors)
  warnOfUpdate(request, next, old)
  return (yield* validate(face.show(next), attributes, answers, world)) ?? next
}

type AnyStrategy = Request['row']['strategy']

/** Puts back what this endpoint may not change, and counts what its owner asked for. */
const preparedFor = (
  subresource: string,
  strategy: AnyStrategy,
  next: ApiObject,
  old: ApiObject,
  world: World,
): ApiObject => {
  if (subresource === 'status') {
    const prepared = (strategy.prepareForStatusUpdate?.(next, old, rfc3339(world.now)) ?? next) as ApiObject
    return withEntries(prepared, entriesOf(next))
  }
  // Source: pkg/registry/core/namespace/strategy.go, namespaceFinalizeStrategy.
  if (subresource === 'finalize') return keepStatus<WithStatus>(next, old as WithStatus)
  const prepared = strategy.prepareForUpdate(next, old, rfc3339(world.now)) as ApiObject
  if (!strategy.bumpsGeneration(prepared, old)) return prepared
  return withGeneration(prepared, (old.metadata.generation ?? 0) + 1)
}

const preparedPart = (
  part: SubresourceStrategy<ApiObject>,
  next: ApiObject,
  old: ApiObject,
  world: World,
): ApiObject => {
  const prepared = withEntries(part.prepareForUpdate(next, old, rfc3339(world.now)) as ApiObject, entriesOf(next))
  return part.bumpsGeneration(prepared, old) ? withGeneration(prepared, (old.metadata.generation ?? 0) + 1) : prepared
}

const errorsOf = (
  subresource: string,
  strategy: AnyStrategy,
  part: SubresourceStrategy<ApiObject> | undefined,
  next: ApiObject,
  old: ApiObject,
): readonly FieldError[] => {
  if (part !== undefined) {
    const errors = new FieldErrors()
    part.checkUpdate(next, old as Draft<ApiObject>, errors)
    return errors.list
  }
  return subresource === 'status' ? strategy.validateStatusUpdate(next, old) : strategy.validateUpdate(next, old)
}

type WithStatus = ApiObject & { readonly status?: Json }

/** The version that an update says it replaces. Source: registry/store.go, Update: AllowUnconditionalUpdate. */
const versionProblem = ({ row, name, subresource }: Request, given: GivenMeta, old: ApiObject): Status | undefined => {
  const { resourceVersion = '' } = given
  if (resourceVersion === old.metadata.resourceVersion) return undefined
  if (!/^\d*$/.test(resourceVersion)) {
    return unexpectedError(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
  }
  if (resourceVersion !== '' && resourceVersion !== '0') return conflict(row, name)
  // Who sends a Scale need not know the version of what is scaled.
  if (row.strategy.allowUnconditionalUpdate || subresource === 'scale') return undefined
  const errors = new FieldErrors()
  errors.invalid('metadata.resourceVersion', 0, 'must be specified for an update')
  return invalid({ group: row.group, kind: row.resource }, name, errors.list)
}

/** A PUT that names a uid is for that object only. Source: apiserver/pkg/storage/interfaces.go, Preconditions.Check. */
const anotherObject = (
  { row, name }: Request,
  key: string,
  wanted: string | undefined,
  uid: string,
): Status | undefined => {
  if (wanted === undefined || wanted === '' || wanted === uid) return undefined
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`
  return conflict(row, name, why)
}

import type { Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import { millis } from '../../../events/time.ts'
import { generateName } from '../../../kubernetes/names.ts'
import {
  alreadyExists,
  forbidden,
  invalid,
  isStatus,
  unexpectedError,
  type Status,
} from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import { admit, validate } from '../admission/ask.ts'
import { allocate } from '../allocation/allocate.ts'
import { keysOf } from '../allocation/number-keys.ts'
import { release } from '../allocation/reservation.ts'
import { answerBody, answerObject, refusal, type Answer } from '../answer.ts'
import { sleep, type Procedure } from '../procedure.ts'
import { trackedCreate } from '../registry/field-tracking.ts'
import { metadataToCreate } from '../registry/metadata.ts'
import { uidFor } from '../registry/birth.ts'
import {
  attributesOf,
  decodeBody,
  isDryRun,
  metadataProblem,
  type Given,
  type Request,
  warnOfCreate,
} from '../request.ts'
import { withoutVersion } from '../storage/store.ts'
import type { World } from '../world.ts'

/** Source: apiserver/pkg/registry/generic/registry/store.go, maxNameGenerationCreateAttempts (v1.36). */
const GENERATE_NAME_TRIES = 8

/** POST. Source: apiserver/pkg/endpoints/handlers/create.go; registry/generic/registry/store.go, Create (v1.36). */
export function* create(request: Request, world: World): Procedure<Answer> {
  const given = decodeBody(request, request.body)
  if (isStatus(given)) return refusal(given)
  const problem = metadataProblem({ namespace: request.namespace, name: '' }, given.metadata)
  if (problem !== undefined) return refusal(problem)
  if (request.row.custom?.terminating === true) {
    const why = 'create not allowed while custom resource definition is terminating'
    return refusal(forbidden(request.row, given.metadata.name ?? '', why))
  }
  return yield* createObject(request, given, world)
}

/** Creates what a body describes; with a generated name, under another one while the name is taken. */
export function* createObject(request: Request, given: Given, world: World): Procedure<Answer> {
  if ((given.metadata.resourceVersion ?? '') !== '') {
    return refusal(unexpectedError('resourceVersion should not be set on objects to be created'))
  }
  const { name = '', generateName: base = '' } = given.metadata
  const generated = name === '' && base !== ''
  for (let attempt = 1; ; attempt++) {
    const chosen = generated ? chooseName(request, base, given, world) : name
    yield* turnOf(request, chosen, world)
    const answer = yield* tryCreate(request, given, chosen, world)
    if (answer !== undefined) return answer
    if (!generated) return refusal(yield* nameTaken(request, chosen, world))
    if (attempt >= GENERATE_NAME_TRIES) return refusal(noUniqueName(request, chosen))
  }
}

const chooseName = ({ row, namespace }: Request, base: string, given: Given, world: World): string =>
  world.identities?.name(row.kind, namespace, base, given) ?? generateName(base, (below) => world.random.below(below))

/** How long who comes behind another waits for him, and how often he looks. */
const PATIENCE: Micros = millis(30)
const LOOK: Micros = millis(1)

/** Where a recording is simulated again, what raced to the store then comes in the order in which it arrived. */
function* turnOf({ row, namespace }: Request, name: string, { identities }: World): Procedure<void> {
  if (identities === undefined) return
  for (let waited = 0; waited < PATIENCE && identities.comesBehind(row.kind, namespace, name); waited += LOOK)
    yield* sleep(LOOK)
}

/** Undefined when the name is taken. */
function* tryCreate(request: Request, given: Given, name: string, world: World): Procedure<Answer | undefined> {
  const { row, namespace, answers } = request
  const { strategy } = row
  const attributes = attributesOf(request, 'CREATE', name, undefined)
  const named: Given = { ...given, metadata: { ...given.metadata, name, ...(row.namespaced ? { namespace } : {}) } }
  // What is missing of a draft after its defaults, validation tells.
  const tracked = trackedCreate(request, strategy.defaults(named) as ApiObject, world)
  const admitted = yield* admit(tracked, attributes, answers, world)
  if (isStatus(admitted)) return refusal(admitted)

  const metadata = metadataToCreate(admitted.metadata, {
    name,
    namespace,
    uid: uidFor(row.kind, namespace, name, world),
    creationTimestamp: rfc3339(world.now),
    generation: strategy.initialGeneration,
  })
  const born = strategy.prepareForCreate({ ...admitted, metadata }, rfc3339(world.now), request.user) as ApiObject
  const prepared = withConditionTimes(born, world.now)
  const errors = strategy.validate(prepared)
  if (errors.length > 0) return refusal(invalid(row, name, errors))
  warnOfCreate(request, prepared)
  const check: Check = (object) => validate(object, attributes, answers, world)
  if (row.kind === 'Service') return yield* storeService(request, prepared as Service, check, world)
  const refused = yield* check(prepared)
  return refused === undefined ? yield* store(request, prepared, world) : refusal(refused)
}

/** What admission has against an object as it would be stored. */
type Check = (object: ApiObject) => Procedure<Status | undefined>

/** A condition that an object is born with, as a gated Pod is, is as old as the object. */
const withConditionTimes = (object: ApiObject, now: Micros): ApiObject => {
  const { status } = object as { readonly status?: { readonly conditions?: readonly Condition[] } }
  if (object.kind !== 'Pod' || status?.conditions === undefined) return object
  const conditions = status.conditions.map((one) => ({ lastTransitionTime: rfc3339(now), ...one }))
  return { ...object, status: { ...status, conditions } } as ApiObject
}

function* store(request: Request, object: ApiObject, world: World): Procedure<Answer | undefined> {
  const { name } = object.metadata
  const ref = world.refTo(request.row.kind, request.namespace, name)
  if (isDryRun(request)) {
    const found = yield* world.store.get(ref)
    if (found !== undefined) return isStatus(found) ? refusal(found) : undefined
    return answerBody(201, name, withoutVersion(object))
  }
  const written = yield* world.store.put(ref, object, 0)
  if (isStatus(written)) return refusal(written)
  return 'revision' in written ? answerObject(201, name, written.revision) : undefined
}

/**
 * A Service takes its address before admission looks at it and gives it back when it is known not to be written. What came of a write
 * that etcd did not confirm nobody knows: then the address stays taken.
 */
function* storeService(request: Request, service: Service, check: Check, world: World): Procedure<Answer | undefined> {
  const allocated = yield* allocate(service, undefined, isDryRun(request), world)
  if (isStatus(allocated)) return refusal(allocated)
  const refused = yield* check(allocated.service)
  if (refused !== undefined) {
    yield* release(allocated.taken, world)
    return refusal(refused)
  }
  const answer = yield* store(request, allocated.service, world)
  if (answer !== undefined) {
    if (answer.code >= 400 && answer.code < 500) yield* release(allocated.taken, world)
    return answer
  }
  const { row, namespace } = request
  const found = yield* world.store.get(world.refTo(row.kind, namespace, service.metadata.name))
  const used = new Set(found === undefined || isStatus(found) ? [] : keysOf(found.object as Service))
  yield* release(
    allocated.taken.filter((key) => !used.has(key)),
    world,
  )
  return undefined
}

/** Why a name cannot be used: an object on its way out blocks it too, and the message says so. */
function* nameTaken({ row, namespace }: Request, name: string, world: World): Procedure<Status> {
  const exists = alreadyExists(row, name)
  const found = yield* world.store.get(world.refTo(row.kind, namespace, name))
  if (found === undefined || isStatus(found) || found.object.metadata.deletionTimestamp === undefined) return exists
  return { ...exists, message: `object is being deleted: ${exists.message}` }
}

const noUniqueName = ({ row }: Request, name: string): Status => {
  const exists = alreadyExists(row, name)
  return { ...exists, message: `${exists.message}, the server was not able to generate a unique name for the object` }
}

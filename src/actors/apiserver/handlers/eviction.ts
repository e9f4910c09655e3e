import type { Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import { millis } from '../../../events/time.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import {
  badRequest,
  isStatus,
  notFound,
  success,
  timeout,
  unexpectedError,
  type Status,
} from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod, PodCondition } from '../../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import { admit, validate } from '../admission/ask.ts'
import { refusal, type Answer } from '../answer.ts'
import { sleep, type Procedure } from '../procedure.ts'
import { preconditionsBroken, type DeleteOptions } from '../registry/delete-options.ts'
import { writtenByServer } from '../registry/field-tracking.ts'
import { attributesOf, isDryRun, takenBody, type Request } from '../request.ts'
import { storedAs, type ObjectRef, type Stored } from '../storage/store.ts'
import type { World } from '../world.ts'
import { removeObject } from './delete.ts'
import { decremented, isUnguarded, stillProcessed } from './disruption-budget.ts'
import { consistent } from './read.ts'

/** Source: pkg/registry/core/pod/storage/eviction.go, EvictionsRetry (v1.36). */
const TRIES = 20
const RETRY_WAIT: Micros = millis(500)
const RETRY_JITTER: Micros = millis(50)

const CONFLICT = 409

const EVICTED: PodCondition = {
  type: 'DisruptionTarget',
  status: 'True',
  lastProbeTime: null,
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
}

/** The body of POST pods/<name>/eviction. Source: api/policy/v1/types.go, Eviction. */
interface Eviction extends ApiObject {
  readonly deleteOptions?: DeleteOptions & { readonly dryRun?: readonly string[] }
}

const DONE: Answer = { code: 201, object: { ...success(), code: 201 } }

/**
 * Deletes a Pod if its disruption budget allows it: first takes one disruption off the budget, then deletes.
 *
 * The two steps are two writes. What a crash between them leaves, the disruption controller forgets after two minutes.
 * Source: pkg/registry/core/pod/storage/eviction.go, Create (v1.36).
 */
export function* evict(asked: Request, world: World): Procedure<Answer> {
  const { row, namespace, name, answers } = asked
  const eviction = takenBody<Eviction>(asked)
  if ((eviction.metadata?.name ?? name) !== name) {
    return refusal(badRequest('name in URL does not match name in Eviction object'))
  }
  const attributes = attributesOf(asked, 'CREATE', name, undefined)
  const admitted = yield* admit(eviction, attributes, answers, world)
  if (isStatus(admitted)) return refusal(admitted)
  const refused = yield* validate(admitted, attributes, answers, world)
  if (refused !== undefined) return refusal(refused)

  const { dryRun = [], ...given } = eviction.deleteOptions ?? {}
  const request = dryRun.length === 0 ? asked : asDryRun(asked)
  const options: DeleteOptions = { ...request.options, ...given }
  const ref = world.refTo(row.kind, namespace, name)
  const found = yield* deleteUnlessGuarded(request, ref, options, world)
  if ('code' in found) return found
  return yield* deleteByBudget(request, ref, found, options, world)
}

/** Who only tries says so in the query or, as `kubectl drain` does, in the body. Source: eviction.go, propagateDryRun. */
const asDryRun = (asked: Request): Request => ({ ...asked, options: { ...asked.options, dryRun: true } })

/** A Pod that serves nobody any more, or not yet, is deleted without asking. Gives the Pod that has to be asked for. */
function* deleteUnlessGuarded(
  request: Request,
  ref: ObjectRef,
  options: DeleteOptions,
  world: World,
): Procedure<Answer | Stored> {
  for (let attempt = 1; ; attempt++) {
    const found = yield* world.store.get(ref)
    if (isStatus(found)) return refusal(found)
    if (found === undefined) return refusal(notFound(request.row, ref.name))
    const pod = found.object as Pod
    const pending = pod.status?.phase === 'Pending'
    if (!isTerminal(pod) && !pending && !isTerminating(pod)) return found
    const enforced = pending && !isTerminating(pod) ? onVersion(options, pod) : options
    const answer = yield* removeObject(request, ref, found, enforced, world)
    if (answer.code < 400) return DONE
    if (answer.code !== CONFLICT || hasVersion(options) || attempt >= TRIES) return answer
    yield* retryWait(world)
  }
}

function* deleteByBudget(
  request: Request,
  ref: ObjectRef,
  found: Stored,
  options: DeleteOptions,
  world: World,
): Procedure<Answer> {
  const pod = found.object as Pod
  const budgets = yield* budgetsOf(pod, world)
  if (isStatus(budgets)) return refusal(budgets)
  if (budgets.length > 1) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
    return refusal(unexpectedError(why))
  }
  const [budget] = budgets
  const unguarded = budget !== undefined && isUnguarded(pod, budget)
  if (budget !== undefined && !unguarded) {
    const refused = yield* takeDisruption(budget, pod, isDryRun(request), world)
    if (refused !== undefined) return refusal(refused)
  }
  const enforced = unguarded ? onVersion(options, pod) : options
  const answer = yield* markAndDelete(request, ref, found, enforced, world)
  if (answer.code < 400) return DONE
  const moved = answer.code === CONFLICT && unguarded && !hasVersion(options)
  return moved && budget !== undefined ? refusal(stillProcessed(budget.metadata.name)) : answer
}

/** As etcd has them: an old cache must not let two evictions pass where one was allowed. */
function* budgetsOf({ metadata }: Pod, world: World): Procedure<readonly PodDisruptionBudget[] | Status> {
  const failure = yield* consistent(world)
  if (isStatus(failure)) return failure
  return world.cache.view
    .list('PodDisruptionBudget', metadata.namespace)
    .filter(({ spec }) => matchesSelector(spec.selector, metadata.labels))
}

/** Takes one disruption off a budget, on its newest version. A Status when there is none to take. */
function* takeDisruption(
  first: PodDisruptionBudget,
  pod: Pod,
  dryRun: boolean,
  world: World,
): Procedure<Status | undefined> {
  const { namespace, name } = first.metadata
  const ref = world.refTo('PodDisruptionBudget', namespace, name)
  let current = storedAs(first)
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const next = decremented(current.object as PodDisruptionBudget, pod.metadata.name, world.now)
    if (isStatus(next)) return next
    if (dryRun) return undefined
    const tracked = writtenByServer(current.object, next, 'status', world)
    const result = yield* world.store.put(ref, tracked, current.revision)
    if (isStatus(result)) return result
    if ('revision' in result) return undefined
    yield* retryWait(world)
    const found = yield* world.store.get(ref)
    if (isStatus(found)) return found
    if (found === undefined) return notFound({ group: 'policy', resource: 'poddisruptionbudgets' }, name)
    current = found
  }
  return timeout(`couldn't update PodDisruptionBudget ${JSON.stringify(name)} due to conflicts`, 10)
}

/** Source: eviction.go, addConditionAndDeletePod. */
function* markAndDelete(
  request: Request,
  ref: ObjectRef,
  found: Stored,
  options: DeleteOptions,
  world: World,
): Procedure<Answer> {
  const { row } = request
  if (isDryRun(request)) return yield* removeObject(request, ref, found, options, world)
  const updated = yield* world.store.guaranteedUpdate(ref, undefined, function* (stored) {
    if (stored === undefined) return notFound(row, ref.name)
    const broken = preconditionsBroken(options.preconditions, row, stored.object.metadata)
    return broken ?? withCondition(stored.object as Pod, rfc3339(world.now))
  })
  if (isStatus(updated)) return refusal(updated)
  const { uid } = options.preconditions ?? {}
  const resourceVersion = String(updated.revision)
  const preconditions = hasVersion(options) ? { uid, resourceVersion } : options.preconditions
  const marked: Stored = {
    object: { ...updated.object, metadata: { ...updated.object.metadata, resourceVersion } },
    revision: updated.revision,
  }
  return yield* removeObject(request, ref, marked, { ...options, preconditions }, world)
}

const withCondition = (pod: Pod, now: string): Pod => ({
  ...pod,
  status: { ...pod.status, conditions: setCondition(pod.status?.conditions, EVICTED, now) },
})

const hasVersion = ({ preconditions }: DeleteOptions): boolean => preconditions?.resourceVersion !== undefined

const onVersion = (options: DeleteOptions, pod: Pod): DeleteOptions =>
  hasVersion(options)
    ? options
    : { ...options, preconditions: { ...options.preconditions, resourceVersion: pod.metadata.resourceVersion } }

function* retryWait({ random }: World): Procedure<void> {
  yield* sleep(RETRY_WAIT + random.below(RETRY_JITTER))
}

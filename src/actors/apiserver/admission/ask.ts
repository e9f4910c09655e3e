import type { ApiObject } from '../../../events/json.ts'
import { isStatus, type Status } from '../../../kubernetes/status.ts'
import { sleep, type Procedure } from '../procedure.ts'
import type { World } from '../world.ts'
import { chargeQuotas } from './quota/charge.ts'
import { mutateByWebhooks, validateByWebhooks } from './webhook/webhooks.ts'
import type { AdmissionWorld, Attributes, Question } from './admission.ts'

/** What one request's plugins have learnt from the storage. Kept over retries of its write. */
export type Answers = Map<string, ApiObject | null>

/** Lets all mutating plugins and webhooks have their say, and once more when one of them has changed the object. */
export function* admit(
  object: ApiObject,
  attributes: Attributes,
  answers: Answers,
  world: World,
): Procedure<ApiObject | Status> {
  const { reinvocation } = attributes
  const admitted = yield* admitOnce(object, attributes, answers, world)
  if (isStatus(admitted) || !reinvocation.isWanted) return admitted
  reinvocation.isSecond = true
  return yield* admitOnce(admitted, attributes, answers, world)
}

/** Asks the storage for whatever plugins do not believe the cache about. */
function* admitOnce(
  object: ApiObject,
  attributes: Attributes,
  answers: Answers,
  world: World,
): Procedure<ApiObject | Status> {
  for (;;) {
    const outcome = world.admission.admit(object, attributes, admissionWorld(answers, world))
    if ('object' in outcome) {
      return yield* mutateByWebhooks(outcome.object, attributes, admissionWorld(answers, world), world)
    }
    if ('refusal' in outcome) return outcome.refusal
    const failure = yield* ask(outcome.question, answers, world)
    if (failure !== undefined) return failure
  }
}

/** Lets all validating plugins judge; undefined when all agree. */
export function* validate(
  object: ApiObject,
  attributes: Attributes,
  answers: Answers,
  world: World,
): Procedure<Status | undefined> {
  for (;;) {
    const outcome = world.admission.validate(object, attributes, admissionWorld(answers, world))
    if (outcome === undefined) {
      const refused = yield* validateByWebhooks(object, attributes, admissionWorld(answers, world), world)
      return refused ?? (yield* chargeQuotas(object, attributes, world))
    }
    if ('refusal' in outcome) return outcome.refusal
    const failure = yield* ask(outcome.question, answers, world)
    if (failure !== undefined) return failure
  }
}

function* ask(question: Question, answers: Answers, world: World): Procedure<Status | undefined> {
  const { kind, namespace, name } = question
  yield* sleep(question.after)
  const found = yield* world.store.get(world.refTo(kind, namespace, name))
  if (isStatus(found)) return found
  answers.set(question.ask, found?.object ?? null)
  return undefined
}

const admissionWorld = (answers: Answers, world: World): AdmissionWorld => ({
  view: world.cache.view,
  authorizer: world.gate.authorizer,
  monotonic: world.monotonic,
  random: world.random,
  answers,
  doubtedNamespaces: world.doubtedNamespaces,
})

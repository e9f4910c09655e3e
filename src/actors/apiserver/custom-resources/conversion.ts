/**
 * Requests for custom resources that a webhook converts: everything happens in the version asked for, as upstream, whose storage
 * converts what it reads and writes.
 *
 * Source: apiextensions-apiserver/pkg/apiserver/conversion/{converter,webhook_converter}.go; customresource_handler.go (v1.36).
 */
import type { ApiObject } from '../../../events/json.ts'
import { conversionReview, convertedObjects } from '../../../kubernetes/custom-resources/conversion.ts'
import type { ConversionWebhook, KindRow } from '../../../kubernetes/kind-rows/row.ts'
import { isStatus, unexpectedError, type Status } from '../../../kubernetes/status.ts'
import { answerBody, refusal, type Answer } from '../answer.ts'
import { listedAt } from '../cache/page.ts'
import type { Procedure } from '../procedure.ts'
import { newUid } from '../../../kubernetes/uid.ts'
import type { Request, ServedRow } from '../request.ts'
import { Store, type Attempt, type ObjectRef, type PutResult, type Stored, type Updated } from '../storage/store.ts'
import { callOut } from '../webhook-client.ts'
import type { World } from '../world.ts'

/** Source: apiserver/pkg/util/webhook/client.go: a client without a time-out of its own has 30 s. */
const TIMEOUT_SECONDS = 30

type Handler = (request: Request, world: World) => Procedure<Answer>

/** Handles a request in its own version and answers in it. */
export function* handleConverted(
  webhook: ConversionWebhook,
  handler: Handler,
  request: Request,
  world: World,
): Procedure<Answer> {
  const { row, verb, subresource } = request
  // What is only read is converted when it is answered.
  const isRead = (verb === 'get' && subresource !== 'scale') || verb === 'list'
  const answer = yield* handler(request, isRead ? world : inVersion(webhook, row, world))
  return answer.code < 300 ? yield* answerIn(webhook, request, answer, world) : answer
}

/** Answers with an object as a watch in a row's version tells it. */
export function* convertedTo(object: ApiObject, row: KindRow, world: World): Procedure<Answer> {
  const webhook = row.custom?.convertedBy
  const shown = webhook === undefined ? object : yield* convertOne(object, row.apiVersion, webhook, world)
  return isStatus(shown) ? refusal(shown) : answerBody(200, object.metadata.name, shown)
}

/** The same world, but what is stored shows in the row's version. */
const inVersion = (webhook: ConversionWebhook, row: ServedRow, world: World): World => {
  const store = new ConvertingStore(webhook, row.apiVersion, world)
  return Object.create(world, { store: { value: store } }) as World
}

function* answerIn(webhook: ConversionWebhook, request: Request, answer: Answer, world: World): Procedure<Answer> {
  const { row, namespace, options } = request
  const { revision = 0, name = request.name } = answer
  if (answer.items !== undefined) {
    const text = namespace === undefined ? options : { ...options, namespace }
    const page = listedAt(world.viewAt(revision), row, text, revision)
    if (isStatus(page)) return refusal(page)
    const objects = yield* convert(page.items, row.apiVersion, webhook, world)
    return isStatus(objects) ? refusal(objects) : { ...answer, objects }
  }
  const object = answer.object === undefined ? world.store.read(row.kind, namespace, name, revision) : undefined
  if (object === undefined || object.apiVersion === row.apiVersion) return answer
  const shown = yield* convertOne(object, row.apiVersion, webhook, world)
  return isStatus(shown) ? refusal(shown) : { ...answer, object: shown }
}

/** Source: etcd3/store.go: what is read is decoded into the version of the request, what is written encoded in the stored one. */
class ConvertingStore extends Store {
  private readonly webhook: ConversionWebhook
  private readonly apiVersion: string
  private readonly world: World

  constructor(webhook: ConversionWebhook, apiVersion: string, world: World) {
    super(world.store.read)
    this.webhook = webhook
    this.apiVersion = apiVersion
    this.world = world
  }

  override *get(ref: ObjectRef): Procedure<Stored | Status | undefined> {
    const found = yield* super.get(ref)
    return found === undefined || isStatus(found) ? found : yield* this.decoded(found)
  }

  override *put(ref: ObjectRef, object: ApiObject, expected: number): Procedure<PutResult> {
    const encoded = yield* convertOne(object, this.webhook.storedVersion, this.webhook, this.world)
    return isStatus(encoded) ? encoded : yield* this.withInstead(yield* super.put(ref, encoded, expected))
  }

  override *guaranteedUpdate(
    ref: ObjectRef,
    cached: ApiObject | undefined,
    attempt: Attempt,
  ): Procedure<Updated | Status> {
    if (cached === undefined) return yield* super.guaranteedUpdate(ref, undefined, attempt)
    const decoded = yield* convertOne(cached, this.apiVersion, this.webhook, this.world)
    return isStatus(decoded) ? decoded : yield* super.guaranteedUpdate(ref, decoded, attempt)
  }

  override *remove(ref: ObjectRef, stored: Stored): Procedure<PutResult> {
    return yield* this.withInstead(yield* super.remove(ref, stored))
  }

  private *withInstead(result: PutResult): Procedure<PutResult> {
    if (!('instead' in result) || result.instead === undefined) return result
    const instead = yield* this.decoded(result.instead)
    return isStatus(instead) ? instead : { instead }
  }

  private *decoded({ object, revision }: Stored): Procedure<Stored | Status> {
    const decoded = yield* convertOne(object, this.apiVersion, this.webhook, this.world)
    return isStatus(decoded) ? decoded : { object: decoded, revision }
  }
}

function* convertOne(
  object: ApiObject,
  apiVersion: string,
  webhook: ConversionWebhook,
  world: World,
): Procedure<ApiObject | Status> {
  const converted = yield* convert([object], apiVersion, webhook, world)
  return isStatus(converted) ? converted : (converted[0] ?? object)
}

/**
 * Objects in a version; those that are in it stay as they are.
 * Abridged: all in one call, where upstream's cache converts each as it takes it in.
 */
export function* convert(
  objects: readonly ApiObject[],
  desiredAPIVersion: string,
  webhook: ConversionWebhook,
  world: World,
): Procedure<readonly ApiObject[] | Status> {
  const others = objects.filter(({ apiVersion }) => apiVersion !== desiredAPIVersion)
  const [first] = others
  if (first === undefined) return objects
  const review = conversionReview(webhook.reviewVersions, {
    uid: newUid(world.random),
    desiredAPIVersion,
    objects: others,
  })
  if (review === undefined) return unexpectedError('no supported conversion review versions')
  const what = `conversion webhook for ${first.apiVersion}, Kind=${first.kind}`
  const callee = { clientConfig: webhook.clientConfig, timeoutSeconds: TIMEOUT_SECONDS }
  const reply = yield* callOut(callee, review, world)
  if ('problem' in reply) return unexpectedError(`${what} failed: ${reply.problem}`)
  const outcome = convertedObjects(review, reply.review)
  if ('problem' in outcome) return unexpectedError(`${what} ${outcome.problem}`)
  const converted = outcome.objects[Symbol.iterator]()
  return objects.map((object) => {
    if (object.apiVersion === desiredAPIVersion) return object
    const { value } = converted.next() as { readonly value?: ApiObject }
    return value === undefined ? object : webhook.coerced(value)
  })
}

import { reviewEndpoint } from '../../../kubernetes/apply/endpoints.ts'
import { entriesOfCreated } from '../../../kubernetes/apply/field-manager.ts'
import { seconds } from '../../../events/time.ts'
import { ISSUER, issueToken, type Claims } from '../../../kubernetes/service-account-tokens/tokens.ts'
import { badRequest, conflict, invalid, isStatus, notFound, type Status } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { ApiObject } from '../../../events/json.ts'
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'
import { answerBody, refusal, type Answer } from '../answer.ts'
import { admit, validate } from '../admission/ask.ts'
import { serviceAccountUser } from '../authn.ts'
import { wallSeconds } from '../authn/tokens.ts'
import type { Procedure } from '../procedure.ts'
import { newUid } from '../../../kubernetes/uid.ts'
import { attributesOf, takenBody, type Request } from '../request.ts'
import type { World } from '../world.ts'

/** Source: pkg/apis/authentication/v1/defaults.go and validation/validation.go (v1.36). */
const DEFAULT_SECONDS = 3600
const MIN_SECONDS = 600
const MAX_SECONDS = 4_294_967_296

const TOKEN_REQUEST = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' }
const TOKEN_ENDPOINT = reviewEndpoint(TOKEN_REQUEST.apiVersion, TOKEN_REQUEST.kind, 'token')

/** As Go writes a request of which nothing is said: what is bound is `null` there, so a reference takes the place of something. */
const EMPTY = { spec: { boundObjectRef: null } }

interface TokenRequest {
  readonly spec: TokenRequestSpec
  readonly status?: object
}

interface TokenRequestSpec {
  readonly audiences?: readonly string[] | null
  readonly expirationSeconds?: number
  readonly boundObjectRef?: {
    readonly kind?: string
    readonly apiVersion?: string
    readonly name?: string
    readonly uid?: string
  } | null
}

/** POST serviceaccounts/token: a token that ends, for a service account. Source: pkg/registry/core/serviceaccount/storage/token.go (v1.36). */
export function* createToken(request: Request, world: World): Procedure<Answer> {
  const { row, namespace = '', name, options, answers } = request
  const attributes = attributesOf(request, 'CREATE', name, undefined)
  const body = yield* admit(givenRequest(request), attributes, answers, world)
  if (isStatus(body)) return refusal(body)
  const found = yield* world.store.get(world.refTo('ServiceAccount', namespace, name))
  if (isStatus(found)) return refusal(found)
  if (found === undefined) return refusal(notFound(row, name))
  const given = (body as Partial<TokenRequest>).spec ?? {}
  const lifetime = given.expirationSeconds ?? DEFAULT_SECONDS
  const problem = lifetimeProblem(lifetime)
  if (problem !== undefined) return refusal(problem)
  const refused = yield* validate(body, attributes, answers, world)
  if (refused !== undefined) return refusal(refused)
  const asked = given.audiences ?? []
  const audiences = asked.length === 0 ? [ISSUER] : asked
  const bound = yield* boundTo(given, namespace, world)
  if (isStatus(bound)) return refusal(bound)
  const account = found.object.metadata
  const issued = wallSeconds(world.now)
  const claims: Claims = {
    aud: audiences,
    exp: issued + lifetime,
    iat: issued,
    iss: ISSUER,
    jti: newUid(world.random),
    'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid: account.uid } },
    nbf: issued,
    sub: serviceAccountUser(namespace, name),
  }
  const { fieldManager: manager } = options
  const object = {
    ...TOKEN_REQUEST,
    spec: { ...given, audiences: given.audiences ?? undefined, expirationSeconds: lifetime },
  }
  const writer = manager === undefined ? undefined : { manager, time: rfc3339(world.now) }
  const fields = writer === undefined ? [] : entriesOfCreated(TOKEN_ENDPOINT, object, writer, EMPTY)
  return answerBody(201, name, {
    ...TOKEN_REQUEST,
    metadata: {
      name,
      namespace,
      uid: account.uid,
      creationTimestamp: rfc3339(world.now),
      ...(fields.length === 0 ? {} : { managedFields: fields }),
    },
    spec: { audiences, expirationSeconds: lifetime, boundObjectRef: given.boundObjectRef ?? null },
    status: { token: issueToken(claims), expirationTimestamp: rfc3339(world.now + seconds(lifetime)) },
  })
}

/** With its defaults. Source: pkg/apis/authentication/v1/defaults.go. */
const givenRequest = (request: Request): ApiObject & TokenRequest => {
  const given = takenBody<ApiObject & Partial<TokenRequest>>(request)
  return {
    ...given,
    spec: { audiences: null, expirationSeconds: DEFAULT_SECONDS, boundObjectRef: null, ...given.spec },
    status: { token: '', expirationTimestamp: null },
  }
}

const lifetimeProblem = (lifetime: number): Status | undefined => {
  const errors = new FieldErrors()
  if (lifetime < MIN_SECONDS) {
    errors.invalid('spec.expirationSeconds', lifetime, 'may not specify a duration less than 10 minutes')
  }
  if (lifetime > MAX_SECONDS) {
    errors.invalid('spec.expirationSeconds', lifetime, 'may not specify a duration larger than 2^32 seconds')
  }
  return errors.list.length === 0
    ? undefined
    : invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors.list)
}

type Bound = Pick<Claims['kubernetes.io'], 'pod' | 'node' | 'secret'>

/** The object that a token ends with. */
function* boundTo({ boundObjectRef }: TokenRequestSpec, namespace: string, world: World): Procedure<Bound | Status> {
  if (boundObjectRef === undefined || boundObjectRef === null) return {}
  const { kind = '', apiVersion = '', name = '', uid = '' } = boundObjectRef
  if (apiVersion !== 'v1' || (kind !== 'Pod' && kind !== 'Secret' && kind !== 'Node')) {
    return badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`)
  }
  const ref = world.refTo(kind, kind === 'Node' ? undefined : namespace, name)
  const found = yield* world.store.get(ref)
  if (isStatus(found)) return found
  if (found === undefined) return notFound(ref.resource, name)
  const { metadata }: ApiObject = found.object
  if (uid !== '' && uid !== metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
    return conflict({ group: '', resource: kind }, name, why)
  }
  const named = { name, uid: metadata.uid }
  if (kind === 'Pod') return { pod: named }
  return kind === 'Node' ? { node: named } : { secret: named }
}

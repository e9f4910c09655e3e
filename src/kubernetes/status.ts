/**
 * What the API answers instead of an object, word for word.
 *
 * Source: apimachinery/pkg/api/errors/errors.go (v1.36).
 */
import type { Status, StatusCause, StatusDetails } from './types/meta.ts'
import { causeReason, errorBody, formatFieldErrors, goQuote, type FieldError } from './validation/field-error.ts'

export type { Status } from './types/meta.ts'

/** A resource by plural name, with its group: `deployments` in `apps`. */
export interface GroupResource {
  readonly group: string
  readonly resource: string
}

export interface GroupKind {
  readonly group: string
  readonly kind: string
  /** What objects of the kind say they are, where that differs. */
  readonly objectKind?: string
}

/** `deployments.apps`, or `pods` where there is no group. */
export const resourceText = ({ group, resource }: GroupResource): string =>
  group === '' ? resource : `${resource}.${group}`

const kindText = ({ group, kind, objectKind = kind }: GroupKind): string =>
  group === '' ? objectKind : `${objectKind}.${group}`

function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...(message === '' ? {} : { message }),
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }
}

/** Details name the *resource* as kind, as upstream's do; empty parts are left out. */
function detailsOf(name: string, group: string, kind: string, rest: Partial<StatusDetails> = {}): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(kind === '' ? {} : { kind }),
    ...rest,
  }
}

const resourceDetails = ({ group, resource }: GroupResource, name: string): StatusDetails =>
  detailsOf(name, group, resource)

/** 200, for what has no object to answer with, as a finished delete. */
export const success = (details?: StatusDetails): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details === undefined ? {} : { details }),
})

export const notFound = (what: GroupResource, name: string): Status =>
  failure(404, 'NotFound', `${resourceText(what)} ${goQuote(name)} not found`, resourceDetails(what, name))

/** A path that no handler serves. */
export const noSuchPath = (): Status => failure(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (what: GroupResource, name: string): Status =>
  failure(409, 'AlreadyExists', `${resourceText(what)} ${goQuote(name)} already exists`, resourceDetails(what, name))

export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again'

export const conflict = (what: GroupResource, name: string, why: string = OBJECT_MODIFIED): Status =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceText(what)} ${goQuote(name)}: ${why}`,
    resourceDetails(what, name),
  )

/**
 * 422 with a cause for every error. `kind` may be empty, as for a patch that cannot be decoded. `storedGroup` is for a version
 * in another group than the stored one: what is wrong is told of the kind that is stored.
 */
export function invalid(
  asked: GroupKind & { readonly storedGroup?: string },
  name: string,
  errors: readonly FieldError[],
): Status {
  const what = asked.storedGroup === undefined ? asked : { ...asked, group: asked.storedGroup }
  const causes = errors.map((error): StatusCause => ({
    reason: causeReason(error),
    message: errorBody(error),
    field: error.field,
  }))
  const message = `${kindText(what)} ${goQuote(name)} is invalid: ${formatFieldErrors(errors)}`
  return failure(
    422,
    'Invalid',
    message,
    detailsOf(name, what.group, what.objectKind ?? what.kind, causes.length === 0 ? {} : { causes }),
  )
}

export function forbidden(what: GroupResource, name: string, why: string): Status {
  const text =
    what.resource === ''
      ? `forbidden: ${why}`
      : name === ''
        ? `${resourceText(what)} is forbidden: ${why}`
        : `${resourceText(what)} ${goQuote(name)} is forbidden: ${why}`
  return failure(403, 'Forbidden', text, resourceDetails(what, name))
}

export const unauthorized = (): Status => failure(401, 'Unauthorized', 'Unauthorized')

export const badRequest = (why: string): Status => failure(400, 'BadRequest', why)

/** What is not understood of a body. Source: apiserver/pkg/endpoints/handlers/create.go, transformDecodeError. */
export const undecodable = (apiVersion: string, kind: string, wanted: string, why: string): Status =>
  badRequest(`${kind} in version ${goQuote(versionOf(apiVersion))} cannot be handled as a ${wanted}: ${why}`)

const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)

export const methodNotAllowed = (): Status =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** The cluster has the resource, but not this verb for it; as a registry answers. */
export const methodNotSupported = (what: GroupResource, verb: string): Status =>
  failure(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind ${goQuote(resourceText(what))}`,
    resourceDetails(what, ''),
  )

/** 410: the revision asked for is compacted. */
export const expired = (why: string): Status => failure(410, 'Expired', why)

export const gone = (why: string): Status => failure(410, 'Gone', why)

/** 429. `retryAfterSeconds` 0 leaves it to the client. */
export function tooManyRequests(why: string, retryAfterSeconds: number, causes?: readonly StatusCause[]): Status {
  const details: StatusDetails = {
    ...(causes === undefined ? {} : { causes }),
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  }
  return failure(429, 'TooManyRequests', why, details)
}

export const internalError = (why: string): Status =>
  failure(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] })

/** 500 with the bare words of an error that nobody translated. */
export const unexpectedError = (why: string): Status => failure(500, '', why)

export const serviceUnavailable = (why: string): Status => failure(503, 'ServiceUnavailable', why)

export const timeout = (why: string, retryAfterSeconds: number): Status =>
  failure(504, 'Timeout', `Timeout: ${why}`, retryAfterSeconds === 0 ? {} : { retryAfterSeconds })

export const serverTimeout = (what: GroupResource, verb: string, retryAfterSeconds: number): Status =>
  failure(
    500,
    'ServerTimeout',
    `The ${verb} operation against ${resourceText(what)} could not be completed at this time, please try again.`,
    detailsOf('', what.group, what.resource, retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  )

export const requestEntityTooLarge = (why: string): Status =>
  failure(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`)

/** 504 for a revision that this server has not reached. Source: storage/errors.go, NewTooLargeResourceVersionError. */
export const tooLargeResourceVersion = (wanted: number, current: number, retryAfterSeconds: number): Status =>
  failure(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds,
  })

export const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && Reflect.get(value, 'kind') === 'Status'

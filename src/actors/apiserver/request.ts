import { either } from 'fp-ts'
import type { EventData } from '../../events/catalogue/index.ts'
import type { ApiObject } from '../../events/json.ts'
import { invariant } from '../../engine/invariant.ts'
import type { Draft } from '../../kubernetes/draft.ts'
import { readObject } from '../../kubernetes/read-object.ts'
import type { KindRow } from '../../kubernetes/registry.ts'
import { badRequest, type Status } from '../../kubernetes/status.ts'
import type { Strategy } from '../../kubernetes/strategy/strategy.ts'
import type { Attributes, Operation } from './admission/admission.ts'
import { Reinvocation } from './admission/reinvocation.ts'
import type { Answers } from './admission/ask.ts'
import { takenKind, takenObject } from './admission/taken.ts'
import type { User } from './authn.ts'
import type { GivenMeta } from './registry/metadata.ts'

export type RequestData = EventData<'ApiRequested'>
export type RequestOptions = NonNullable<RequestData['options']>

/** The row of a kind that the API serves. */
export type ServedRow = KindRow & { readonly strategy: Strategy<ApiObject> }

/** A request whose kind is served, whose caller is known and who may ask for it. */
export interface Request {
  readonly verb: RequestData['verb']
  readonly row: ServedRow
  readonly user: User
  /** Undefined for cluster-scoped kinds, and for lists over all namespaces. */
  readonly namespace: string | undefined
  /** Empty for lists and creates. */
  readonly name: string
  readonly subresource: string
  readonly patchType: RequestData['patchType']
  readonly body: unknown
  readonly options: RequestOptions
  /** What its admission plugins have learnt from the storage. */
  readonly answers: Answers
  /** What the answer warns of, each text once; who handles the request adds to it. */
  readonly warnings: Set<string>
}

/** An object as a client gives it: right in form, anything may be missing. */
export interface Given extends Draft<ApiObject> {
  readonly metadata: GivenMeta
}

const NO_OPTIONS: RequestOptions = {}

export const toRequest = (data: RequestData, row: ServedRow, user: User): Request => ({
  verb: data.verb,
  row,
  user,
  namespace: row.namespaced ? data.namespace : undefined,
  name: data.name ?? '',
  subresource: data.subresource ?? '',
  patchType: data.patchType,
  body: data.body,
  options: data.options ?? NO_OPTIONS,
  answers: new Map(),
  warnings: new Set(row.deprecation === undefined ? [] : [row.deprecation]),
})

export const isDryRun = ({ options }: Request): boolean => options.dryRun === true

/** A body as an object of the request's kind, or why it is none. */
export const decodeBody = ({ row, options, warnings }: Request, body: unknown): Given | Status => {
  const given = body ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    return badRequest(`the object provided is unrecognized (must be of type ${row.kind})`)
  }
  const read = readObject(row, given as Readonly<Record<string, unknown>>, options.fieldValidation ?? 'Ignore')
  if (either.isLeft(read)) return read.left
  for (const text of read.right.warnings) warnings.add(text)
  return givenOf(read.right.object)
}

/** Components of the cluster say nothing of validation and read no warnings; everybody else does. */
const readsWarnings = ({ options }: Request): boolean => options.fieldValidation !== undefined

/** Tells what a new object is warned of. Source: apiserver/pkg/registry/rest/create.go, WarningsOnCreate (v1.36). */
export const warnOfCreate = (request: Request, object: ApiObject): void => {
  if (!readsWarnings(request)) return
  for (const text of request.row.strategy.warnings?.(object) ?? []) request.warnings.add(text)
}

/**
 * Tells what a change is warned of: as a new object is, but for the name, which it has already; where generations are counted,
 * only if there is a new one. Source: apiserver/pkg/registry/rest/update.go; the kinds' WarningsOnUpdate (v1.36).
 */
export const warnOfUpdate = (request: Request, next: ApiObject, old: ApiObject): void => {
  const { row, subresource, warnings } = request
  if (!readsWarnings(request)) return
  for (const text of row.strategy.updateWarnings?.(next, old) ?? []) warnings.add(text)
  if (subresource !== '') return
  const isCounted = row.strategy.initialGeneration !== undefined
  if (isCounted && next.metadata.generation === old.metadata.generation) return
  for (const text of row.strategy.warnings?.(next) ?? []) if (!text.startsWith('metadata.name:')) warnings.add(text)
}

export const givenOf = (object: Draft<ApiObject>): Given => {
  const { metadata } = object
  invariant(metadata !== undefined, 'every decoded object has metadata')
  return { ...object, metadata: metadata as GivenMeta }
}

/** Source: apiserver/pkg/endpoints/handlers/rest.go, checkName; registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace. */
export const metadataProblem = (
  { namespace, name }: Pick<Request, 'namespace' | 'name'>,
  given: GivenMeta,
): Status | undefined => {
  if (namespace !== undefined && (given.namespace ?? '') !== '' && given.namespace !== namespace) {
    return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (name === '' || given.name === name) return undefined
  if ((given.name ?? '') === '') {
    return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  }
  return badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`)
}

/** The body of a write to a subresource that takes a kind of its own; nothing of it has been checked. */
export const takenBody = <O extends ApiObject>({ row, namespace, subresource, body }: Request): O => {
  const taken = takenKind(row, subresource)
  invariant(taken !== undefined, 'this subresource takes a kind of its own')
  const given = (body ?? {}) as Partial<O>
  return takenObject(taken, { ...given, metadata: { namespace, ...given.metadata } }) as O
}

/** What a connection is asked for: an object without metadata. */
export const takenOptions = ({ row, subresource, body }: Request): ApiObject => {
  const taken = takenKind(row, subresource)
  invariant(taken !== undefined, 'every connection has options')
  return takenObject(taken, (body ?? {}) as object)
}

export const attributesOf = (
  { row, namespace, subresource, user, options, warnings }: Request,
  operation: Operation,
  name: string,
  old: ApiObject | undefined,
): Attributes => ({
  operation,
  kind: row.kind,
  resource: row,
  subresource,
  taken: takenKind(row, subresource),
  namespace,
  name,
  user,
  old,
  dryRun: options.dryRun === true,
  deleteOptions: options,
  warnings,
  reinvocation: new Reinvocation(),
})

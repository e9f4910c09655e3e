/**
 * What is special about a kind when the API server writes it.
 *
 * The way of a create: decode (schema/) → `defaults` → admission → `prepareForCreate` → `validate` → store.
 * The way of an update: decode → `defaults` → `prepareForUpdate` → admission → `validateUpdate` → store.
 * Source: apiserver/pkg/registry/rest/{create,update,delete}.go; pkg/registry/<group>/<kind>/strategy.go (v1.36).
 */
import type { ApiObject, ObjectMeta } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import type { Time } from '../types/meta.ts'
import { FieldErrors, type FieldError } from '../validation/field-error.ts'
import { pathSegmentName, validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts'

/** What an authenticator found out about a caller. */
export interface Asker {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Methods, so that a table may hold the strategies of different kinds. */
export interface Strategy<O extends ApiObject> {
  /** Fills what the user left out. Idempotent. */
  defaults(object: Draft<O>): Draft<O>
  /** Clears what users may not set, as the status; `now` is for conditions. Generation is set by the caller from `initialGeneration`. */
  prepareForCreate(object: Draft<O>, now?: Time, asker?: Asker): Draft<O>
  /** Puts back what this endpoint may not change, as the status. Generation is set by the caller from `bumpsGeneration`. */
  prepareForUpdate(next: Draft<O>, before: O, now?: Time): Draft<O>
  /** For the subresource `status`: puts back all but status (and labels, annotations …). Absent: the kind has none. */
  prepareForStatusUpdate?(next: Draft<O>, before: O, now?: Time): Draft<O>
  /** `undefined` where the kind has no generation, else that of a new object. */
  readonly initialGeneration: 1 | undefined
  /** Whether this change is one that the owner asked for. */
  bumpsGeneration(next: Draft<O>, before: Draft<O>): boolean
  validate(object: Draft<O>): readonly FieldError[]
  /** What an answer to a create or an update warns of, beside unknown fields. */
  warnings?(object: Draft<O>): readonly string[]
  /** What an answer to any update, of the status too, warns of because of what was there before. */
  updateWarnings?(next: Draft<O>, before: O): readonly string[]
  validateUpdate(next: Draft<O>, before: O): readonly FieldError[]
  validateStatusUpdate(next: Draft<O>, before: O): readonly FieldError[]
  /** PUT to a name that doesn't exist creates it. */
  readonly allowCreateOnUpdate: boolean
  /** PUT without a resourceVersion overwrites whatever is there. */
  readonly allowUnconditionalUpdate: boolean
  /** Seconds that a deleted object is kept for its goodbye. Absent: it goes at once. */
  graceSeconds?(object: O, requested: number | undefined): number
}

/** The parts of a strategy that differ between kinds; the rest is what most kinds do. */
export interface StrategyParts<O extends ApiObject> extends Partial<
  Omit<Strategy<O>, 'validate' | 'validateUpdate' | 'validateStatusUpdate'>
> {
  readonly check: (object: Draft<O>, errors: FieldErrors) => void
  readonly checkUpdate: (next: Draft<O>, before: Draft<O>, errors: FieldErrors) => void
  readonly checkStatusUpdate?: (next: Draft<O>, before: Draft<O>, errors: FieldErrors) => void
}

const same = <T>(object: T): T => object

export function defineStrategy<O extends ApiObject>(parts: StrategyParts<O>): Strategy<O> {
  const { check, checkUpdate, checkStatusUpdate = checkUpdate, ...rest } = parts
  const collect = (run: (errors: FieldErrors) => void): readonly FieldError[] => {
    const errors = new FieldErrors()
    run(errors)
    return errors.list
  }
  // Every update has its metadata checked for all kinds, then again by the kind: a Status repeats such causes.
  const checkAll = (own: typeof checkUpdate, next: Draft<O>, before: Draft<O>, errors: FieldErrors): void => {
    const { metadata }: { readonly metadata?: Draft<ObjectMeta> } = next
    const { metadata: old }: { readonly metadata?: Draft<ObjectMeta> } = before
    const namespaced = old?.namespace !== undefined
    validateMetadata(metadata, { namespaced, name: pathSegmentName, checkFinalizerNames: false }, errors)
    validateMetadataUpdate(metadata, old, errors)
    own(next, before, errors)
  }
  return {
    defaults: same,
    prepareForCreate: same,
    prepareForUpdate: same,
    initialGeneration: undefined,
    bumpsGeneration: () => false,
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: true,
    ...rest,
    validate: (object) => collect((errors) => check(object, errors)),
    validateUpdate: (next, before) => collect((errors) => checkAll(checkUpdate, next, before as Draft<O>, errors)),
    validateStatusUpdate: (next, before) =>
      collect((errors) => checkAll(checkStatusUpdate, next, before as Draft<O>, errors)),
  }
}

interface WithStatus {
  readonly status?: unknown
}

/** The status belongs to controllers: what a user creates starts with an empty one. */
export const resetStatus = <D extends WithStatus>(object: D, empty: D['status']): D =>
  Object.assign({}, object, { status: empty })

/** An update leaves the status as it was. */
export function keepStatus<D extends WithStatus>(next: D, before: { readonly status?: D['status'] }): D {
  if (next.status === before.status) return next
  const kept: D & { status?: unknown } = Object.assign({}, next, { status: before.status })
  if (kept.status === undefined) delete kept.status
  return kept
}

/** For the subresource `status`: the spec stays as it was. */
export const keepSpec = <D extends { readonly spec?: unknown }>(next: D, before: { readonly spec?: D['spec'] }): D =>
  Object.assign({}, next, { spec: before.spec })

export const specChanged = (next: { readonly spec?: unknown }, before: { readonly spec?: unknown }): boolean =>
  !sameJson(next.spec, before.spec)

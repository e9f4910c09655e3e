/**
 * What is special about writing custom resources of one version of one definition.
 *
 * Source: apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy,validator}.go (v1.36).
 */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import type { CustomObject } from '../kinds.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { FieldErrors, type FieldError } from '../validation/field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts'
import type { DefinedVersion, Definition } from './definition.ts'
import { validateInvariants } from './invariants.ts'
import { hasRules, ruleErrors, ruleWarnings } from './rules.ts'
import { validateReplicas } from './scale.ts'
import type { Schema } from './schema.ts'
import { NO_FIELD, schemaErrors } from './validate.ts'

const BLOCKING: ReadonlySet<string> = new Set(['Required value', 'Unsupported value', 'Too long', 'Too many'])
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

export function customStrategy({ spec }: Definition, version: DefinedVersion): Strategy<ApiObject> {
  const namespaced = spec.scope === 'Namespaced'
  const schema = version.schema?.openAPIV3Schema
  const hasStatus = version.subresources?.status !== undefined
  const scale = version.subresources?.scale
  const withoutStatus = (object: Draft<ApiObject>): Draft<ApiObject> => {
    if (!hasStatus || !('status' in object)) return object
    const { status: _status, ...rest } = object as Draft<ApiObject> & { readonly status?: unknown }
    return rest
  }
  const check = (object: unknown, old: unknown, errors: FieldErrors): void => {
    if (schema !== undefined) errors.list.push(...schemaErrors(object, schema, old))
    if (scale !== undefined) {
      validateReplicas(object, scale.specReplicasPath, errors)
      validateReplicas(object, scale.statusReplicasPath, errors)
    }
    if (schema !== undefined) validateInvariants(object, schema, errors)
    if (schema !== undefined) checkRules(object, old, schema, errors)
  }
  return {
    defaults: (object) => object,
    prepareForCreate: withoutStatus,
    prepareForUpdate: (next, before) => (hasStatus ? withStatusOf(next, before) : next),
    ...(hasStatus ? { prepareForStatusUpdate: statusAlone } : {}),
    initialGeneration: 1,
    bumpsGeneration: (next, before) => !sameJson(spoken(next, hasStatus), spoken(before, hasStatus)),
    validate: (object) =>
      collected((errors) => {
        validateMetadata(object.metadata, { namespaced, name: subdomainName, checkFinalizerNames: false }, errors)
        check(object, undefined, errors)
      }),
    validateUpdate: (next, before) =>
      collected((errors) => {
        validateMetadataUpdate(next.metadata, before.metadata, errors)
        check(next, before, errors)
      }),
    validateStatusUpdate: (next, before) =>
      collected((errors) => {
        validateMetadataUpdate(next.metadata, before.metadata, errors)
        checkStatus(next as CustomObject, before as CustomObject, schema, errors)
      }),
    updateWarnings: (next, before) => (schema === undefined ? [] : ruleWarnings(next, before, schema)),
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: false,
  }
}

const collected = (check: (errors: FieldErrors) => void): readonly FieldError[] => {
  const errors = new FieldErrors()
  check(errors)
  return errors.list
}

/** Of the status only its own schema is looked at, under a name of its own. */
const checkStatus = (next: CustomObject, old: CustomObject, schema: Schema | undefined, errors: FieldErrors): void => {
  const inside = schema?.properties?.['status']
  if (schema === undefined || inside === undefined) return
  const status = next['status']
  if (status !== undefined) errors.list.push(...schemaErrors(status, inside, old['status'], 'status.'))
  checkRules(next, old, schema, errors)
}

const checkRules = (object: unknown, old: unknown, schema: Schema, errors: FieldErrors): void => {
  if (!hasRules(schema)) return
  const blocks = errors.list.some(({ type, reason }) => BLOCKING.has(type) || reason === 'FieldValueTypeInvalid')
  if (blocks) errors.invalid(NO_FIELD, null, NOT_CHECKED)
  else errors.list.push(...ruleErrors(object, old, schema))
}

/** What an owner says: all but metadata, and but the status where that is a subresource. */
const spoken = (object: Draft<ApiObject>, hasStatus: boolean): unknown => {
  const { metadata: _metadata, ...rest } = object
  if (!hasStatus) return rest
  const { status: _status, ...owned } = rest as { readonly status?: unknown }
  return owned
}

const withStatusOf = (next: Draft<ApiObject>, before: ApiObject): Draft<ApiObject> => {
  const { status: _status, ...rest } = next as Draft<ApiObject> & { readonly status?: unknown }
  const { status } = before as CustomObject
  return status === undefined ? rest : Object.assign({}, rest, { status })
}

/** Everything but the status, and the metadata that any write may change, stays. Source: status_strategy.go, PrepareForUpdate. */
const statusAlone = (next: Draft<ApiObject>, before: ApiObject): Draft<ApiObject> => {
  const { status } = next as Draft<ApiObject> & { readonly status?: unknown }
  const { status: _status, ...rest } = before as CustomObject
  const { resourceVersion } = next.metadata ?? {}
  const metadata = { ...before.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
  return Object.assign({}, rest, { metadata }, status === undefined ? {} : { status })
}

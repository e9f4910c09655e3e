/** CustomResourceDefinitions. Source: apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go (v1.36). */
import type { Draft } from '../draft.ts'
import { canonicalJson, sameJson } from '../hash.ts'
import { defineStrategy } from '../strategy/strategy.ts'
import { isDNS1035Label, isDNS1123Subdomain } from '../syntax.ts'
import { Shown, type FieldErrors } from '../validation/field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts'
import { APPROVAL, approvalOf } from './approval.ts'
import { validateDefinitionSchema } from './definition-schema.ts'
import type { Schema } from './schema.ts'
import { hasCondition, type Conversion, type DefinedVersion, type Definition } from './definition.ts'

const NONE = { strategy: 'None' }

export const customResourceDefinitionStrategy = defineStrategy<Definition>({
  defaults: (object) => ({ ...object, spec: withNames(object.spec) }),
  prepareForCreate: (object) => {
    const stored = (object.spec?.versions ?? []).filter(({ storage }) => storage === true).map(({ name = '' }) => name)
    return { ...object, status: { acceptedNames: { plural: '', kind: '' }, storedVersions: stored } }
  },
  prepareForUpdate: (next, before) => {
    const stored = new Set(before.status?.storedVersions)
    for (const { name, storage } of next.spec?.versions ?? []) if (storage === true) stored.add(name ?? '')
    return { ...next, status: { ...before.status, storedVersions: [...stored] } }
  },
  prepareForStatusUpdate: (next, before) => ({ ...next, spec: before.spec }),
  initialGeneration: 1,
  bumpsGeneration: (next, before) => !sameJson(next.spec, before.spec),
  check: (object, errors) => {
    validateMetadata(object.metadata, { namespaced: false, name: subdomainName, checkFinalizerNames: false }, errors)
    checkName(object, errors)
    checkSpec(object.spec, errors)
    if ((object.status?.storedVersions ?? []).length === 0) {
      errors.invalid('status.storedVersions', null, 'must have at least one stored version')
    }
    checkApproval(object, errors)
  },
  checkUpdate: (next, before, errors) => {
    validateMetadataUpdate(next.metadata, before.metadata, errors)
    checkSpec(next.spec, errors)
    if (hasCondition(before as Definition, 'Established')) checkImmutable(next, before, errors)
    if (approvalOf(next)?.state !== approvalOf(before)?.state) checkApproval(next, errors)
  },
  checkStatusUpdate: () => {},
  allowUnconditionalUpdate: false,
})

type Spec = Draft<Definition['spec']>

/** Source: apiextensions/v1/defaults.go. */
const withNames = (spec: Spec | undefined): Spec => {
  const { names = {}, ...rest } = spec ?? {}
  const { kind = '' } = names
  return {
    ...rest,
    names: {
      ...names,
      ...(names.singular === undefined && kind !== '' ? { singular: kind.toLowerCase() } : {}),
      ...(names.listKind === undefined && kind !== '' ? { listKind: `${kind}List` } : {}),
    },
    ...('conversion' in rest ? {} : { conversion: NONE }),
  }
}

const checkName = ({ metadata, spec }: Draft<Definition>, errors: FieldErrors): void => {
  const { name = '' } = metadata ?? {}
  if (name !== `${spec?.names?.plural ?? ''}.${spec?.group ?? ''}`) {
    errors.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')
  }
}

/** Source: apiextensions/validation/validation.go, ValidateCustomResourceDefinitionSpec. */
const checkSpec = (spec: Spec | undefined, errors: FieldErrors): void => {
  const { group = '', scope, names = {}, versions = [] } = spec ?? {}
  if (group === '') errors.required('spec.group')
  else errors.invalids('spec.group', group, isDNS1123Subdomain(group))
  if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.unsupported('spec.scope', scope ?? '', ['Cluster', 'Namespaced'])
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.invalid('spec.versions', shownVersions(versions), 'must have exactly one version marked as storage version')
  }
  const { plural = '', singular = '', kind = '', listKind = '' } = names
  const label = (field: string, value: string): void => {
    if (value === '') errors.required(`spec.names.${field}`)
    else errors.invalids(`spec.names.${field}`, value, isDNS1035Label(value))
  }
  const mixedCase = (field: string, value: string): void => {
    if (value === '') errors.required(`spec.names.${field}`)
    for (const problem of value === '' ? [] : isDNS1035Label(value.toLowerCase())) {
      errors.invalid(`spec.names.${field}`, value, `may have mixed case, but should otherwise match: ${problem}`)
    }
  }
  if (spec?.preserveUnknownFields === true) {
    const words =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
    errors.invalid('spec.preserveUnknownFields', true, words)
  }
  checkConversion(spec?.conversion, errors)
  label('plural', plural)
  label('singular', singular)
  mixedCase('kind', kind)
  mixedCase('listKind', listKind)
  for (const field of ['shortNames', 'categories'] as const) {
    for (const [i, word] of (names[field] ?? []).entries()) {
      errors.invalids(`spec.names.${field}[${i}]`, word, isDNS1035Label(word))
    }
  }
  checkVersions(versions, errors)
}

/** As the server's own structure, in which what all versions share stands beside them. */
const shownVersions = (versions: readonly Draft<DefinedVersion>[]): Shown =>
  new Shown(
    JSON.stringify(
      versions.map(({ name = '', served = false, storage = false, deprecated = false, deprecationWarning = null }) => ({
        Name: name,
        Served: served,
        Storage: storage,
        Deprecated: deprecated,
        DeprecationWarning: deprecationWarning,
        Schema: null,
        Subresources: null,
        AdditionalPrinterColumns: null,
        SelectableFields: null,
      })),
    ),
  )

/** Source: the same file, validateCustomResourceConversion. */
const checkConversion = (conversion: Draft<Conversion> | undefined, errors: FieldErrors): void => {
  if (conversion?.strategy !== 'Webhook') return
  const { clientConfig, conversionReviewVersions = [] } = conversion.webhook ?? {}
  if (clientConfig === undefined) {
    errors.required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook')
  }
  if (conversionReviewVersions.length === 0) errors.required('spec.conversion.conversionReviewVersions')
}

const checkVersions = (versions: readonly Draft<DefinedVersion>[], errors: FieldErrors): void => {
  const shared = new Set(versions.map(({ schema }) => canonicalJson(schema ?? null))).size === 1
  for (const [i, version] of versions.entries()) {
    const schema = version.schema?.openAPIV3Schema as Schema | undefined
    if (schema === undefined) errors.required(`spec.versions[${i}].schema.openAPIV3Schema`)
    else if (!shared) validateDefinitionSchema(schema, `spec.versions[${i}].schema.openAPIV3Schema`, errors)
    else if (i === 0) validateDefinitionSchema(schema, 'spec.validation.openAPIV3Schema', errors)
  }
  if (!shared || versions.length < 2) return
  for (const [i, { selectableFields = [] }] of versions.entries()) {
    if (
      selectableFields.length > 0 &&
      versions.some((one) => !sameJson(one.selectableFields ?? [], selectableFields))
    ) {
      const words = 'may only be set when `version.schema.openAPIV3Schema` is not included'
      errors.invalid(`spec.versions[${i}].selectableFields`, '', words)
    }
  }
}

const checkImmutable = (next: Draft<Definition>, before: Draft<Definition>, errors: FieldErrors): void => {
  const same = (field: string, now: unknown, old: unknown): void => {
    if (now !== old) errors.invalid(field, now, 'field is immutable')
  }
  same('spec.scope', next.spec?.scope, before.spec?.scope)
  same('spec.names.kind', next.spec?.names?.kind, before.spec?.names?.kind)
  same('spec.group', next.spec?.group, before.spec?.group)
  same('spec.names.plural', next.spec?.names?.plural, before.spec?.names?.plural)
}

const checkApproval = (definition: Draft<Definition>, errors: FieldErrors): void => {
  const approval = approvalOf(definition)
  const field = `metadata.annotations[${APPROVAL}]`
  if (approval?.state === 'missing') errors.required(field, approval.reason)
  if (approval?.state === 'invalid') {
    errors.invalid(field, definition.metadata?.annotations?.[APPROVAL], approval.reason)
  }
}

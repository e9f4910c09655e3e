/** ResourceQuotas. Source: pkg/apis/core/validation/validation.go, pkg/apis/core/helper/helpers.go (v1.36). */
import type { ResourceQuota, ScopedResourceSelectorRequirement } from '../types/core.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import { IMMUTABLE, Shown, type FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { isCounted, validateResourceAmount, validateResourceName } from './resources.ts'

type Spec = NonNullable<Draft<ResourceQuota>['spec']>

const OF_PODS = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']

/** What each scope may narrow. */
const SCOPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Terminating', OF_PODS],
  ['NotTerminating', OF_PODS],
  ['BestEffort', ['pods']],
  ['NotBestEffort', OF_PODS],
  ['PriorityClass', OF_PODS],
  ['CrossNamespacePodAffinity', OF_PODS],
  ['VolumeAttributesClass', ['persistentvolumeclaims', 'requests.storage']],
])

const EXCLUSIVE = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const

export function validateResourceQuota(quota: Draft<ResourceQuota>, errors: FieldErrors): void {
  validateMetadata(quota.metadata, { namespaced: true, name: subdomainName }, errors)
  validateSpec(quota.spec ?? {}, errors)
  validateStatus(quota, errors)
}

export function validateResourceQuotaUpdate(
  next: Draft<ResourceQuota>,
  before: Draft<ResourceQuota>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateSpec(next.spec ?? {}, errors)
  const set = (scopes: readonly string[] | undefined): readonly string[] => [...new Set(scopes)].sort()
  if (!sameJson(set(next.spec?.scopes), set(before.spec?.scopes))) {
    errors.invalid('spec.scopes', next.spec?.scopes, IMMUTABLE)
  }
}

export function validateResourceQuotaStatusUpdate(
  next: Draft<ResourceQuota>,
  before: Draft<ResourceQuota>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if ((next.metadata?.resourceVersion ?? '') === '') errors.required('resourceVersion')
  validateStatus(next, errors)
}

function validateStatus({ status }: Draft<ResourceQuota>, errors: FieldErrors): void {
  validateAmounts(status?.hard, 'status.hard', errors)
  validateAmounts(status?.used, 'status.used', errors)
}

function validateSpec(spec: Spec, errors: FieldErrors): void {
  validateAmounts(spec.hard, 'spec.hard', errors)
  if ((spec.scopes ?? []).length > 0) validateScopes(spec, 'spec.scopes', errors)
  if (spec.scopeSelector !== undefined) validateScopeSelector(spec, 'spec.scopeSelector.matchExpressions', errors)
}

function validateAmounts(amounts: Draft<ResourceList> | undefined, at: string, errors: FieldErrors): void {
  for (const [name, text] of Object.entries(amounts ?? {})) {
    const here = `${at}[${name}]`
    validateResourceName(name, here, errors)
    if (!name.includes('/') && !isCounted(name)) errors.invalid(here, name, 'must be a standard resource for quota')
    validateResourceAmount(name, text ?? '0', here, errors)
  }
}

/** The counted resources of a quota that a scope cannot narrow. */
const outOfScope = (scope: string, { hard }: Spec): readonly string[] =>
  Object.keys(hard ?? {}).filter((name) => isCounted(name) && SCOPES.get(scope)?.includes(name) !== true)

const NOT_KNOWN = 'unsupported scope'
const NOT_FOR_IT = 'unsupported scope applied to resource'

function validateScopes(spec: Spec, at: string, errors: FieldErrors): void {
  const { scopes = [] } = spec
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.invalid(at, scopes, NOT_KNOWN)
    for (let i = outOfScope(scope, spec).length; i > 0; i -= 1) errors.invalid(at, scopes, NOT_FOR_IT)
  }
  for (const pair of EXCLUSIVE) {
    if (pair.every((scope) => scopes.includes(scope))) errors.invalid(at, scopes, 'conflicting scopes')
  }
}

const EXISTS_ONLY =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
/** Scopes that a Pod is in or not; the others have values. */
const VALUED: ReadonlySet<string> = new Set(['PriorityClass', 'VolumeAttributesClass'])

function validateScopeSelector(spec: Spec, at: string, errors: FieldErrors): void {
  const expressions = spec.scopeSelector?.matchExpressions ?? []
  const shown = new Shown(JSON.stringify({ MatchExpressions: expressions }))
  for (const expression of expressions) {
    const { scopeName = '' } = expression
    if (!SCOPES.has(scopeName)) errors.invalid(`${at}.scopeName`, scopeName, NOT_KNOWN)
    for (let i = outOfScope(scopeName, spec).length; i > 0; i -= 1) errors.invalid(at, shown, NOT_FOR_IT)
    if (SCOPES.has(scopeName) && !VALUED.has(scopeName) && expression.operator !== 'Exists') {
      errors.invalid(`${at}.operator`, expression.operator, EXISTS_ONLY)
    }
    validateOperator(expression, at, errors)
  }
  const names = expressions.map(({ scopeName }) => scopeName)
  for (const pair of EXCLUSIVE) {
    if (pair.every((scope) => names.includes(scope))) errors.invalid(at, shown, 'conflicting scopes')
  }
}

function validateOperator(
  { operator, values = [] }: Draft<ScopedResourceSelectorRequirement>,
  at: string,
  errors: FieldErrors,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        const words = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
        errors.required(`${at}.values`, words)
      }
      return
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        const words = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
        errors.invalid(`${at}.values`, values, words)
      }
      return
    default:
      errors.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator')
  }
}

/**
 * Amounts of resources and their names.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateResourceRequirements and following; pkg/apis/core/helper (v1.36).
 */
import { either } from 'fp-ts'
import type { ResourceRequirements } from '../types/container.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Draft } from '../draft.ts'
import { compareAmounts, formatQuantity, parseQuantity, ZERO, type Amount } from '../quantity.ts'
import { isLabelKey } from '../syntax.ts'
import { NOT_NEGATIVE, type FieldErrors } from './field-error.ts'

/** What a quota counts without its saying `count/…`. */
const COUNTED: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
export const isCounted = (name: string): boolean =>
  COUNTED.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')
const isStandard = (name: string): boolean => name === 'storage' || isCounted(name)
/** Known to Kubernetes itself. */
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
/** Devices and the like: whole numbers only. Source: core/helper/helpers.go, IsExtendedResourceName. */
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isLabelKey(`requests.${name}`).length === 0
/** More may be limited than there is. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)
const isForContainers = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || isHugePages(name)
const WHOLE_ONLY: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

const amountOrZero = (text: string): Amount => either.getOrElse(() => ZERO)(parseQuantity(text))

/** Any resource that the API may name. */
export function validateResourceName(name: string, at: string, errors: FieldErrors): void {
  const problems = isLabelKey(name)
  errors.invalids(at, name, problems)
  if (problems.length === 0 && !name.includes('/') && !isStandard(name)) {
    errors.invalid(at, name, 'must be a standard resource type or fully qualified')
  }
}

export function validateContainerResourceName(name: string, at: string, errors: FieldErrors): void {
  validateResourceName(name, at, errors)
  if (!name.includes('/')) {
    if (!isForContainers(name)) errors.invalid(at, name, 'must be a standard resource for containers')
  } else if (!isNative(name) && !isExtended(name)) {
    errors.invalid(at, name, "doesn't follow extended resource name standard")
  }
}

/** Not negative, and whole where pieces make no sense. */
export function validateResourceAmount(name: string, text: string, at: string, errors: FieldErrors): void {
  const amount = amountOrZero(text)
  if (amount.nanos < 0n) errors.invalid(at, formatQuantity(amount), NOT_NEGATIVE)
  if ((WHOLE_ONLY.has(name) || isExtended(name)) && amount.nanos % 1_000_000_000n !== 0n) {
    errors.invalid(at, formatQuantity(amount), 'must be an integer')
  }
}

/** Every amount of a list, by name: `status.capacity[cpu]`. */
export function validateResourceList(list: Draft<ResourceList> | undefined, at: string, errors: FieldErrors): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    validateResourceName(name, `${at}[${name}]`, errors)
    validateResourceAmount(name, text ?? '0', `${at}[${name}]`, errors)
  }
}

export function validateResourceRequirements(
  resources: Draft<ResourceRequirements> | undefined,
  claimNames: ReadonlySet<string>,
  at: string,
  errors: FieldErrors,
): void {
  const { limits = {}, requests = {}, claims = [] } = resources ?? {}
  for (const [name, text] of Object.entries(limits)) {
    validateContainerResourceName(name, `${at}.limits[${name}]`, errors)
    validateResourceAmount(name, text ?? '0', `${at}.limits[${name}]`, errors)
  }
  for (const [name, text] of Object.entries(requests)) {
    validateContainerResourceName(name, `${at}.requests[${name}]`, errors)
    validateResourceAmount(name, text ?? '0', `${at}.requests[${name}]`, errors)
    validateAgainstLimit(name, text ?? '0', limits[name], at, errors)
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.forbidden(at, 'HugePages require cpu or memory')
  }
  for (const [i, { name = '' }] of claims.entries()) {
    if (name === '') errors.required(`${at}.claims[${i}].name`)
    else if (!claimNames.has(name)) errors.notFound(`${at}.claims[${i}].name`, name)
  }
}

function validateAgainstLimit(name: string, text: string, limit: string | undefined, at: string, errors: FieldErrors) {
  if (limit === undefined) {
    if (!mayOvercommit(name)) errors.required(`${at}.limits`, 'Limit must be set for non overcommitable resources')
    return
  }
  const request = amountOrZero(text)
  const most = amountOrZero(limit)
  const order = compareAmounts(request, most)
  if (order !== 0 && !mayOvercommit(name)) {
    errors.invalid(
      `${at}.requests`,
      formatQuantity(request),
      `must be equal to ${name} limit of ${formatQuantity(most)}`,
    )
  } else if (order > 0) {
    const words = `must be less than or equal to ${name} limit of ${formatQuantity(most)}`
    errors.invalid(`${at}.requests`, formatQuantity(request), words)
  }
}

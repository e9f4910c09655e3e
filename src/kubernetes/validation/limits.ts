/** LimitRanges. Source: pkg/apis/core/validation/validation.go, ValidateLimitRange (v1.36); errors come in its order. */
import type { LimitRange, LimitRangeItem } from '../types/core.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Draft } from '../draft.ts'
import { amountOf, compareAmounts, compareQuantities, formatQuantity } from '../quantity.ts'
import { isLabelKey } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { mayOvercommit, validateContainerResourceName, validateResourceName } from './resources.ts'

export function validateLimitRange(range: Draft<LimitRange>, errors: FieldErrors): void {
  validateMetadata(range.metadata, { namespaced: true, name: subdomainName }, errors)
  const types = new Set<string>()
  for (const [i, item] of (range.spec?.limits ?? []).entries()) {
    const at = `spec.limits[${i}]`
    const { type = '' } = item
    errors.invalids(`${at}.type`, type, isLabelKey(type))
    if (types.has(type)) errors.duplicate(`${at}.type`, type)
    types.add(type)
    validateNames(item, at, errors)
    for (const name of resourcesOf(item)) validateResource(item, name, at, errors)
  }
}

export function validateLimitRangeUpdate(
  next: Draft<LimitRange>,
  before: Draft<LimitRange>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateLimitRange(next, errors)
}

const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

/** Upstream goes through a map in any order; here by name. */
const resourcesOf = (item: Draft<LimitRangeItem>): readonly string[] => {
  const names = new Set(LISTS.flatMap((list) => Object.keys(item[list] ?? {})))
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function validateNames(item: Draft<LimitRangeItem>, at: string, errors: FieldErrors): void {
  const { type } = item
  const check = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName
  const checkList = (list: (typeof LISTS)[number]): void => {
    for (const name of Object.keys(item[list] ?? {})) check(name, `${at}.${list}[${name}]`, errors)
  }
  checkList('max')
  checkList('min')
  for (const list of ['default', 'defaultRequest'] as const) {
    if (type !== 'Pod') checkList(list)
    else if (Object.keys(item[list] ?? {}).length > 0) {
      errors.forbidden(`${at}.${list}`, "may not be specified when `type` is 'Pod'")
    }
  }
  if (type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined) {
    const words = 'either minimum or maximum storage value is required, but neither was provided'
    errors.required(`${at}.limits`, words)
  }
  checkList('maxLimitRequestRatio')
}

/** Pods have no defaults. */
const defaultsOf = ({
  type,
  ...item
}: Draft<LimitRangeItem>): { default?: Draft<ResourceList>; request?: Draft<ResourceList> } =>
  type === 'Pod' ? {} : { default: item.default, request: item.defaultRequest }

function validateResource(item: Draft<LimitRangeItem>, name: string, at: string, errors: FieldErrors): void {
  const { default: limits, request: requests } = defaultsOf(item)
  const [min, max, limit, request] = [item.min?.[name], item.max?.[name], limits?.[name], requests?.[name]]
  const notMore = (
    less: readonly [text: string | undefined, name: string],
    more: readonly [text: string | undefined, name: string],
    field: string,
    shown: string | undefined,
  ): void => {
    if (less[0] === undefined || more[0] === undefined || compareQuantities(less[0], more[0]) <= 0) return
    errors.invalid(`${at}.${field}[${name}]`, shown, `${less[1]} ${less[0]} is greater than ${more[1]} ${more[0]}`)
  }
  notMore([min, 'min value'], [max, 'max value'], 'min', min)
  notMore([min, 'min value'], [request, 'default request value'], 'defaultRequest', request)
  notMore([request, 'default request value'], [max, 'max value'], 'defaultRequest', request)
  notMore([request, 'default request value'], [limit, 'default limit value'], 'defaultRequest', request)
  notMore([min, 'min value'], [limit, 'default value'], 'default', min)
  notMore([limit, 'default value'], [max, 'max value'], 'default', max)
  validateRatio(item.maxLimitRequestRatio?.[name], min, max, `${at}.maxLimitRequestRatio[${name}]`, errors)
  if (mayOvercommit(name) || limit === undefined || request === undefined) return
  if (compareQuantities(limit, request) !== 0) {
    const words = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`
    errors.invalid(`${at}.default[${name}]`, limit, words)
  }
}

function validateRatio(
  ratio: string | undefined,
  min: string | undefined,
  max: string | undefined,
  at: string,
  errors: FieldErrors,
): void {
  if (ratio === undefined) return
  const shown = formatQuantity(amountOf(ratio))
  if (compareAmounts(amountOf(ratio), amountOf('1')) < 0) errors.invalid(at, shown, `ratio ${shown} is less than 1`)
  if (min === undefined || max === undefined) return
  const [least, most, wanted] = [amountOf(min).nanos, amountOf(max).nanos, amountOf(ratio).nanos]
  // ratio > max / min, without leaving the integers.
  if (least === 0n || wanted * least <= most * 1_000_000_000n) return
  const millionths = (most * 1_000_000n + least / 2n) / least
  const decimals = (millionths % 1_000_000n).toString().padStart(6, '0')
  errors.invalid(at, shown, `ratio ${shown} is greater than max/min = ${millionths / 1_000_000n}.${decimals}`)
}

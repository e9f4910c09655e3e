/**
 * What a claim asks for: requests, constraints, selectors.
 *
 * Source: pkg/apis/resource/validation/validation.go (v1.36).
 * Abridged: capacities and configurations aren't looked at; nobody estimates what selectors cost.
 */
import { deviceSelectorProblem } from '../cel/device-names.ts'
import type {
  DeviceClaim,
  DeviceRequest,
  DeviceSelector,
  DeviceToleration,
  ExactDeviceRequest,
} from '../types/resource.ts'
import type { Draft } from '../draft.ts'
import { byteLength, isDNS1123Label, isDNS1123Subdomain, isLabelKey } from '../syntax.ts'
import { Shown, type FieldErrors } from './field-error.ts'

const MOST_REQUESTS = 32
const MOST_ALTERNATIVES = 8
const MOST_SELECTORS = 32
const EXPRESSION_MAX_BYTES = 10 * 1024
const MOST_CONSTRAINTS = 32
const MOST_TOLERATIONS = 16
const EXACTLY_ONE = 'exactly one of `exactly` or `firstAvailable` is required'

export function validateDeviceClaim(claim: Draft<DeviceClaim>, at: string, errors: FieldErrors): void {
  const { requests = [], constraints = [] } = claim
  validateNamed(requests, MOST_REQUESTS, `${at}.requests`, errors, validateRequest)
  if (constraints.length > MOST_CONSTRAINTS) {
    errors.tooMany(`${at}.constraints`, constraints.length, MOST_CONSTRAINTS)
  }
  const names = requestNames(requests)
  for (const [i, { requests: named = [], matchAttribute, distinctAttribute }] of constraints.entries()) {
    const here = `${at}.constraints[${i}]`
    for (const [j, name] of named.entries()) {
      if (!names.has(name)) {
        const words =
          "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
        errors.invalid(`${here}.requests[${j}]`, name, words)
      }
    }
    if (matchAttribute === undefined && distinctAttribute === undefined) errors.required(`${here}.matchAttribute`)
  }
}

function requestNames(requests: readonly Draft<DeviceRequest>[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { name = '', firstAvailable = [] } of requests) {
    names.add(name)
    for (const sub of firstAvailable) names.add(`${name}/${sub.name ?? ''}`)
  }
  return names
}

/** A list of at most so many, told apart by name. */
export function validateNamed<T extends { readonly name?: string }>(
  items: readonly T[],
  most: number,
  at: string,
  errors: FieldErrors,
  validate: (item: T, at: string, errors: FieldErrors) => void,
): void {
  if (items.length > most) errors.tooMany(at, items.length, most)
  const names = new Set<string>()
  for (const [i, item] of items.entries()) {
    const { name = '' } = item
    validate(item, `${at}[${i}]`, errors)
    if (names.has(name)) errors.duplicate(`${at}[${i}].name`, name)
    names.add(name)
  }
}

function validateRequest(request: Draft<DeviceRequest>, at: string, errors: FieldErrors): void {
  const { name = '', exactly, firstAvailable = [] } = request
  errors.invalids(`${at}.name`, name, isDNS1123Label(name))
  if (exactly === undefined && firstAvailable.length === 0) errors.required(at, EXACTLY_ONE)
  else if (exactly !== undefined && firstAvailable.length > 0) {
    errors.invalid(at, undefined, `${EXACTLY_ONE}, but multiple fields are set`)
  } else if (exactly !== undefined) validateExact(exactly, `${at}.exactly`, errors)
  else {
    validateNamed(firstAvailable, MOST_ALTERNATIVES, `${at}.firstAvailable`, errors, (sub, here) => {
      errors.invalids(`${here}.name`, sub.name ?? '', isDNS1123Label(sub.name ?? ''))
      validateExact(sub, here, errors)
    })
  }
}

function validateExact(request: Draft<Omit<ExactDeviceRequest, 'adminAccess'>>, at: string, errors: FieldErrors): void {
  const { deviceClassName = '', selectors, allocationMode, count = 0, tolerations = [] } = request
  if (deviceClassName === '') errors.required(`${at}.deviceClassName`)
  else errors.invalids(`${at}.deviceClassName`, deviceClassName, isDNS1123Subdomain(deviceClassName))
  validateSelectors(selectors, `${at}.selectors`, errors)
  if (allocationMode === 'All') {
    if (count !== 0) errors.invalid(`${at}.count`, count, "must not be specified when allocationMode is 'All'")
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.invalid(`${at}.count`, count, 'must be greater than zero')
  } else errors.unsupported(`${at}.allocationMode`, allocationMode ?? '', ['All', 'ExactCount'])
  if (tolerations.length > MOST_TOLERATIONS) errors.tooMany(`${at}.tolerations`, tolerations.length, MOST_TOLERATIONS)
  for (const [i, toleration] of tolerations.entries()) validateToleration(toleration, `${at}.tolerations[${i}]`, errors)
}

export function validateSelectors(
  selectors: readonly Draft<DeviceSelector>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  const given = selectors ?? []
  if (given.length > MOST_SELECTORS) errors.tooMany(at, given.length, MOST_SELECTORS)
  for (const [i, { cel }] of given.entries()) {
    const here = `${at}[${i}].cel`
    if (cel === undefined) errors.required(here)
    else validateSelector(cel.expression ?? '', `${here}.expression`, errors)
  }
}

function validateSelector(expression: string, at: string, errors: FieldErrors): void {
  if (byteLength(expression) > EXPRESSION_MAX_BYTES) return errors.tooLong(at, EXPRESSION_MAX_BYTES)
  const problem = deviceSelectorProblem(expression)
  if (problem !== undefined) errors.invalid(at, expression, problem)
}

function validateToleration(toleration: Draft<DeviceToleration>, at: string, errors: FieldErrors): void {
  const { key = '', operator, value = '', effect } = toleration
  if (key !== '') errors.invalids(`${at}.key`, key, isLabelKey(key))
  if (operator === 'Exists') {
    if (value !== '') errors.invalid(`${at}.value`, value, 'must be empty for operator `Exists`')
  } else if (operator !== 'Equal') errors.oneOf(`${at}.operator`, operator, ['Equal', 'Exists'])
  else if (key === '') errors.required(`${at}.operator`, 'must be `Exists` when `key` is empty')
  if (effect !== undefined) errors.oneOf(`${at}.effect`, effect, ['NoExecute', 'NoSchedule', 'None'])
}

/** As the server's own structure, which messages show. */
export function shownDevices(claim: Draft<DeviceClaim>): Shown {
  const exact = (request: Draft<ExactDeviceRequest>): object => ({
    DeviceClassName: request.deviceClassName ?? '',
    Selectors: request.selectors?.map(({ cel }) => ({ CEL: { Expression: cel?.expression ?? '' } })) ?? null,
    AllocationMode: request.allocationMode ?? '',
    Count: request.count ?? 0,
  })
  const tail = (request: Draft<ExactDeviceRequest>): object => ({
    Tolerations:
      request.tolerations?.map((one) => ({
        Key: one.key ?? '',
        Operator: one.operator ?? '',
        Value: one.value ?? '',
        Effect: one.effect ?? '',
        TolerationSeconds: one.tolerationSeconds ?? null,
      })) ?? null,
    Capacity: request.capacity === undefined ? null : { Requests: request.capacity.requests ?? null },
  })
  const requests = claim.requests?.map(({ name = '', exactly, firstAvailable }) => ({
    Name: name,
    Exactly:
      exactly === undefined ? null : { ...exact(exactly), AdminAccess: exactly.adminAccess ?? null, ...tail(exactly) },
    FirstAvailable: firstAvailable?.map((sub) => ({ Name: sub.name ?? '', ...exact(sub), ...tail(sub) })) ?? null,
  }))
  const constraints = claim.constraints?.map((one) => ({
    Requests: one.requests ?? null,
    MatchAttribute: one.matchAttribute ?? null,
    DistinctAttribute: one.distinctAttribute ?? null,
  }))
  return new Shown(
    JSON.stringify({
      Devices: { Requests: requests ?? null, Constraints: constraints ?? null, Config: claim.config ?? null },
    }),
  )
}

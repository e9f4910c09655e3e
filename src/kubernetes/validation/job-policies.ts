/**
 * What a Job makes of its Pods' ends: podFailurePolicy, successPolicy, podReplacementPolicy.
 *
 * Source: pkg/apis/batch/validation/validation.go (v1.36); errors come in its order.
 */
import type { JobSpec, PodFailurePolicyRule } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { byteLength } from '../syntax.ts'
import { goQuote, OMITTED, Shown, type FieldErrors } from './field-error.ts'
import { validateLabelName } from './labels.ts'

const MAX_RULES = 20
const MAX_EXIT_CODES = 255
const MAX_PATTERNS = 20
const MAX_INDEXES_BYTES = 64 * 1024

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']

export function validatePodFailurePolicy(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  const rules = spec.podFailurePolicy?.rules ?? []
  if (rules.length > MAX_RULES) errors.tooMany(`${at}.rules`, rules.length, MAX_RULES)
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {}
  const names = new Set([...containers, ...initContainers].map(({ name }) => name))
  for (const [i, rule] of rules.entries()) validateRule(spec, rule, names, `${at}.rules[${i}]`, errors)
}

type Rule = Draft<PodFailurePolicyRule>

function validateRule(
  spec: Draft<JobSpec>,
  { action = '', onExitCodes, onPodConditions = [] }: Omit<Rule, 'action'> & { readonly action?: string },
  containers: ReadonlySet<string | undefined>,
  at: string,
  errors: FieldErrors,
): void {
  if (action === '') errors.required(`${at}.action`, `valid values: ${list(ACTIONS)}`)
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set')
    }
  } else if (!ACTIONS.includes(action)) errors.unsupported(`${at}.action`, action, ACTIONS)
  if (onExitCodes !== undefined) validateExitCodes(onExitCodes, containers, `${at}.onExitCodes`, errors)
  validatePatterns(onPodConditions, `${at}.onPodConditions`, errors)
  const both = 'specifying both OnExitCodes and OnPodConditions is not supported'
  if (onExitCodes !== undefined && onPodConditions.length > 0) errors.invalid(at, OMITTED, both)
  const none = 'specifying one of OnExitCodes and OnPodConditions is required'
  if (onExitCodes === undefined && onPodConditions.length === 0) errors.invalid(at, OMITTED, none)
}

/** As Go prints a list with %q. */
const list = (values: readonly string[]): string => `[${values.map(goQuote).join(' ')}]`

function validatePatterns(patterns: NonNullable<Rule['onPodConditions']>, at: string, errors: FieldErrors): void {
  if (patterns.length > MAX_PATTERNS) errors.tooMany(at, patterns.length, MAX_PATTERNS)
  for (const [i, { type = '', status: given }] of patterns.entries()) {
    const status: string = given ?? ''
    validateLabelName(type, `${at}[${i}].type`, errors)
    if (status === '') errors.required(`${at}[${i}].status`, `valid values: ${list(STATUSES)}`)
    else if (!STATUSES.includes(status)) errors.unsupported(`${at}[${i}].status`, status, STATUSES)
  }
}

function validateExitCodes(
  { containerName, operator: given, values = [] }: NonNullable<Rule['onExitCodes']>,
  containers: ReadonlySet<string | undefined>,
  at: string,
  errors: FieldErrors,
): void {
  const operator: string = given ?? ''
  if (operator === '') errors.required(`${at}.operator`, `valid values: ${list(OPERATORS)}`)
  else if (!OPERATORS.includes(operator)) errors.unsupported(`${at}.operator`, operator, OPERATORS)
  if (containerName !== undefined && !containers.has(containerName)) {
    const words = 'must be one of the container or initContainer names in the pod template'
    errors.invalid(`${at}.containerName`, containerName, words)
  }
  if (values.length === 0) errors.invalid(`${at}.values`, values, 'at least one value is required')
  else if (values.length > MAX_EXIT_CODES) errors.tooMany(`${at}.values`, values.length, MAX_EXIT_CODES)
  const seen = new Set<number>()
  for (const [i, code] of values.entries()) {
    if (operator === 'In' && code === 0) errors.invalid(`${at}.values[${i}]`, code, 'must not be 0 for the In operator')
    if (seen.has(code)) errors.duplicate(`${at}.values[${i}]`, code)
    seen.add(code)
  }
  const isOrdered = values.every((code, i) => i === 0 || (values[i - 1] ?? code) <= code)
  if (!isOrdered) errors.invalid(`${at}.values`, values, 'must be ordered')
}

export function validateSuccessPolicy(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  const rules = spec.successPolicy?.rules ?? []
  if (spec.completionMode !== 'Indexed') {
    const shown = new Shown(JSON.stringify({ Rules: rules.length === 0 ? null : rules }))
    return errors.invalid(at, shown, 'requires indexed completion mode')
  }
  if (rules.length === 0) {
    errors.required(`${at}.rules`, 'at least one rules must be specified when the successPolicy is specified')
  }
  if (rules.length > MAX_RULES) errors.tooMany(`${at}.rules`, rules.length, MAX_RULES)
  for (const [i, { succeededIndexes, succeededCount }] of rules.entries()) {
    const here = `${at}.rules[${i}]`
    const completions = spec.completions ?? 0
    if (succeededCount === undefined && succeededIndexes === undefined) {
      errors.required(here, 'at least one of succeededCount or succeededIndexes must be specified')
    }
    let total: number | undefined
    if (succeededIndexes !== undefined) {
      if (byteLength(succeededIndexes) > MAX_INDEXES_BYTES)
        errors.tooLong(`${here}.succeededIndexes`, MAX_INDEXES_BYTES)
      const counted = countIndexes(succeededIndexes, completions)
      if (typeof counted === 'number') total = counted
      else errors.invalid(`${here}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${counted}`)
    }
    if (succeededCount === undefined) continue
    errors.nonnegative(`${here}.succeededCount`, succeededCount)
    const atMost = (most: number, what: string): void => {
      const words = `must be less than or equal to ${most} (the number of ${what})`
      if (succeededCount > most) errors.invalid(`${here}.succeededCount`, succeededCount, words)
    }
    atMost(completions, 'specified completions')
    if (total !== undefined) atMost(total, 'indexes in the specified succeededIndexes field')
  }
}

/** How many indexes `1,3-5` holds, or what is wrong with it. Source: validation.go, validateIndexesFormat. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0
  let total = 0
  let last: number | undefined
  for (const interval of text.split(',')) {
    const ends = interval.split('-')
    if (ends.length > 2) {
      return `the fragment ${goQuote(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`
    }
    const numbers: number[] = []
    for (const end of ends) {
      if (!/^[-+]?\d+$/.test(end)) return `cannot convert string to integer for index: ${goQuote(end)}`
      if (Number(end) >= completions) return `too large index: ${goQuote(end)}`
      numbers.push(Number(end))
    }
    const [first = 0, second] = numbers
    if (second !== undefined && first >= second) {
      return `non-increasing order, previous: ${first}, current: ${second}`
    }
    if (last !== undefined && last >= first) return `non-increasing order, previous: ${last}, current: ${first}`
    last = second ?? first
    total += last - first + 1
  }
  return total
}

export function validatePodReplacementPolicy(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  const policy: string | undefined = spec.podReplacementPolicy
  if (policy === undefined) return
  const supported = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  if (!supported.includes(policy)) errors.unsupported(at, policy, supported)
}

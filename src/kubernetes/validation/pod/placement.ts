/**
 * Where a Pod may run: affinity, spreading, tolerations.
 *
 * Source: pkg/apis/core/validation/validation.go, validateAffinity and following (v1.36).
 */
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../../types/scheduling.ts'
import type { Draft } from '../../draft.ts'
import { isDNS1123Label, isLabelValue } from '../../syntax.ts'
import type { FieldErrors } from '../field-error.ts'
import { validateLabelName, validateLabelSelector } from '../labels.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

export function validateAffinity(affinity: Draft<Affinity> | undefined, at: string, errors: FieldErrors): void {
  const node = affinity?.nodeAffinity
  if (node?.[REQUIRED] !== undefined) {
    const terms = node[REQUIRED].nodeSelectorTerms ?? []
    const here = `${at}.nodeAffinity.${REQUIRED}.nodeSelectorTerms`
    if (terms.length === 0) errors.required(here, 'must have at least one node selector term')
    for (const [i, term] of terms.entries()) validateNodeSelectorTerm(term, true, `${here}[${i}]`, errors)
  }
  for (const [i, { weight = 0, preference }] of (node?.[PREFERRED] ?? []).entries()) {
    const here = `${at}.nodeAffinity.${PREFERRED}[${i}]`
    validateWeight(weight, `${here}.weight`, errors)
    validateNodeSelectorTerm(preference ?? {}, false, `${here}.preference`, errors)
  }
  validatePodAffinity(affinity?.podAffinity, `${at}.podAffinity`, errors)
  validatePodAffinity(affinity?.podAntiAffinity, `${at}.podAntiAffinity`, errors)
}

function validateWeight(weight: number, at: string, errors: FieldErrors): void {
  if (weight <= 0 || weight > 100) errors.invalid(at, weight, 'must be in the range 1-100')
}

/** Values of required terms must be label values; preferred ones pass, and may fail in the scheduler. */
export function validateNodeSelectorTerm(
  term: Draft<NodeSelectorTerm>,
  checkValues: boolean,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, requirement] of (term.matchExpressions ?? []).entries()) {
    validateRequirement(requirement, checkValues, `${at}.matchExpressions[${i}]`, errors)
  }
  for (const [i, requirement] of (term.matchFields ?? []).entries()) {
    validateFieldRequirement(requirement, `${at}.matchFields[${i}]`, errors)
  }
}

function validateRequirement(
  { key = '', operator, values = [] }: Draft<NodeSelectorRequirement>,
  checkValues: boolean,
  at: string,
  errors: FieldErrors,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      }
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        errors.required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
      }
      break
    default:
      errors.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator')
  }
  validateLabelName(key, `${at}.key`, errors)
  if (!checkValues) return
  for (const [i, value] of values.entries()) errors.invalids(`${at}.values[${i}]`, value, isLabelValue(value))
}

function validateFieldRequirement(
  { key = '', operator, values = [] }: Draft<NodeSelectorRequirement>,
  at: string,
  errors: FieldErrors,
): void {
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator')
  } else if (values.length !== 1) {
    const words = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.required(`${at}.values`, words)
  }
  if (key !== 'metadata.name') errors.invalid(`${at}.key`, key, 'not a valid field selector key')
}

function validatePodAffinity(affinity: Draft<PodAffinity> | undefined, at: string, errors: FieldErrors): void {
  for (const [i, term] of (affinity?.[REQUIRED] ?? []).entries()) {
    validatePodAffinityTerm(term, `${at}.${REQUIRED}[${i}]`, errors)
  }
  for (const [i, { weight = 0, podAffinityTerm }] of (affinity?.[PREFERRED] ?? []).entries()) {
    const here = `${at}.${PREFERRED}[${i}]`
    validateWeight(weight, `${here}.weight`, errors)
    validatePodAffinityTerm(podAffinityTerm ?? {}, `${here}.podAffinityTerm`, errors)
  }
}

function validatePodAffinityTerm(term: Draft<PodAffinityTerm>, at: string, errors: FieldErrors): void {
  validateLabelSelector(term.labelSelector, `${at}.labelSelector`, errors)
  validateLabelSelector(term.namespaceSelector, `${at}.namespaceSelector`, errors)
  for (const name of term.namespaces ?? []) errors.invalids(`${at}.namespace`, name, isDNS1123Label(name))
  validateMatchKeys(term, at, errors)
  if ((term.topologyKey ?? '') === '') errors.required(`${at}.topologyKey`, 'can not be empty')
  validateLabelName(term.topologyKey ?? '', `${at}.topologyKey`, errors)
}

function validateMatchKeys(term: Draft<PodAffinityTerm>, at: string, errors: FieldErrors): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = term
  for (const [i, key] of matchLabelKeys.entries()) {
    validateLabelName(key, `${at}.matchLabelKeys[${i}]`, errors)
    if (term.labelSelector === undefined) {
      errors.forbidden(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set')
    }
    if (mismatchLabelKeys.includes(key)) {
      errors.invalid(`${at}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')
    }
  }
  for (const [i, key] of mismatchLabelKeys.entries()) {
    validateLabelName(key, `${at}.mismatchLabelKeys[${i}]`, errors)
    if (term.labelSelector === undefined) {
      errors.forbidden(`${at}.mismatchLabelKeys`, 'must not be specified when labelSelector is not set')
    }
  }
}

export function validateTolerations(
  tolerations: readonly Draft<Toleration>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, { key = '', operator, value = '', effect, tolerationSeconds }] of (tolerations ?? []).entries()) {
    const here = `${at}[${i}]`
    if (key !== '') validateLabelName(key, `${here}.key`, errors)
    if (key === '' && operator !== 'Exists') {
      const words = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.invalid(`${here}.operator`, operator ?? '', words)
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.invalid(`${here}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    const name: string = operator ?? ''
    if (name === '' || name === 'Equal') {
      const problems = isLabelValue(value)
      if (problems.length > 0) errors.invalid(`${here}.operator`, value, problems.join(';'))
    } else if (name === 'Exists') {
      if (value !== '') errors.invalid(`${here}.operator`, value, "value must be empty when `operator` is 'Exists'")
    } else errors.unsupported(`${here}.operator`, name, ['Equal', 'Exists'])
    if (effect !== undefined && (effect as string) !== '') validateTaintEffect(effect, `${here}.effect`, errors)
  }
}

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const validateTaintEffect = (effect: string | undefined, at: string, errors: FieldErrors): void =>
  errors.oneOf(at, effect, TAINT_EFFECTS)

export function validateTopologySpread(
  constraints: readonly Draft<TopologySpreadConstraint>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  for (const [i, constraint] of (constraints ?? []).entries()) {
    const here = `${at}[${i}]`
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint
    if (maxSkew <= 0) errors.invalid(`${here}.maxSkew`, maxSkew, 'must be greater than zero')
    if (topologyKey === '') errors.required(`${here}.topologyKey`, 'can not be empty')
    else validateLabelName(topologyKey, `${here}.topologyKey`, errors)
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      errors.unsupported(`${here}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'])
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
    if (seen.has(pair)) errors.duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, pair)
    seen.add(pair)
    validateMinDomains(minDomains, whenUnsatisfiable, `${here}.minDomains`, errors)
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[field]
      if (policy !== undefined && policy !== 'Ignore' && policy !== 'Honor') {
        errors.unsupported(`${here}.${field}`, policy, ['Honor', 'Ignore'])
      }
    }
    for (const [j, key] of (constraint.matchLabelKeys ?? []).entries()) {
      validateLabelName(key, `${here}.matchLabelKeys[${j}]`, errors)
    }
    validateLabelSelector(constraint.labelSelector, `${here}.labelSelector`, errors, false)
  }
}

function validateMinDomains(least: number | undefined, action: string, at: string, errors: FieldErrors): void {
  if (least === undefined) return
  if (least <= 0) errors.invalid(at, least, 'must be greater than zero')
  if (action !== 'DoNotSchedule') {
    const words = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
    errors.invalid(at, least, words)
  }
}

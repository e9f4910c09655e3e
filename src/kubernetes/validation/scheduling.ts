/**
 * PriorityClasses and PodDisruptionBudgets.
 *
 * Source: pkg/apis/scheduling/validation, pkg/apis/policy/validation (v1.36).
 */
import type { PodDisruptionBudget, PriorityClass } from '../types/scheduling.ts'
import type { Draft } from '../draft.ts'
import { IMMUTABLE, Shown, type FieldErrors } from './field-error.ts'
import { validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { notMoreThan100Percent, validateIntOrPercent } from './workloads.ts'

/** Source: pkg/apis/scheduling/types.go. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000
export const SYSTEM_CLUSTER_CRITICAL = 2_000_000_000
export const SYSTEM_NODE_CRITICAL = 2_000_001_000
/** The classes that every cluster has. */
export const SYSTEM_PRIORITY_CLASSES: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', SYSTEM_NODE_CRITICAL],
  ['system-cluster-critical', SYSTEM_CLUSTER_CRITICAL],
])

export function validatePriorityClass(priorityClass: Draft<PriorityClass>, errors: FieldErrors): void {
  validateMetadata(priorityClass.metadata, { namespaced: false, name: subdomainName }, errors)
  const { value = 0 } = priorityClass
  const name = priorityClass.metadata?.name ?? ''
  if (name.startsWith('system-')) {
    if (SYSTEM_PRIORITY_CLASSES.get(name) !== value) {
      const rule = "priority class names with 'system-' prefix are reserved for system use only."
      errors.forbidden('metadata.name', `${rule} error: ${systemProblem(name, value)}`)
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    errors.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`)
  }
  if (priorityClass.preemptionPolicy !== undefined) {
    errors.oneOf('preemptionPolicy', priorityClass.preemptionPolicy, ['PreemptLowerPriority', 'Never'])
  }
}

function systemProblem(name: string, value: number): string {
  const known = SYSTEM_PRIORITY_CLASSES.get(name)
  return known === undefined
    ? `${name} is not a known system priority class`
    : `value of ${name} PriorityClass must be ${known}, not ${value}`
}

export function validatePriorityClassUpdate(
  next: Draft<PriorityClass>,
  before: Draft<PriorityClass>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if (next.value !== before.value) errors.forbidden('value', 'may not be changed in an update.')
  if (next.preemptionPolicy !== before.preemptionPolicy) {
    errors.invalid('preemptionPolicy', next.preemptionPolicy, IMMUTABLE)
  }
}

export function validatePodDisruptionBudget(budget: Draft<PodDisruptionBudget>, errors: FieldErrors): void {
  validateMetadata(budget.metadata, { namespaced: true, name: subdomainName }, errors)
  validateBudgetSpec(budget, errors)
}

export function validatePodDisruptionBudgetUpdate(
  next: Draft<PodDisruptionBudget>,
  before: Draft<PodDisruptionBudget>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateBudgetSpec(next, errors)
}

function validateBudgetSpec(budget: Draft<PodDisruptionBudget>, errors: FieldErrors): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = budget.spec ?? {}
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const spec = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
    }
    errors.invalid('spec', new Shown(JSON.stringify(spec)), 'minAvailable and maxUnavailable cannot be both set')
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue
    validateIntOrPercent(value, `spec.${field}`, errors)
    notMoreThan100Percent(value, `spec.${field}`, errors)
  }
  validateLabelSelector(selector, 'spec.selector', errors)
  if (unhealthyPodEvictionPolicy !== undefined) {
    const policies = ['AlwaysAllow', 'IfHealthyBudget']
    if (!policies.includes(unhealthyPodEvictionPolicy)) {
      errors.unsupported('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, policies)
    }
  }
}

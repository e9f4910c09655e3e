/**
 * HorizontalPodAutoscalers.
 *
 * Source: pkg/apis/autoscaling/validation/validation.go (v1.36); errors come in its order.
 */
import type { HorizontalPodAutoscaler, HPAScalingPolicy, HPAScalingRules } from '../types/autoscaling.ts'
import type { Draft } from '../draft.ts'
import type { FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateMetrics, validateReference } from './metrics.ts'

const MAX_PERIOD_SECONDS = 1_800
const MAX_WINDOW_SECONDS = 3_600

type Autoscaler = Draft<HorizontalPodAutoscaler>

export function validateHorizontalPodAutoscaler(autoscaler: Autoscaler, errors: FieldErrors): void {
  validateMetadata(autoscaler.metadata, { namespaced: true, name: subdomainName }, errors)
  validateSpec(autoscaler, 1, errors)
}

/** Feature HPAScaleToZero is off: 0 stays only where it was. */
export function validateHorizontalPodAutoscalerUpdate(next: Autoscaler, before: Autoscaler, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateSpec(next, before.spec?.minReplicas === 0 ? 0 : 1, errors)
}

export function validateHorizontalPodAutoscalerStatusUpdate(
  next: Autoscaler,
  before: Autoscaler,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  errors.nonnegative('status.currentReplicas', next.status?.currentReplicas)
  errors.nonnegative('status.desiredReplicas', next.status?.desiredReplicas)
}

function validateSpec({ spec = {} }: Autoscaler, least: 0 | 1, errors: FieldErrors): void {
  const { minReplicas, maxReplicas = 0 } = spec
  if (minReplicas !== undefined && minReplicas < least) {
    errors.invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${least}`)
  }
  if (maxReplicas === 0) errors.required('spec.maxReplicas', 'must be set and greater than 0')
  else if (maxReplicas < 0) errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
  }
  validateReference(spec.scaleTargetRef ?? {}, 'spec.scaleTargetRef', errors)
  validateMetrics(spec.metrics ?? [], minReplicas, 'spec.metrics', errors)
  validateRules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp', errors)
  validateRules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown', errors)
}

function validateRules(rules: Draft<HPAScalingRules> | undefined, at: string, errors: FieldErrors): void {
  if (rules === undefined) return
  const { stabilizationWindowSeconds: window = 0, policies = [] } = rules
  if (window < 0) errors.invalid(`${at}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero')
  if (window > MAX_WINDOW_SECONDS) {
    errors.invalid(`${at}.stabilizationWindowSeconds`, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`)
  }
  const select: string | undefined = rules.selectPolicy
  if (select !== undefined && !['Disabled', 'Max', 'Min'].includes(select)) {
    errors.unsupported(`${at}.selectPolicy`, select, ['Disabled', 'Max', 'Min'])
  }
  if (policies.length === 0) errors.required(`${at}.policies`, 'must specify at least one Policy')
  for (const [i, policy] of policies.entries()) validatePolicy(policy, `${at}.policies[${i}]`, errors)
}

function validatePolicy(policy: Draft<HPAScalingPolicy>, at: string, errors: FieldErrors): void {
  const type: string = policy.type ?? ''
  const { value = 0, periodSeconds = 0 } = policy
  if (type !== 'Pods' && type !== 'Percent') errors.unsupported(`${at}.type`, type, ['Percent', 'Pods'])
  if (value <= 0) errors.invalid(`${at}.value`, value, 'must be greater than zero')
  if (periodSeconds <= 0) errors.invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero')
  if (periodSeconds > MAX_PERIOD_SECONDS) {
    errors.invalid(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`)
  }
}

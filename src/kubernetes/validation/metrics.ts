/** What an autoscaler looks at. Source: pkg/apis/autoscaling/validation/validation.go, validateMetrics (v1.36). */
import type { CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricTarget } from '../types/autoscaling.ts'
import type { Draft } from '../draft.ts'
import { isDNS1123Label } from '../syntax.ts'
import { amountOf, formatQuantity } from '../quantity.ts'
import type { FieldErrors } from './field-error.ts'
import { pathSegmentName } from './metadata.ts'
import { validateContainerResourceName } from './resources.ts'

/** By type, the member that describes it; in the order in which they are looked at. */
const SOURCES = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const
const TYPES = Object.keys(SOURCES).sort()

export function validateMetrics(
  metrics: readonly Draft<MetricSpec>[],
  minReplicas: number | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, metric] of metrics.entries()) validateMetric(metric, `${at}[${i}]`, errors)
  const scalesFromZero = metrics.some(({ type }) => type === 'Object' || type === 'External')
  if (minReplicas === 0 && !scalesFromZero) {
    errors.forbidden(at, 'must specify at least one Object or External metric to support scaling to zero replicas')
  }
}

/** An unknown type is told of twice, upstream too. */
function validateMetric(metric: Draft<MetricSpec>, at: string, errors: FieldErrors): void {
  const type: string = metric.type ?? ''
  const isKnown = TYPES.includes(type)
  if (type === '') errors.required(`${at}.type`, 'must specify a metric source type')
  if (!isKnown) errors.unsupported(`${at}.type`, type, TYPES)
  const present = Object.values(SOURCES).filter((member) => metric[member] !== undefined)
  if (present[0] !== undefined) validateSource(metric, present[0], `${at}.${present[0]}`, errors)
  const expected = isKnown ? SOURCES[type as keyof typeof SOURCES] : undefined
  if (expected === undefined) errors.unsupported(`${at}.type`, type, TYPES)
  else if (metric[expected] === undefined) {
    errors.required(`${at}.${expected}`, 'must populate information for the given metric source')
  }
  if (present.length === 1) return
  for (const member of present) {
    if (member !== expected) errors.forbidden(`${at}.${member}`, 'must populate the given metric source only')
  }
}

type Member = (typeof SOURCES)[keyof typeof SOURCES]

function validateSource(metric: Draft<MetricSpec>, member: Member, at: string, errors: FieldErrors): void {
  switch (member) {
    case 'object': {
      const { describedObject, metric: what, target } = metric.object ?? {}
      validateReference(describedObject ?? {}, `${at}.describedObject`, errors)
      validateIdentifier(what, `${at}.metric`, errors)
      validateTarget(target, `${at}.target`, errors)
      if (target?.value === undefined && target?.averageValue === undefined) {
        errors.required(`${at}.target.averageValue`, 'must set either a target value or averageValue')
      }
      return
    }
    case 'external':
      return validateExternal(metric.external ?? {}, at, errors)
    case 'pods': {
      const { metric: what, target } = metric.pods ?? {}
      validateIdentifier(what, `${at}.metric`, errors)
      validateTarget(target, `${at}.target`, errors)
      if (target?.averageValue === undefined) {
        errors.required(`${at}.target.averageValue`, 'must specify a positive target averageValue')
      }
      return
    }
    case 'resource': {
      const { name = '', target } = metric.resource ?? {}
      if (name === '') errors.required(`${at}.name`, 'must specify a resource name')
      return validateResourceTarget(target, `${at}.target`, errors)
    }
    case 'containerResource': {
      const { name = '', container = '', target } = metric.containerResource ?? {}
      if (name === '') errors.required(`${at}.name`, 'must specify a resource name')
      else validateContainerResourceName(name, `${at}.name`, errors)
      if (container === '') errors.required(`${at}.container`, 'must specify a container')
      else errors.invalids(`${at}.container`, container, isDNS1123Label(container))
      return validateResourceTarget(target, `${at}.target`, errors)
    }
  }
}

function validateExternal(
  { metric, target }: Draft<NonNullable<MetricSpec['external']>>,
  at: string,
  errors: FieldErrors,
): void {
  validateIdentifier(metric, `${at}.metric`, errors)
  validateTarget(target, `${at}.target`, errors)
  const { value, averageValue } = target ?? {}
  if (value === undefined && averageValue === undefined) {
    errors.required(`${at}.target.averageValue`, 'must set either a target value for metric or a per-pod target')
  }
  if (value !== undefined && averageValue !== undefined) {
    errors.forbidden(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target')
  }
}

/** Of processor and memory, a share of what was asked for or an amount. */
function validateResourceTarget(target: Draft<MetricTarget> | undefined, at: string, errors: FieldErrors): void {
  validateTarget(target, at, errors)
  const { averageUtilization, averageValue } = target ?? {}
  if (averageUtilization === undefined && averageValue === undefined) {
    errors.required(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization')
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.forbidden(`${at}.averageValue`, 'may not set both a target raw value and a target utilization')
  }
}

function validateTarget(target: Draft<MetricTarget> | undefined, at: string, errors: FieldErrors): void {
  const type: string = target?.type ?? ''
  if (type === '') errors.required(`${at}.type`, 'must specify a metric target type')
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue') {
    errors.invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue')
  }
  for (const field of ['value', 'averageValue'] as const) {
    const text = target?.[field]
    if (text === undefined) continue
    const amount = amountOf(text)
    if (amount.nanos <= 0n) errors.invalid(`${at}.${field}`, formatQuantity(amount), 'must be positive')
  }
  const { averageUtilization } = target ?? {}
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0')
  }
}

function validateIdentifier(metric: Draft<MetricIdentifier> | undefined, at: string, errors: FieldErrors): void {
  const { name = '' } = metric ?? {}
  if (name === '') errors.required(`${at}.name`, 'must specify a metric name')
  else errors.invalids(`${at}.name`, name, pathSegmentName(name))
}

export function validateReference(
  reference: Draft<CrossVersionObjectReference>,
  at: string,
  errors: FieldErrors,
): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field] ?? ''
    if (value === '') errors.required(`${at}.${field}`)
    else errors.invalids(`${at}.${field}`, value, pathSegmentName(value))
  }
}

/** DaemonSets. Source: pkg/apis/apps/validation/validation.go (v1.36); errors come in its order. */
import type { DaemonSet, DaemonSetSpec, RollingUpdateDeployment } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { Shown, type FieldErrors } from './field-error.ts'
import { validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateAlwaysRestarts, validateTemplateLabels } from './pod-template.ts'
import { validatePodTemplate } from './pod/pod-spec.ts'
import { notDecremented } from './statefulset.ts'
import { countOf, immutableSelector, notMoreThan100Percent, validateIntOrPercent } from './workloads.ts'

export function validateDaemonSet(daemonSet: Draft<DaemonSet>, errors: FieldErrors): void {
  validateMetadata(daemonSet.metadata, { namespaced: true, name: subdomainName }, errors)
  validateSpec(daemonSet.spec ?? {}, errors)
}

/** Its strategy looks at the selector before it does at all the rest. Source: apps/daemonset/strategy.go, ValidateUpdate. */
export function validateDaemonSetUpdate(next: Draft<DaemonSet>, before: Draft<DaemonSet>, errors: FieldErrors): void {
  immutableSelector(next.spec?.selector, before.spec?.selector, errors)
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateSpec(next.spec ?? {}, errors)
}

function validateSpec(spec: Draft<DaemonSetSpec>, errors: FieldErrors): void {
  const { selector, template } = spec
  validateLabelSelector(selector, 'spec.selector', errors)
  validateTemplateLabels(selector, template, 'spec.template', errors)
  if (selector !== undefined) {
    const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length
    if (size === 0) errors.invalid('spec.selector', selector, 'empty selector is invalid for daemonset')
  }
  validatePodTemplate(template ?? {}, 'spec.template', errors)
  validateAlwaysRestarts(template, 'DaemonSet', 'spec.template', errors)
  errors.nonnegative('spec.minReadySeconds', spec.minReadySeconds)
  validateUpdateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy', errors)
  errors.nonnegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)
}

function validateUpdateStrategy(
  strategy: Draft<NonNullable<DaemonSetSpec['updateStrategy']>>,
  at: string,
  errors: FieldErrors,
): void {
  const { rollingUpdate } = strategy
  const type: string = strategy.type ?? ''
  if (type === 'RollingUpdate') {
    if (rollingUpdate === undefined) errors.required(`${at}.rollingUpdate`)
    else validateRollingUpdate(rollingUpdate, `${at}.rollingUpdate`, errors)
  } else if (type !== 'OnDelete') {
    const shown = new Shown(JSON.stringify({ Type: type, RollingUpdate: rollingUpdate ?? null }))
    errors.unsupported(at, shown, ['RollingUpdate', 'OnDelete'])
  }
}

function validateRollingUpdate(update: Draft<RollingUpdateDeployment>, at: string, errors: FieldErrors): void {
  const { maxUnavailable = 0, maxSurge = 0 } = update
  validateIntOrPercent(maxUnavailable, `${at}.maxUnavailable`, errors)
  validateIntOrPercent(maxSurge, `${at}.maxSurge`, errors)
  notMoreThan100Percent(maxUnavailable, `${at}.maxUnavailable`, errors)
  notMoreThan100Percent(maxSurge, `${at}.maxSurge`, errors)
  const hasUnavailable = countOf(maxUnavailable) !== 0
  const hasSurge = countOf(maxSurge) !== 0
  if (hasUnavailable && hasSurge) {
    errors.invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')
  } else if (!hasUnavailable && !hasSurge) {
    errors.required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')
  }
}

const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const

export function validateDaemonSetStatusUpdate(
  next: Draft<DaemonSet>,
  before: Draft<DaemonSet>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  for (const field of COUNTS) errors.nonnegative(`status.${field}`, next.status?.[field])
  notDecremented(next.status?.collisionCount, before.status?.collisionCount, errors)
}

/**
 * Deployments and ReplicaSets.
 *
 * Source: pkg/apis/apps/validation/validation.go (v1.36); errors come in its order.
 */
import type { IntOrString, LabelSelector } from '../types/meta.ts'
import type { PodTemplateSpec } from '../types/pod.ts'
import type { Deployment, DeploymentSpec, DeploymentStrategy, ReplicaSet, ReplicaSetSpec } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import { percentOf } from '../intorstring.ts'
import { compileLabelSelector } from '../selectors.ts'
import { isPercent } from '../syntax.ts'
import { IMMUTABLE, NOT_NEGATIVE, Shown, type FieldErrors } from './field-error.ts'
import { isUsableSelector, validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validatePodTemplate } from './pod/pod-spec.ts'

const RULES = { namespaced: true, name: subdomainName }

export function validateDeployment(deployment: Draft<Deployment>, errors: FieldErrors): void {
  validateMetadata(deployment.metadata, RULES, errors)
  validateDeploymentSpec(deployment.spec ?? {}, errors)
}

export function validateDeploymentUpdate(
  next: Draft<Deployment>,
  before: Draft<Deployment>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateDeploymentSpec(next.spec ?? {}, errors)
  immutableSelector(next.spec?.selector, before.spec?.selector, errors)
}

export function immutableSelector(
  next: Draft<LabelSelector> | undefined,
  before: Draft<LabelSelector> | undefined,
  errors: FieldErrors,
): void {
  if (!sameJson(next, before)) errors.invalid('spec.selector', next, IMMUTABLE)
}

function validateDeploymentSpec(spec: Draft<DeploymentSpec>, errors: FieldErrors): void {
  errors.nonnegative('spec.replicas', spec.replicas)
  validateSelector(spec.selector, errors)
  validateReplicaTemplate(spec.template, spec.selector, errors)
  validateStrategy(spec.strategy ?? {}, 'spec.strategy', errors)
  errors.nonnegative('spec.minReadySeconds', spec.minReadySeconds)
  errors.nonnegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)
  const deadline = spec.progressDeadlineSeconds
  if (deadline === undefined) return
  errors.nonnegative('spec.progressDeadlineSeconds', deadline)
  if (deadline <= (spec.minReadySeconds ?? 0)) {
    errors.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')
  }
}

function validateSelector(selector: Draft<LabelSelector> | undefined, errors: FieldErrors): void {
  if (selector === undefined) return errors.required('spec.selector')
  validateLabelSelector(selector, 'spec.selector', errors)
  const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length
  if (size === 0) errors.invalid('spec.selector', selector, 'empty selector is invalid for deployment')
}

/** Source: apps/validation, ValidatePodTemplateSpecForReplicaSet. A missing selector selects nothing. */
function validateReplicaTemplate(
  template: Draft<PodTemplateSpec> | undefined,
  selector: Draft<LabelSelector> | undefined,
  errors: FieldErrors,
): void {
  if (selector !== undefined && !isUsableSelector(selector)) {
    return errors.invalid('spec.selector', selector, 'invalid label selector')
  }
  const at = 'spec.template'
  const labels = template?.metadata?.labels
  const isEmpty = selector !== undefined && compileLabelSelector(selector)(undefined)
  if (!isEmpty && !compileLabelSelector(selector)(labels as Readonly<Record<string, string>> | undefined)) {
    errors.invalid(`${at}.metadata.labels`, labels, '`selector` does not match template `labels`')
  }
  validatePodTemplate(template ?? {}, at, errors)
  const restartPolicy: string = template?.spec?.restartPolicy ?? ''
  if (restartPolicy !== 'Always') errors.unsupported(`${at}.spec.restartPolicy`, restartPolicy, ['Always'])
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    errors.forbidden(`${at}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')
  }
}

function validateStrategy(strategy: Draft<DeploymentStrategy>, at: string, errors: FieldErrors): void {
  const { rollingUpdate } = strategy
  const type: string = strategy.type ?? ''
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) {
      errors.forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")
    }
  } else if (type === 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {}
    validateIntOrPercent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`, errors)
    validateIntOrPercent(maxSurge, `${at}.rollingUpdate.maxSurge`, errors)
    if (countOf(maxUnavailable) === 0 && countOf(maxSurge) === 0) {
      errors.invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')
    }
    notMoreThan100Percent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`, errors)
  } else {
    const shown = new Shown(JSON.stringify({ Type: type, RollingUpdate: rollingUpdate ?? null }))
    errors.unsupported(at, shown, ['Recreate', 'RollingUpdate'])
  }
}

export const countOf = (value: IntOrString): number => (typeof value === 'number' ? value : (percentOf(value) ?? 0))

/** Source: apps/validation, ValidatePositiveIntOrPercent. */
export function validateIntOrPercent(value: IntOrString, at: string, errors: FieldErrors): void {
  if (typeof value === 'string') errors.invalids(at, value, isPercent(value))
  else if (value < 0) errors.invalid(at, value, NOT_NEGATIVE)
}

export function notMoreThan100Percent(value: IntOrString, at: string, errors: FieldErrors): void {
  if ((percentOf(value) ?? 0) > 100) errors.invalid(at, value, 'must not be greater than 100%')
}

export function validateReplicaSet(replicaSet: Draft<ReplicaSet>, errors: FieldErrors): void {
  validateMetadata(replicaSet.metadata, RULES, errors)
  validateReplicaSetSpec(replicaSet.spec ?? {}, errors)
}

export function validateReplicaSetUpdate(
  next: Draft<ReplicaSet>,
  before: Draft<ReplicaSet>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateReplicaSetSpec(next.spec ?? {}, errors)
  immutableSelector(next.spec?.selector, before.spec?.selector, errors)
}

function validateReplicaSetSpec(spec: Draft<ReplicaSetSpec>, errors: FieldErrors): void {
  errors.nonnegative('spec.replicas', spec.replicas)
  errors.nonnegative('spec.minReadySeconds', spec.minReadySeconds)
  validateSelector(spec.selector, errors)
  validateReplicaTemplate(spec.template, spec.selector, errors)
}

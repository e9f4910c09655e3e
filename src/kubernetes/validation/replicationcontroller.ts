/** ReplicationControllers. Source: pkg/apis/core/validation/validation.go (v1.36); errors come in its order. */
import type { ReplicationController } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { matchesMap } from '../selectors.ts'
import type { FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateAlwaysRestarts } from './pod-template.ts'
import { validatePodTemplate } from './pod/pod-spec.ts'

export function validateReplicationController(controller: Draft<ReplicationController>, errors: FieldErrors): void {
  validateMetadata(controller.metadata, { namespaced: true, name: subdomainName }, errors)
  validateSpec(controller.spec ?? {}, errors)
}

export function validateReplicationControllerUpdate(
  next: Draft<ReplicationController>,
  before: Draft<ReplicationController>,
  errors: FieldErrors,
): void {
  validateReplicationController(next, errors)
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateSpec(next.spec ?? {}, errors)
}

type Spec = NonNullable<Draft<ReplicationController>['spec']>

function validateSpec({ minReadySeconds, selector = {}, replicas, template }: Spec, errors: FieldErrors): void {
  errors.nonnegative('spec.minReadySeconds', minReadySeconds)
  const isEmpty = Object.keys(selector).length === 0
  if (isEmpty) errors.required('spec.selector')
  errors.nonnegative('spec.replicas', replicas)
  const at = 'spec.template'
  if (template === undefined) return errors.required(at)
  const labels = template.metadata?.labels
  if (!isEmpty && !matchesMap(whole(selector), whole(labels ?? {}))) {
    errors.invalid(`${at}.metadata.labels`, labels, '`selector` does not match template `labels`')
  }
  validatePodTemplate(template, at, errors)
  validateAlwaysRestarts(template, 'ReplicationController', at, errors)
}

/** A value of null was read as the empty text. */
const whole = (map: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? '']))

const COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const

/** Source: ValidateNonnegativeField of each count, in `ValidateReplicationControllerStatus`. */
export function validateReplicationControllerStatusUpdate(
  next: Draft<ReplicationController>,
  before: Draft<ReplicationController>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const status = next.status ?? {}
  for (const field of COUNTS) errors.nonnegative(`status.${field}`, status[field])
  const { replicas = 0, readyReplicas = 0 } = status
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[field] ?? 0
    if (count > replicas) errors.invalid(`status.${field}`, count, 'cannot be greater than status.replicas')
  }
  const available = status.availableReplicas ?? 0
  if (available > readyReplicas) {
    errors.invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas')
  }
}

/**
 * Pods as they are created and changed.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidatePodCreate and ValidatePodUpdate (v1.36).
 */
import type { Container } from '../../types/container.ts'
import type { Pod, PodSpec } from '../../types/pod.ts'
import type { Toleration } from '../../types/scheduling.ts'
import type { Draft } from '../../draft.ts'
import { sameJson } from '../../hash.ts'
import { inclusiveRangeError } from '../../syntax.ts'
import { withMembers } from '../../with-members.ts'
import type { FieldErrors } from '../field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from '../metadata.ts'
import { internalDiff } from '../internal/value.ts'
import { validatePodAnnotations } from './annotations.ts'
import { validatePodSpec } from './pod-spec.ts'

export function validatePod(pod: Draft<Pod>, errors: FieldErrors): void {
  validateMetadata(pod.metadata, { namespaced: true, name: subdomainName }, errors)
  validatePodAnnotations(pod, errors)
  validatePodSpec(pod.spec ?? {}, 'spec', errors)
  if ((pod.spec?.ephemeralContainers ?? []).length > 0) {
    errors.forbidden('spec.ephemeralContainers', 'cannot be set on create')
  }
}

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

export function validatePodUpdate(next: Draft<Pod>, before: Draft<Pod>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateMetadata(next.metadata, { namespaced: true, name: subdomainName }, errors)
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  // What was valid and didn't change is valid.
  if (sameJson(spec, old)) return
  validatePodSpec(spec, 'spec', errors)
  for (const field of ['containers', 'initContainers'] as const) {
    if (!sameContainerNumber(spec[field], old[field], `spec.${field}`, errors)) return
  }
  if (!validateDeadline(spec.activeDeadlineSeconds, old.activeDeadlineSeconds, errors)) return
  validateAddedTolerations(spec.tolerations, old.tolerations, errors)
  validateDeletedGates(spec, old, errors)
  const kept = withoutUpdatable(spec, old)
  if (!sameJson(kept, old)) {
    const changes = internalDiff('core/v1.PodSpec', old, kept)
    errors.forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${changes}`)
  }
}

function sameContainerNumber(
  next: readonly Draft<Container>[] | undefined,
  before: readonly Draft<Container>[] | undefined,
  at: string,
  errors: FieldErrors,
): boolean {
  if ((next ?? []).length === (before ?? []).length) return true
  errors.forbidden(at, 'pod updates may not add or remove containers')
  return false
}

function validateDeadline(next: number | undefined, before: number | undefined, errors: FieldErrors): boolean {
  const at = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    if (before !== undefined) errors.invalid(at, null, 'must not update from a positive integer to nil value')
    return true
  }
  if (next < 0 || next > 2_147_483_647) {
    errors.invalid(at, next, inclusiveRangeError(0, 2_147_483_647))
    return false
  }
  if (before !== undefined && before < next) {
    errors.invalid(at, next, 'must be less than or equal to previous value')
    return false
  }
  return true
}

/** An existing toleration may only change its seconds. */
function validateAddedTolerations(
  next: readonly Draft<Toleration>[] | undefined,
  before: readonly Draft<Toleration>[] | undefined,
  errors: FieldErrors,
): void {
  const timeless = (toleration: Draft<Toleration>) => ({ ...toleration, tolerationSeconds: undefined })
  for (const old of before ?? []) {
    const kept = (next ?? []).some((toleration) => sameJson(timeless(toleration), timeless(old)))
    if (!kept) {
      errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')
      return
    }
  }
}

function validateDeletedGates(next: Draft<PodSpec>, before: Draft<PodSpec>, errors: FieldErrors): void {
  const old = new Set((before.schedulingGates ?? []).map((gate) => gate.name))
  for (const [i, { name }] of (next.schedulingGates ?? []).entries()) {
    if (!old.has(name)) {
      const words = `only deletion is allowed, but found new scheduling gate '${name}'`
      errors.forbidden(`spec.schedulingGates[${i}]`, words)
    }
  }
}

/** The new spec with everything that may change put back, so that what is left must be equal. */
function withoutUpdatable(next: Draft<PodSpec>, before: Draft<PodSpec>): Draft<PodSpec> {
  const grace =
    (before.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
      ? before.terminationGracePeriodSeconds
      : next.terminationGracePeriodSeconds
  // A gated Pod may still be narrowed to fewer nodes. Abridged: that it only narrows isn't checked.
  const gated = (before.schedulingGates ?? []).length > 0
  return withMembers(next, {
    containers: withImages(next.containers, before.containers),
    initContainers: withImages(next.initContainers, before.initContainers),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    tolerations: before.tolerations,
    terminationGracePeriodSeconds: grace,
    schedulingGates: before.schedulingGates,
    nodeSelector: gated ? before.nodeSelector : next.nodeSelector,
    affinity: gated ? before.affinity : next.affinity,
  })
}

function withImages(
  next: readonly Draft<Container>[] | undefined,
  before: readonly Draft<Container>[] | undefined,
): readonly Draft<Container>[] | undefined {
  return next?.map((container, i) => withMembers(container, { image: before?.[i]?.image }))
}

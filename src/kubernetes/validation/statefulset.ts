/**
 * StatefulSets and the revisions that controllers keep.
 *
 * Source: pkg/apis/apps/validation/validation.go (v1.36); errors come in its order.
 */
import type { ControllerRevision, StatefulSet, StatefulSetSpec, StatefulSetStatus } from '../types/workloads.ts'
import type { PodSpec } from '../types/pod.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import { isDNS1123Label } from '../syntax.ts'
import { withMembers } from '../with-members.ts'
import { IMMUTABLE, FieldErrors, Shown } from './field-error.ts'
import { isUsableSelector, validateLabels, validateLabelSelector } from './labels.ts'
import { labelName, subdomainName, validateAnnotations, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validatePersistentVolumeClaimSpec } from './persistent-volume-claims.ts'
import { validateAlwaysRestarts, validateTemplateLabels } from './pod-template.ts'
import { validatePodSpec } from './pod/pod-spec.ts'
import { countOf, notMoreThan100Percent, validateIntOrPercent } from './workloads.ts'

export function validateStatefulSet(statefulSet: Draft<StatefulSet>, errors: FieldErrors): void {
  // Its Pods' names are host names.
  validateMetadata(statefulSet.metadata, { namespaced: true, name: labelName }, errors)
  validateSpec(statefulSet.spec ?? {}, true, errors)
  for (const [i, claim] of (statefulSet.spec?.volumeClaimTemplates ?? []).entries()) {
    validatePersistentVolumeClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`, errors)
  }
}

const UPDATABLE =
  "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"

export function validateStatefulSetUpdate(
  next: Draft<StatefulSet>,
  before: Draft<StatefulSet>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  validateSpec(spec, isValidTemplate(old), errors)
  const put = withMembers(spec, {
    replicas: old.replicas,
    template: old.template,
    updateStrategy: old.updateStrategy,
    minReadySeconds: old.minReadySeconds,
    ordinals: old.ordinals,
    revisionHistoryLimit: old.revisionHistoryLimit,
    persistentVolumeClaimRetentionPolicy: old.persistentVolumeClaimRetentionPolicy,
  })
  if (!sameJson(put, old)) {
    errors.forbidden('spec', `updates to statefulset spec for fields other than ${UPDATABLE} are forbidden`)
  }
}

/** Templates used not to be looked at; one that was taken so may stay as it is. */
function isValidTemplate(spec: Draft<StatefulSetSpec>): boolean {
  const errors = new FieldErrors()
  validatePodSpec(withClaimedVolumes(spec), 'spec', errors)
  return errors.list.length === 0
}

function validateSpec(spec: Draft<StatefulSetSpec>, checkTemplate: boolean, errors: FieldErrors): void {
  const policy: string = spec.podManagementPolicy ?? ''
  if (policy === '') errors.required('spec.podManagementPolicy')
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")
  }
  validateUpdateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy', errors)
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value: string | undefined = spec.persistentVolumeClaimRetentionPolicy?.[field]
    if (value === undefined || value === 'Retain' || value === 'Delete') continue
    errors.unsupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, value, ['Retain', 'Delete'])
  }
  errors.nonnegative('spec.replicas', spec.replicas)
  errors.nonnegative('spec.minReadySeconds', spec.minReadySeconds)
  errors.nonnegative('spec.ordinals.start', spec.ordinals?.start)
  const { serviceName = '' } = spec
  if (serviceName !== '') errors.invalids('spec.serviceName', serviceName, isDNS1123Label(serviceName))
  validateSelectorAndTemplate(spec, checkTemplate, errors)
}

function validateSelectorAndTemplate(spec: Draft<StatefulSetSpec>, checkTemplate: boolean, errors: FieldErrors): void {
  const { selector, template } = spec
  if (selector === undefined) errors.required('spec.selector')
  else {
    validateLabelSelector(selector, 'spec.selector', errors)
    const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length
    if (size === 0) errors.invalid('spec.selector', selector, 'empty selector is invalid for statefulset')
  }
  if (selector !== undefined && !isUsableSelector(selector)) errors.invalid('spec.selector', selector, '')
  else {
    validateTemplateLabels(selector, template, 'spec.template', errors)
    validateLabels(template?.metadata?.labels, 'spec.template.labels', errors)
    validateAnnotations(template?.metadata?.annotations, 'spec.template.annotations', errors)
    if (checkTemplate) validatePodSpec(withClaimedVolumes(spec), 'spec.template.spec', errors)
  }
  validateAlwaysRestarts(template, 'StatefulSet', 'spec.template', errors)
}

/** The Pods' volumes: those of the template, and one for each claim, which the controller adds. */
function withClaimedVolumes({ template, volumeClaimTemplates = [] }: Draft<StatefulSetSpec>): Draft<PodSpec> {
  const spec = template?.spec ?? {}
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name))
  const claimed = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  const volumes = [...(spec.volumes ?? []).filter(({ name }) => !names.has(name)), ...claimed]
  return volumes.length === 0 ? spec : { ...spec, volumes }
}

function validateUpdateStrategy(
  strategy: Draft<NonNullable<StatefulSetSpec['updateStrategy']>>,
  at: string,
  errors: FieldErrors,
): void {
  const { rollingUpdate } = strategy
  const type: string = strategy.type ?? ''
  switch (type) {
    case '':
      return errors.required(at)
    case 'OnDelete':
      if (rollingUpdate === undefined) return
      return errors.invalid(`${at}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")
    case 'RollingUpdate': {
      errors.nonnegative(`${at}.rollingUpdate.partition`, rollingUpdate?.partition)
      const most = rollingUpdate?.maxUnavailable
      if (most === undefined) return
      validateIntOrPercent(most, `${at}.rollingUpdate.maxUnavailable`, errors)
      if (countOf(most) === 0) errors.invalid(`${at}.rollingUpdate.maxUnavailable`, most, 'cannot be 0')
      return notMoreThan100Percent(most, `${at}.rollingUpdate.maxUnavailable`, errors)
    }
    default: {
      const shown = new Shown(JSON.stringify({ Type: type, RollingUpdate: rollingUpdate ?? null }))
      errors.invalid(at, shown, "must be 'RollingUpdate' or 'OnDelete'")
    }
  }
}

const COUNTS = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const

export function validateStatefulSetStatusUpdate(
  next: Draft<StatefulSet>,
  before: Draft<StatefulSet>,
  errors: FieldErrors,
): void {
  const status: Draft<StatefulSetStatus> = next.status ?? {}
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  for (const field of COUNTS) errors.nonnegative(`status.${field}`, status[field])
  errors.nonnegative('status.observedGeneration', status.observedGeneration)
  errors.nonnegative('status.collisionCount', status.collisionCount)
  for (const field of COUNTS.slice(1)) {
    const count = status[field] ?? 0
    if (count > replicas) errors.invalid(`status.${field}`, count, 'cannot be greater than status.replicas')
  }
  if (availableReplicas > readyReplicas) {
    errors.invalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.readyReplicas')
  }
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  notDecremented(status.collisionCount, before.status?.collisionCount, errors)
}

/** Source: core/validation, IsDecremented. */
export function notDecremented(next: number | undefined, before: number | undefined, errors: FieldErrors): void {
  if (before === undefined || (next ?? -1) >= before) return
  errors.invalid('status.collisionCount', next ?? 0, 'cannot be decremented')
}

export function validateControllerRevision(revision: Draft<ControllerRevision>, errors: FieldErrors): void {
  validateMetadata(revision.metadata, { namespaced: true, name: subdomainName }, errors)
  if (revision.data === undefined || revision.data === null) errors.required('data', 'data is mandatory')
  errors.nonnegative('revision', revision.revision)
}

export function validateControllerRevisionUpdate(
  next: Draft<ControllerRevision>,
  before: Draft<ControllerRevision>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateControllerRevision(next, errors)
  if (!sameJson(next.data, before.data)) errors.invalid('data', next.data, IMMUTABLE)
}

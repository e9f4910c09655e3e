/**
 * The template of a workload, as its owner sees it: it must carry the labels that the owner selects, and suit its way of
 * running Pods.
 *
 * Source: pkg/apis/apps/validation/validation.go; pkg/apis/core/validation/validation.go (v1.36).
 */
import type { LabelSelector } from '../types/meta.ts'
import type { PodTemplate, PodTemplateSpec } from '../types/pod.ts'
import type { Draft } from '../draft.ts'
import { compileLabelSelector } from '../selectors.ts'
import type { FieldErrors } from './field-error.ts'
import { isUsableSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validatePodTemplate } from './pod/pod-spec.ts'

const RULES = { namespaced: true, name: subdomainName }

/** A missing selector selects nothing; an unusable one is told of elsewhere. */
export function validateTemplateLabels(
  selector: Draft<LabelSelector> | undefined,
  template: Draft<PodTemplateSpec> | undefined,
  at: string,
  errors: FieldErrors,
): void {
  if (selector !== undefined && !isUsableSelector(selector)) return
  const labels = template?.metadata?.labels
  if (compileLabelSelector(selector)(labels as Readonly<Record<string, string>> | undefined)) return
  errors.invalid(`${at}.metadata.labels`, labels, '`selector` does not match template `labels`')
}

/** Pods that are kept running for ever. */
export function validateAlwaysRestarts(
  template: Draft<PodTemplateSpec> | undefined,
  owner: string,
  at: string,
  errors: FieldErrors,
): void {
  const restartPolicy: string = template?.spec?.restartPolicy ?? ''
  if (restartPolicy !== 'Always') errors.unsupported(`${at}.spec.restartPolicy`, restartPolicy, ['Always'])
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    errors.forbidden(`${at}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`)
  }
}

export function validatePodTemplateObject(object: Draft<PodTemplate>, errors: FieldErrors): void {
  validateMetadata(object.metadata, RULES, errors)
  validatePodTemplate(object.template ?? {}, 'template', errors)
}

export function validatePodTemplateObjectUpdate(
  next: Draft<PodTemplate>,
  before: Draft<PodTemplate>,
  errors: FieldErrors,
): void {
  validateMetadata(next.metadata, RULES, errors)
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validatePodTemplate(next.template ?? {}, 'template', errors)
}

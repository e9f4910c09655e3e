/** Webhooks and policies that judge requests. Source: pkg/registry/admissionregistration/<kind>/strategy.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../types/admissionregistration.ts'
import type { Draft } from '../draft.ts'
import {
  defaultBindingSpec,
  defaultMutatingWebhook,
  defaultPolicySpec,
  defaultWebhook,
} from '../defaulting/admissionregistration.ts'
import { sameJson } from '../hash.ts'
import {
  validateMutatingAdmissionPolicy,
  validateMutatingAdmissionPolicyBinding,
  validateValidatingAdmissionPolicy,
  validateValidatingAdmissionPolicyBinding,
} from '../validation/admission-policies.ts'
import type { FieldErrors } from '../validation/field-error.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { validateWebhookConfiguration, validateWebhookConfigurationUpdate } from '../validation/webhooks.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

const webhooksChanged = (next: { readonly webhooks?: unknown }, before: { readonly webhooks?: unknown }): boolean =>
  !sameJson(next.webhooks ?? [], before.webhooks ?? [])

export const validatingWebhookConfigurationStrategy = defineStrategy<ValidatingWebhookConfiguration>({
  defaults: (configuration) =>
    configuration.webhooks === undefined
      ? configuration
      : { ...configuration, webhooks: configuration.webhooks.map(defaultWebhook) },
  initialGeneration: 1,
  bumpsGeneration: webhooksChanged,
  allowUnconditionalUpdate: false,
  check: validateWebhookConfiguration,
  checkUpdate: validateWebhookConfigurationUpdate,
})

export const mutatingWebhookConfigurationStrategy = defineStrategy<MutatingWebhookConfiguration>({
  defaults: (configuration) =>
    configuration.webhooks === undefined
      ? configuration
      : { ...configuration, webhooks: configuration.webhooks.map(defaultMutatingWebhook) },
  initialGeneration: 1,
  bumpsGeneration: webhooksChanged,
  allowUnconditionalUpdate: false,
  check: validateWebhookConfiguration,
  checkUpdate: validateWebhookConfigurationUpdate,
})

/** An update is checked as a create is. */
const anew =
  <O extends ApiObject & { readonly metadata: ApiObject['metadata'] }>(
    check: (object: Draft<O>, errors: FieldErrors) => void,
  ) =>
  (next: Draft<O>, before: Draft<O>, errors: FieldErrors): void => {
    const { metadata }: { readonly metadata?: Draft<ApiObject['metadata']> } = next
    const { metadata: old }: { readonly metadata?: Draft<ApiObject['metadata']> } = before
    validateMetadataUpdate(metadata, old, errors)
    check(next, errors)
  }

export const validatingAdmissionPolicyStrategy = defineStrategy<ValidatingAdmissionPolicy>({
  defaults: (policy) => ({ ...policy, spec: defaultPolicySpec(policy.spec ?? {}) }),
  prepareForCreate: (policy) => resetStatus(policy, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  allowUnconditionalUpdate: false,
  check: validateValidatingAdmissionPolicy,
  checkUpdate: anew<ValidatingAdmissionPolicy>(validateValidatingAdmissionPolicy),
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

export const mutatingAdmissionPolicyStrategy = defineStrategy<MutatingAdmissionPolicy>({
  defaults: (policy) => ({ ...policy, spec: defaultPolicySpec(policy.spec ?? {}) }),
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  allowUnconditionalUpdate: false,
  check: validateMutatingAdmissionPolicy,
  checkUpdate: anew<MutatingAdmissionPolicy>(validateMutatingAdmissionPolicy),
})

export const validatingAdmissionPolicyBindingStrategy = defineStrategy<ValidatingAdmissionPolicyBinding>({
  defaults: (binding) => ({ ...binding, spec: defaultBindingSpec(binding.spec ?? {}) }),
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  allowUnconditionalUpdate: false,
  check: validateValidatingAdmissionPolicyBinding,
  checkUpdate: anew<ValidatingAdmissionPolicyBinding>(validateValidatingAdmissionPolicyBinding),
})

export const mutatingAdmissionPolicyBindingStrategy = defineStrategy<MutatingAdmissionPolicyBinding>({
  defaults: (binding) => ({ ...binding, spec: defaultBindingSpec(binding.spec ?? {}) }),
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  allowUnconditionalUpdate: false,
  check: validateMutatingAdmissionPolicyBinding,
  checkUpdate: anew<MutatingAdmissionPolicyBinding>(validateMutatingAdmissionPolicyBinding),
})

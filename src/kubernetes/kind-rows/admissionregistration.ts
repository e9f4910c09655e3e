import {
  mutatingAdmissionPolicyBindingStrategy,
  mutatingAdmissionPolicyStrategy,
  mutatingWebhookConfigurationStrategy,
  validatingAdmissionPolicyBindingStrategy,
  validatingAdmissionPolicyStrategy,
  validatingWebhookConfigurationStrategy,
} from '../strategy/admissionregistration.ts'
import { row, type KindRow } from './row.ts'

const common = {
  group: 'admissionregistration.k8s.io',
  categories: ['api-extensions'],
  clusterScoped: true,
} as const

export const ADMISSIONREGISTRATION_ROWS: readonly KindRow[] = [
  row('MutatingAdmissionPolicy', {
    ...common,
    resource: 'mutatingadmissionpolicies',
    strategy: mutatingAdmissionPolicyStrategy,
  }),
  row('MutatingAdmissionPolicyBinding', { ...common, strategy: mutatingAdmissionPolicyBindingStrategy }),
  row('MutatingWebhookConfiguration', { ...common, strategy: mutatingWebhookConfigurationStrategy }),
  row('ValidatingAdmissionPolicy', {
    ...common,
    resource: 'validatingadmissionpolicies',
    subresources: ['status'],
    strategy: validatingAdmissionPolicyStrategy,
  }),
  row('ValidatingAdmissionPolicyBinding', { ...common, strategy: validatingAdmissionPolicyBindingStrategy }),
  row('ValidatingWebhookConfiguration', { ...common, strategy: validatingWebhookConfigurationStrategy }),
]

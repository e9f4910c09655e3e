/** What the API server asks before it stores something, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { goSelector } from '../go-selector.ts'
import type { LabelSelector } from '../types/meta.ts'
import { age } from './age.ts'
import { nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME } from './table.ts'

interface WebhookConfiguration extends ApiObject {
  readonly webhooks?: readonly unknown[]
}

/** ValidatingWebhookConfigurations and MutatingWebhookConfigurations. */
export const webhookConfigurations = printer<WebhookConfiguration>(
  [NAME, column('Webhooks', 'integer'), AGE],
  ({ metadata, webhooks = [] }, now) => [nameOf({ metadata }), webhooks.length, age({ metadata }, now)],
)

interface AdmissionPolicy extends ApiObject {
  readonly spec?: {
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string }
    readonly validations?: readonly unknown[]
    readonly mutations?: readonly unknown[]
  }
}

export const validatingAdmissionPolicies = printer<AdmissionPolicy>(
  [NAME, column('Validations', 'integer'), column('ParamKind'), AGE],
  (policy, now) => [nameOf(policy), policy.spec?.validations?.length ?? 0, paramKind(policy), age(policy, now)],
)

export const mutatingAdmissionPolicies = printer<AdmissionPolicy>(
  [NAME, column('Mutations', 'integer'), column('ParamKind'), AGE],
  (policy, now) => [nameOf(policy), policy.spec?.mutations?.length ?? 0, paramKind(policy), age(policy, now)],
)

function paramKind({ spec }: Draft<AdmissionPolicy>): string {
  const kind = spec?.paramKind
  return kind === undefined ? '<unset>' : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`
}

interface PolicyBinding extends ApiObject {
  readonly spec?: {
    readonly policyName?: string
    readonly paramRef?: { readonly name?: string; readonly namespace?: string; readonly selector?: LabelSelector }
  }
}

/** ValidatingAdmissionPolicyBindings and MutatingAdmissionPolicyBindings. */
export const policyBindings = printer<PolicyBinding>(
  [NAME, column('PolicyName'), column('ParamRef'), AGE],
  (binding, now) => [nameOf(binding), binding.spec?.policyName ?? '', paramRef(binding), age(binding, now)],
)

/** Whether a parameter has a namespace can't be told from here, so one that names none shows any. */
function paramRef({ spec }: Draft<PolicyBinding>): string {
  const { name = '', namespace = '', selector } = spec?.paramRef ?? {}
  if (name !== '') return `${namespace === '' ? '*' : namespace}/${name}`
  return selector === undefined ? '<unset>' : goSelector(selector)
}

interface APIService extends ApiObject {
  readonly spec?: { readonly service?: { readonly namespace?: string; readonly name?: string } }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[]
  }
}

/** Source: kube-aggregator/pkg/registry/apiservice/etcd/etcd.go, ConvertToTable. */
export const apiServices = printer<APIService>(
  [NAME, column('Service'), column('Available'), AGE],
  ({ metadata, spec, status }, now) => {
    const available = status?.conditions?.find(({ type }) => type === 'Available')
    return [
      nameOf({ metadata }),
      spec?.service === undefined ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
      available === undefined ? 'Unknown' : withReason(available.status ?? '', available.reason ?? ''),
      age({ metadata }, now),
    ]
  },
)

const withReason = (status: string, reason: string): string => (status === 'True' ? status : `${status} (${reason})`)

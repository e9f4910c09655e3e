/** Defaults of webhooks and policies. Source: pkg/apis/admissionregistration/v1/defaults.go (v1.36). */
import type {
  AdmissionPolicySpec,
  MatchResources,
  MutatingWebhook,
  RuleWithOperations,
  ServiceReference,
  Webhook,
} from '../types/admissionregistration.ts'
import type { Draft } from '../draft.ts'

const WEBHOOK_SECONDS = 10
const HTTPS = 443

const withScope = <R extends Draft<RuleWithOperations>>(rule: R): R => ({ ...rule, scope: rule.scope ?? '*' })

export function defaultWebhook<W extends Draft<Webhook>>(webhook: W): W {
  const { clientConfig, rules } = webhook
  const service: Draft<ServiceReference> | undefined = clientConfig?.service
  return {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: WEBHOOK_SECONDS,
    ...webhook,
    ...(rules === undefined ? {} : { rules: rules.map(withScope) }),
    ...(service === undefined
      ? {}
      : { clientConfig: { ...clientConfig, service: { ...service, port: service.port ?? HTTPS } } }),
  }
}

export const defaultMutatingWebhook = (webhook: Draft<MutatingWebhook>): Draft<MutatingWebhook> => ({
  reinvocationPolicy: 'Never',
  ...defaultWebhook(webhook),
})

export function defaultMatchResources(resources: Draft<MatchResources>): Draft<MatchResources> {
  const { resourceRules, excludeResourceRules } = resources
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    ...resources,
    ...(resourceRules === undefined ? {} : { resourceRules: resourceRules.map(withScope) }),
    ...(excludeResourceRules === undefined ? {} : { excludeResourceRules: excludeResourceRules.map(withScope) }),
  }
}

export function defaultPolicySpec<S extends Draft<AdmissionPolicySpec>>(spec: S): S {
  const { matchConstraints, failurePolicy } = spec
  return {
    ...spec,
    failurePolicy: failurePolicy ?? 'Fail',
    ...(matchConstraints === undefined ? {} : { matchConstraints: defaultMatchResources(matchConstraints) }),
  }
}

/** What a binding has in common, of both sorts. */
export function defaultBindingSpec<S extends { readonly matchResources?: Draft<MatchResources> }>(spec: S): S {
  const { matchResources } = spec
  return matchResources === undefined ? spec : { ...spec, matchResources: defaultMatchResources(matchResources) }
}

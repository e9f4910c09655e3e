/** Webhooks and policies that judge requests. Source: api/admissionregistration/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition, LabelSelector } from './meta.ts'

export interface RuleWithOperations {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

export interface NamedRuleWithOperations extends RuleWithOperations {
  readonly resourceNames?: readonly string[]
}

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

export interface ServiceReference {
  readonly namespace: string
  readonly name: string
  readonly path?: string
  readonly port?: number
}

export interface WebhookClientConfig {
  readonly url?: string
  readonly service?: ServiceReference
  readonly caBundle?: string
}

export interface Webhook {
  readonly name: string
  readonly clientConfig?: WebhookClientConfig
  readonly rules?: readonly RuleWithOperations[]
  readonly failurePolicy?: string
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly admissionReviewVersions?: readonly string[]
  readonly matchConditions?: readonly MatchCondition[]
}

export interface MutatingWebhook extends Webhook {
  readonly reinvocationPolicy?: string
}

export interface ValidatingWebhookConfiguration extends ApiObject {
  readonly webhooks?: readonly Webhook[]
}

export interface MutatingWebhookConfiguration extends ApiObject {
  readonly webhooks?: readonly MutatingWebhook[]
}

export interface MatchResources {
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly resourceRules?: readonly NamedRuleWithOperations[]
  readonly excludeResourceRules?: readonly NamedRuleWithOperations[]
  readonly matchPolicy?: string
}

export interface ParamKind {
  readonly apiVersion?: string
  readonly kind?: string
}

export interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: string
}

export interface Variable {
  readonly name: string
  readonly expression: string
}

/** What policies of both sorts say. */
export interface AdmissionPolicySpec {
  readonly paramKind?: ParamKind
  readonly matchConstraints?: MatchResources
  readonly failurePolicy?: string
  readonly matchConditions?: readonly MatchCondition[]
  readonly variables?: readonly Variable[]
}

export interface Validation {
  readonly expression: string
  readonly message?: string
  readonly reason?: string
  readonly messageExpression?: string
}

export interface ValidatingAdmissionPolicy extends ApiObject {
  readonly spec: AdmissionPolicySpec & {
    readonly validations?: readonly Validation[]
    readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[]
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly typeChecking?: {
      readonly expressionWarnings?: readonly { readonly fieldRef: string; readonly warning: string }[]
    }
    readonly conditions?: readonly Condition[]
  }
}

export interface ValidatingAdmissionPolicyBinding extends ApiObject {
  readonly spec: {
    readonly policyName?: string
    readonly paramRef?: ParamRef
    readonly matchResources?: MatchResources
    readonly validationActions?: readonly string[]
  }
}

export interface Mutation {
  readonly patchType: string
  readonly applyConfiguration?: { readonly expression?: string }
  readonly jsonPatch?: { readonly expression?: string }
}

export interface MutatingAdmissionPolicy extends ApiObject {
  readonly spec: AdmissionPolicySpec & {
    readonly mutations?: readonly Mutation[]
    readonly reinvocationPolicy?: string
  }
}

export interface MutatingAdmissionPolicyBinding extends ApiObject {
  readonly spec: {
    readonly policyName?: string
    readonly paramRef?: ParamRef
    readonly matchResources?: MatchResources
  }
}

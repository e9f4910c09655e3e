/** Whose requests wait for whose. Source: api/flowcontrol/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition } from './meta.ts'

export interface FlowSubject {
  readonly kind: string
  readonly user?: { readonly name: string }
  readonly group?: { readonly name: string }
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

export interface ResourcePolicyRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly clusterScope?: boolean
  readonly namespaces?: readonly string[]
}

export interface NonResourcePolicyRule {
  readonly verbs?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

export interface PolicyRulesWithSubjects {
  readonly subjects?: readonly FlowSubject[]
  readonly resourceRules?: readonly ResourcePolicyRule[]
  readonly nonResourceRules?: readonly NonResourcePolicyRule[]
}

export interface FlowSchema extends ApiObject {
  readonly spec: {
    readonly priorityLevelConfiguration?: { readonly name: string }
    readonly matchingPrecedence?: number
    readonly distinguisherMethod?: { readonly type: string }
    readonly rules?: readonly PolicyRulesWithSubjects[]
  }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export interface LimitedPriorityLevel {
  readonly nominalConcurrencyShares?: number
  readonly lendablePercent?: number
  readonly borrowingLimitPercent?: number
  readonly limitResponse?: {
    readonly type: string
    readonly queuing?: { readonly queues?: number; readonly handSize?: number; readonly queueLengthLimit?: number }
  }
}

export interface PriorityLevelConfiguration extends ApiObject {
  readonly spec: {
    readonly type: string
    readonly limited?: LimitedPriorityLevel
    readonly exempt?: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number }
  }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

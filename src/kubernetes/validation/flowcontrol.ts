/**
 * FlowSchemas and PriorityLevelConfigurations.
 *
 * Source: pkg/apis/flowcontrol/validation/validation.go (v1.36).
 * Abridged: that the mandatory ones have the content they must have isn't checked.
 */
import type {
  FlowSchema,
  FlowSubject,
  LimitedPriorityLevel,
  PolicyRulesWithSubjects,
  PriorityLevelConfiguration,
} from '../types/flowcontrol.ts'
import type { Draft } from '../draft.ts'
import { isDNS1123Subdomain } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const LAST_PRECEDENCE = 10_000
const EXEMPT = 'exempt'
const METHODS = ['ByNamespace', 'ByUser']
const RULES = { namespaced: false, name: subdomainName }

export function validateFlowSchema(schema: Draft<FlowSchema>, errors: FieldErrors): void {
  validateMetadata(schema.metadata, RULES, errors)
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration, rules = [] } = schema.spec ?? {}
  const at = 'spec.matchingPrecedence'
  if (matchingPrecedence <= 0) errors.invalid(at, matchingPrecedence, 'must be a positive value')
  if (matchingPrecedence > LAST_PRECEDENCE) {
    errors.invalid(at, matchingPrecedence, `must not be greater than ${LAST_PRECEDENCE}`)
  }
  if (matchingPrecedence === 1 && schema.metadata?.name !== EXEMPT) {
    errors.invalid(at, matchingPrecedence, "only the schema named 'exempt' may have matchingPrecedence 1")
  }
  if (distinguisherMethod !== undefined) {
    errors.oneOf('spec.distinguisherMethod', distinguisherMethod.type, METHODS)
  }
  const name = priorityLevelConfiguration?.name ?? ''
  if (name === '') errors.required('spec.priorityLevelConfiguration.name', 'must reference a priority level')
  else errors.invalids('spec.priorityLevelConfiguration.name', name, isDNS1123Subdomain(name))
  for (const [i, rule] of rules.entries()) validateRule(rule, `spec.rules[${i}]`, errors)
}

function validateRule(rule: Draft<PolicyRulesWithSubjects>, at: string, errors: FieldErrors): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule
  if (subjects.length === 0) errors.required(`${at}.subjects`, 'subjects must contain at least one value')
  for (const [i, subject] of subjects.entries()) validateSubject(subject, `${at}.subjects[${i}]`, errors)
  if (resourceRules.length + nonResourceRules.length === 0) {
    errors.required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')
  }
  for (const [i, { verbs, apiGroups, resources, namespaces = [], clusterScope = false }] of resourceRules.entries()) {
    const here = `${at}.resourceRules[${i}]`
    validateWords(verbs, `${here}.verbs`, 'verbs must contain at least one value', errors)
    validateWords(apiGroups, `${here}.apiGroups`, 'resource rules must supply at least one api group', errors)
    validateWords(resources, `${here}.resources`, 'resource rules must supply at least one resource', errors)
    if (namespaces.length === 0 && !clusterScope) {
      const words = 'resource rules that are not cluster scoped must supply at least one namespace'
      errors.required(`${here}.namespaces`, words)
    }
  }
  for (const [i, { verbs, nonResourceURLs }] of nonResourceRules.entries()) {
    const here = `${at}.nonResourceRules[${i}]`
    validateWords(verbs, `${here}.verbs`, 'verbs must contain at least one value', errors)
    const words = 'nonResourceURLs must contain at least one value'
    validateWords(nonResourceURLs, `${here}.nonResourceURLs`, words, errors)
  }
}

/** Some, and `*` alone. */
function validateWords(given: readonly string[] | undefined, at: string, none: string, errors: FieldErrors): void {
  const words = given ?? []
  if (words.length === 0) errors.required(at, none)
  else if (words.length > 1 && words.includes('*')) {
    errors.invalid(at, words, `if '*' is present, must not specify other ${at.slice(at.lastIndexOf('.') + 1)}`)
  }
}

function validateSubject(subject: Draft<FlowSubject>, at: string, errors: FieldErrors): void {
  const field = { User: 'user', Group: 'group', ServiceAccount: 'serviceAccount' }[subject.kind ?? '']
  if (field === undefined) {
    return errors.unsupported(`${at}.kind`, subject.kind ?? '', ['Group', 'ServiceAccount', 'User'])
  }
  const named = { user: subject.user, group: subject.group, serviceAccount: subject.serviceAccount }[field]
  if (named === undefined) {
    return errors.required(`${at}.${field}`, `${field} is required when subject kind is '${subject.kind}'`)
  }
  if ((named.name ?? '') === '') errors.required(`${at}.${field}.name`)
  if (field === 'serviceAccount' && (subject.serviceAccount?.namespace ?? '') === '') {
    errors.required(`${at}.${field}.namespace`, 'must specify namespace for service account')
  }
}

export function validateFlowSchemaUpdate(
  next: Draft<FlowSchema>,
  before: Draft<FlowSchema>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateFlowSchema(next, errors)
}

export function validatePriorityLevel(level: Draft<PriorityLevelConfiguration>, errors: FieldErrors): void {
  validateMetadata(level.metadata, RULES, errors)
  const { type = '', limited, exempt } = level.spec ?? {}
  if ((level.metadata?.name === EXEMPT) !== (type === 'Exempt')) {
    errors.invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'")
  }
  if (type === 'Exempt') {
    if (limited !== undefined) errors.forbidden('spec.limited', 'must be nil if the type is not Limited')
    errors.nonnegative('spec.exempt.nominalConcurrencyShares', exempt?.nominalConcurrencyShares)
    validatePercent(exempt?.lendablePercent, 'spec.exempt.lendablePercent', errors)
  } else if (type === 'Limited') {
    if (exempt !== undefined) errors.forbidden('spec.exempt', 'must be nil if the type is Limited')
    if (limited === undefined) errors.required('spec.limited', 'must not be empty when type is Limited')
    else validateLimited(limited, errors)
  } else errors.unsupported('spec.type', type, ['Exempt', 'Limited'])
}

function validatePercent(percent: number | undefined, at: string, errors: FieldErrors): void {
  if (percent !== undefined && (percent < 0 || percent > 100)) {
    errors.invalid(at, percent, 'must be between 0 and 100, inclusive')
  }
}

function validateLimited(limited: Draft<LimitedPriorityLevel>, errors: FieldErrors): void {
  const { nominalConcurrencyShares = 0, lendablePercent, borrowingLimitPercent = 0, limitResponse = {} } = limited
  if (nominalConcurrencyShares < 0) {
    errors.invalid('spec.limited.nominalConcurrencyShares', nominalConcurrencyShares, 'must be a non-negative integer')
  }
  const at = 'spec.limited.limitResponse'
  const { type = '', queuing } = limitResponse
  if (type === 'Reject') {
    if (queuing !== undefined) {
      errors.forbidden(`${at}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')
    }
  } else if (type === 'Queue') {
    if (queuing === undefined) {
      errors.required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')
    } else {
      const { queueLengthLimit = 0, queues = 0, handSize = 0 } = queuing
      for (const [field, value] of Object.entries({ queueLengthLimit, queues, handSize })) {
        if (value <= 0) errors.invalid(`${at}.queuing.${field}`, value, 'must be positive')
      }
      if (handSize > queues) {
        errors.invalid(`${at}.queuing.handSize`, handSize, `should not be greater than queues (${queues})`)
      }
    }
  } else errors.unsupported(`${at}.type`, type, ['Queue', 'Reject'])
  validatePercent(lendablePercent, 'spec.limited.lendablePercent', errors)
  if (borrowingLimitPercent < 0) {
    const words = 'if specified, must be a non-negative integer'
    errors.invalid('spec.limited.borrowingLimitPercent', borrowingLimitPercent, words)
  }
}

export function validatePriorityLevelUpdate(
  next: Draft<PriorityLevelConfiguration>,
  before: Draft<PriorityLevelConfiguration>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validatePriorityLevel(next, errors)
}

/**
 * Policies in CEL, and what binds them.
 *
 * Source: pkg/apis/admissionregistration/validation/validation.go, validateValidatingAdmissionPolicySpec and following (v1.36).
 */
import type {
  AdmissionPolicySpec,
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../types/admissionregistration.ts'
import type { Environment } from '@marcbachmann/cel-js'
import { admissionEnvironment } from '../cel/admission-environment.ts'
import type { Draft } from '../draft.ts'
import { isDNS1123Subdomain, isLabelKey } from '../syntax.ts'
import {
  FAILURE_POLICIES,
  validateExpression,
  validateMatchConditions,
  validateMatchResources,
} from './admission-rules.ts'
import type { FieldErrors } from './field-error.ts'
import { validateLabelSelector } from './labels.ts'
import { pathSegmentName, subdomainName, validateMetadata } from './metadata.ts'

const RULES = { namespaced: false, name: subdomainName }
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const ACTIONS = ['Audit', 'Deny', 'Warn']
const NOTHING_JUDGED = 'validations or auditAnnotations must contain at least one item'
const CEL_IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/

export function validateValidatingAdmissionPolicy(policy: Draft<ValidatingAdmissionPolicy>, errors: FieldErrors): void {
  validateMetadata(policy.metadata, RULES, errors)
  const { validations = [], auditAnnotations = [], ...common } = policy.spec ?? {}
  const scope = validateCommon(common, errors)
  if (validations.length + auditAnnotations.length === 0) {
    errors.required('spec.validations', NOTHING_JUDGED)
    errors.required('spec.auditAnnotations', NOTHING_JUDGED)
    return
  }
  for (const [i, validation] of validations.entries()) {
    validateOne(validation, scope, `spec.validations[${i}]`, errors)
  }
  const keys = new Set<string>()
  for (const [i, { key = '', valueExpression = '' }] of auditAnnotations.entries()) {
    const at = `spec.auditAnnotations[${i}]`
    if (key === '') errors.required(`${at}.key`)
    else errors.invalids(`${at}.key`, key, isLabelKey(key))
    if (valueExpression.trim() === '') errors.required(`${at}.valueExpression`)
    else {
      const expected = { environment: environmentOf(scope), types: ['string', 'null_type'] as const }
      validateExpression(valueExpression.trim(), expected, `${at}.valueExpression`, errors)
    }
    if (keys.has(key)) errors.duplicate(`${at}.key`, key)
    keys.add(key)
  }
}

/** What a policy adds to what expressions may name. */
interface Scope {
  readonly hasParams: boolean
  /** The types of its variables, as far as they have been looked at. */
  readonly variables: Map<string, string>
}

/** Messages may not ask the authorizer. */
const environmentOf = (scope: Scope, hasAuthorizer = true): Environment =>
  admissionEnvironment({ ...scope, hasAuthorizer })

function validateCommon(spec: Draft<AdmissionPolicySpec>, errors: FieldErrors): Scope {
  const { failurePolicy, paramKind, matchConstraints, matchConditions, variables = [] } = spec
  if (failurePolicy === undefined) errors.required('spec.failurePolicy')
  else if (!FAILURE_POLICIES.includes(failurePolicy)) {
    errors.unsupported('spec.failurePolicy', failurePolicy, FAILURE_POLICIES)
  }
  if (paramKind !== undefined) {
    const { apiVersion = '', kind = '' } = paramKind
    if (apiVersion === '') errors.required('spec.paramKind.apiVersion')
    if (kind === '') errors.required('spec.paramKind.kind')
  }
  if (matchConstraints === undefined) errors.required('spec.matchConstraints')
  else {
    validateMatchResources(matchConstraints, 'spec.matchConstraints', errors)
    if ((matchConstraints.resourceRules ?? []).length === 0) errors.required('spec.matchConstraints.resourceRules')
  }
  const scope: Scope = { hasParams: paramKind !== undefined, variables: new Map() }
  const environment = admissionEnvironment({ hasParams: scope.hasParams })
  validateMatchConditions(matchConditions, environment, 'spec.matchConditions', errors)
  const names = new Set<string>()
  for (const [i, { name = '', expression = '' }] of variables.entries()) {
    const at = `spec.variables[${i}]`
    if (name === '') errors.required(`${at}.name`, 'name is not specified')
    else if (!CEL_IDENTIFIER.test(name)) errors.invalid(`${at}.name`, name, 'must be a valid CEL identifier')
    if (expression.trim() === '') errors.required(`${at}.expression`, 'expression is not specified')
    else {
      const type = validateExpression(expression, { environment: environmentOf(scope) }, `${at}.expression`, errors)
      scope.variables.set(name, type ?? 'dyn')
    }
    if (names.has(name)) errors.duplicate(`${at}.name`, name)
    names.add(name)
  }
  return scope
}

function validateOne(validation: Draft<Validation>, scope: Scope, at: string, errors: FieldErrors): void {
  const { expression = '', message = '', messageExpression, reason } = validation
  if (expression.trim() === '') errors.required(`${at}.expression`, 'expression is not specified')
  else
    validateExpression(expression, { environment: environmentOf(scope), types: ['bool'] }, `${at}.expression`, errors)
  if (messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '') {
    errors.invalid(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified')
  } else if (messageExpression !== undefined && messageExpression !== '') {
    const expected = { environment: environmentOf(scope, false), types: ['string'] as const }
    validateExpression(messageExpression, expected, `${at}.messageExpression`, errors)
  }
  if (message !== '' && message.trim() === '') {
    errors.invalid(`${at}.message`, message, 'message must be non-empty if specified')
  } else if (message.trim().includes('\n')) {
    errors.invalid(`${at}.message`, message, 'message must not contain line breaks')
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.unsupported(`${at}.reason`, reason, REASONS)
}

export function validateMutatingAdmissionPolicy(policy: Draft<MutatingAdmissionPolicy>, errors: FieldErrors): void {
  validateMetadata(policy.metadata, RULES, errors)
  const { mutations = [], reinvocationPolicy = '', ...common } = policy.spec ?? {}
  const scope = validateCommon(common, errors)
  if (mutations.length === 0) errors.required('spec.mutations', 'mutations must contain at least one item')
  for (const [i, mutation] of mutations.entries()) {
    validateMutation(mutation, scope, `spec.mutations[${i}]`, errors)
  }
  errors.oneOf('spec.reinvocationPolicy', reinvocationPolicy, ['IfNeeded', 'Never'])
}

const GIVES = { ApplyConfiguration: 'Object', JSONPatch: 'list(JSONPatch)' } as const

/** Each sort of patch has its own field, and only that. */
function validateMutation(mutation: Draft<Mutation>, scope: Scope, at: string, errors: FieldErrors): void {
  const { patchType = '' } = mutation
  const fields = { ApplyConfiguration: mutation.applyConfiguration, JSONPatch: mutation.jsonPatch }
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch') {
    return errors.oneOf(`${at}.patchType`, patchType, Object.keys(fields))
  }
  for (const [type, field] of [
    ['ApplyConfiguration', 'applyConfiguration'],
    ['JSONPatch', 'jsonPatch'],
  ] as const) {
    const given = fields[type]
    if (type === patchType) {
      if (given === undefined) errors.required(`${at}.${field}`, `must be specified when patchType is ${type}`)
      else if ((given.expression ?? '').trim() === '') errors.required(`${at}.${field}.expression`)
      else {
        const expected = { environment: environmentOf(scope), types: [GIVES[type]] }
        validateExpression(given.expression ?? '', expected, `${at}.${field}.expression`, errors)
      }
    } else if (given !== undefined) {
      errors.invalid(`${at}.${field}`, '{}', `must not be specified when patchType is ${patchType}`)
    }
  }
}

interface BindingSpec {
  readonly policyName?: string
  readonly paramRef?: Draft<ParamRef>
  readonly matchResources?: Draft<MatchResources>
}

function validateBindingSpec({ policyName = '', paramRef, matchResources }: BindingSpec, errors: FieldErrors): void {
  if (policyName === '') errors.required('spec.policyName')
  else errors.invalids('spec.policyName', policyName, isDNS1123Subdomain(policyName))
  if (paramRef !== undefined) validateParamRef(paramRef, 'spec.paramRef', errors)
  validateMatchResources(matchResources, 'spec.matchResources', errors)
}

function validateParamRef(
  { name = '', selector, namespace = '', parameterNotFoundAction }: Draft<ParamRef>,
  at: string,
  errors: FieldErrors,
): void {
  if (name !== '') {
    errors.invalids(`${at}.name`, name, pathSegmentName(name))
    if (selector !== undefined) errors.forbidden(`${at}.name`, 'name and selector are mutually exclusive')
  }
  if (selector !== undefined) {
    validateLabelSelector(selector, `${at}.selector`, errors)
    if (name !== '') errors.forbidden(`${at}.selector`, 'name and selector are mutually exclusive')
  }
  if (name === '' && selector === undefined) errors.required(at, 'one of name or selector must be specified')
  if (namespace !== '') errors.invalids(`${at}.namespace`, namespace, pathSegmentName(namespace))
  if (parameterNotFoundAction === undefined || parameterNotFoundAction === '') {
    errors.required(`${at}.parameterNotFoundAction`)
  } else errors.oneOf(`${at}.parameterNotFoundAction`, parameterNotFoundAction, ['Allow', 'Deny'])
}

export function validateValidatingAdmissionPolicyBinding(
  binding: Draft<ValidatingAdmissionPolicyBinding>,
  errors: FieldErrors,
): void {
  validateMetadata(binding.metadata, RULES, errors)
  const spec = binding.spec ?? {}
  validateBindingSpec(spec, errors)
  const at = 'spec.validationActions'
  const actions = spec.validationActions ?? []
  if (actions.length === 0) errors.required(at, 'at least one validation action is required')
  for (const [i, action] of actions.entries()) {
    if (!ACTIONS.includes(action)) errors.unsupported(`${at}[${i}]`, action, ACTIONS)
    if (actions.indexOf(action) < i) errors.duplicate(`${at}[${i}]`, action)
  }
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why = 'repeating the same validation failure information in the API response and headers serves no purpose'
    errors.invalid(at, actions, `must not contain both Deny and Warn (${why})`)
  }
}

export function validateMutatingAdmissionPolicyBinding(
  binding: Draft<MutatingAdmissionPolicyBinding>,
  errors: FieldErrors,
): void {
  validateMetadata(binding.metadata, RULES, errors)
  validateBindingSpec(binding.spec ?? {}, errors)
}

/**
 * Which requests webhooks and policies are about.
 *
 * Source: pkg/apis/admissionregistration/validation/validation.go, validateRule and following (v1.36).
 */
import type { MatchCondition, MatchResources, NamedRuleWithOperations } from '../types/admissionregistration.ts'
import type { Draft } from '../draft.ts'
import type { Environment } from '@marcbachmann/cel-js'
import { admissionEnvironment } from '../cel/admission-environment.ts'
import { compiledType, type Expected } from '../cel/compile-check.ts'
import { isLabelKey } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { validateLabelSelector } from './labels.ts'

export const FAILURE_POLICIES = ['Fail', 'Ignore']
export const MATCH_POLICIES = ['Equivalent', 'Exact']
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
const MOST_CONDITIONS = 64

export function validateRules(
  rules: readonly Draft<NamedRuleWithOperations>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, rule] of (rules ?? []).entries()) {
    const here = `${at}[${i}]`
    const { operations = [], apiGroups = [], apiVersions = [], resources = [], resourceNames = [], scope } = rule
    if (operations.length === 0) errors.required(`${here}.operations`)
    validateAlone(operations, `${here}.operations`, 'operations', errors)
    for (const [j, operation] of operations.entries()) {
      if (!OPERATIONS.includes(operation)) errors.unsupported(`${here}.operations[${j}]`, operation, OPERATIONS)
    }
    if (apiGroups.length === 0) errors.required(`${here}.apiGroups`)
    validateAlone(apiGroups, `${here}.apiGroups`, 'API groups', errors)
    if (apiVersions.length === 0) errors.required(`${here}.apiVersions`)
    validateAlone(apiVersions, `${here}.apiVersions`, 'API versions', errors)
    for (const [j, version] of apiVersions.entries()) {
      if (version === '') errors.required(`${here}.apiVersions[${j}]`)
    }
    validateResources(resources, `${here}.resources`, errors)
    for (const [j, name] of resourceNames.entries()) {
      if (resourceNames.indexOf(name) < j) errors.duplicate(`${here}.resourceNames[${j}]`, name)
    }
    if (scope !== undefined && !SCOPES.includes(scope)) errors.unsupported(`${here}.scope`, scope, SCOPES)
  }
}

function validateAlone(words: readonly string[], at: string, what: string, errors: FieldErrors): void {
  if (words.length > 1 && words.includes('*')) {
    errors.invalid(at, words, `if '*' is present, must not specify other ${what}`)
  }
}

function validateResources(resources: readonly string[], at: string, errors: FieldErrors): void {
  if (resources.length === 0) return errors.required(at)
  const withAll = new Set<string>()
  for (const [i, text] of resources.entries()) {
    if (text === '') {
      errors.required(`${at}[${i}]`)
      continue
    }
    if (text === '*/*') withAll.add('*/*')
    const [resource = '', subresource = ''] = text.split('/')
    if (subresource === '*' && resource !== '*') withAll.add(resource)
    else if (subresource !== '' && withAll.has(resource)) {
      errors.invalid(`${at}[${i}]`, text, `if '${resource}/*' is present, must not specify ${text}`)
    }
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.invalid(at, resources, "if '*/*' is present, must not specify other resources")
  }
  if (resources.includes('*') && resources.some((text) => text !== '*' && !text.includes('/'))) {
    errors.invalid(at, resources, "if '*' is present, must not specify other resources without subresources")
  }
}

export function validateMatchResources(
  resources: Draft<MatchResources> | undefined,
  at: string,
  errors: FieldErrors,
): void {
  if (resources === undefined) return
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules, excludeResourceRules } = resources
  if (matchPolicy === undefined) errors.required(`${at}.matchPolicy`)
  else errors.oneOf(`${at}.matchPolicy`, matchPolicy, MATCH_POLICIES)
  if (namespaceSelector === undefined) errors.required(`${at}.namespaceSelector`)
  else validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`, errors)
  if (objectSelector === undefined) errors.required(`${at}.objectSelector`)
  else validateLabelSelector(objectSelector, `${at}.objectSelector`, errors)
  validateRules(resourceRules, `${at}.resourceRules`, errors)
  validateRules(excludeResourceRules, `${at}.excludeResourceRules`, errors)
}

/** What the conditions of webhooks may name. */
export const conditionEnvironment = (): Environment => admissionEnvironment({})

/** The type of what an expression gives; undefined for one that is refused. */
export function validateExpression(
  text: string,
  expected: Expected,
  at: string,
  errors: FieldErrors,
): string | undefined {
  const compiled = compiledType(text, expected)
  if (!('problem' in compiled)) return compiled.type
  errors.invalid(at, text, compiled.problem)
  return undefined
}

export function validateMatchConditions(
  conditions: readonly Draft<MatchCondition>[] | undefined,
  environment: Environment,
  at: string,
  errors: FieldErrors,
): void {
  const given = conditions ?? []
  if (given.length > MOST_CONDITIONS) errors.tooMany(at, given.length, MOST_CONDITIONS)
  const seen = new Set<string>()
  for (const [i, { name = '', expression = '' }] of given.entries()) {
    if (expression.trim() === '') errors.required(`${at}[${i}].expression`)
    else validateExpression(expression.trim(), { environment, types: ['bool'] }, `${at}[${i}].expression`, errors)
    if (name === '') errors.required(`${at}[${i}].name`)
    else errors.invalids(`${at}[${i}].name`, name, isLabelKey(name))
    if (name !== '' && seen.has(name)) errors.duplicate(`${at}[${i}].name`, name)
    seen.add(name)
  }
}

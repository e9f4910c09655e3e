/**
 * Whether the rules of a definition's schema can work: they are compiled when the definition is written.
 *
 * Source: apiextensions/validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema;
 * pkg/apiserver/schema/cel/compilation.go (v1.36). Abridged: nobody estimates what rules cost.
 */
import type { Environment } from '@marcbachmann/cel-js'
import { compile, gives } from '../cel/compile.ts'
import { nodesOf } from '../cel/environment.ts'
import type { FieldErrors } from '../validation/field-error.ts'
import { shownInternally } from '../validation/internal/value.ts'
import { environmentOf } from './cel-types.ts'
import { normalFieldPath } from './field-path.ts'
import type { Schema, ValidationRule } from './schema.ts'

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

const rulesAt = (at: string): string => `${at}.x-kubernetes-validations`

/** What can be said of rules without compiling them. */
export function checkRuleForms(schema: Schema, at: string, errors: FieldErrors): void {
  for (const [i, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    checkForm(rule, schema, `${rulesAt(at)}[${i}]`, errors)
  }
}

function checkForm(given: ValidationRule, schema: Schema, at: string, errors: FieldErrors): void {
  const { rule = '', message = '', messageExpression = '', reason, fieldPath = '' } = given
  if (rule.trim() === '') errors.required(`${at}.rule`, 'rule is not specified')
  else if (message !== '' && message.trim() === '') {
    errors.invalid(`${at}.message`, message, 'message must be non-empty if specified')
  } else if (message.trim().includes('\n')) {
    errors.invalid(`${at}.message`, message, 'message must not contain line breaks')
  } else if (rule.trim().includes('\n') && message.trim() === '') {
    errors.required(`${at}.message`, 'message must be specified if rule contains line breaks')
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified')
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.unsupported(`${at}.reason`, reason, REASONS)
  if (fieldPath === '') return
  const wrong = (words: string): void => errors.invalid(`${at}.fieldPath`, fieldPath, words)
  if (fieldPath.trim() === '') wrong('fieldPath must be non-empty if specified')
  if (fieldPath.includes('\n')) wrong('fieldPath must not contain line breaks')
  if (normalFieldPath(fieldPath, schema) === undefined) wrong('fieldPath must be a valid path')
}

/** Where rules stand. */
export interface RulePlace {
  readonly at: string
  readonly isRoot: boolean
  /** The part of the schema around them of whose values nobody can tell what they were. */
  readonly uncorrelatable: string | undefined
}

/** What the compiler says of the rules. */
export function checkRules(schema: Schema, { at, isRoot, uncorrelatable }: RulePlace, errors: FieldErrors): void {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return
  const words = new Set(
    rules.flatMap(({ rule, messageExpression = '' }) => `${rule} ${messageExpression}`.match(/\w+/g) ?? []),
  )
  const environments = new Map<boolean, Environment | undefined>()
  const environmentFor = ({ optionalOldSelf = false }: ValidationRule): Environment | undefined => {
    if (!environments.has(optionalOldSelf)) {
      environments.set(optionalOldSelf, environmentOf(schema, isRoot, optionalOldSelf, words))
    }
    return environments.get(optionalOldSelf)
  }
  for (const [i, rule] of rules.entries()) {
    const here = `${rulesAt(at)}[${i}]`
    const environment = environmentFor(rule)
    if (environment === undefined) {
      const detail = 'internal error: failed to retrieve type information for x-kubernetes-validations'
      errors.list.push({ type: 'Internal error', field: rulesAt(at), detail })
      return
    }
    const asksOld = checkRule(rule, environment, here, errors)
    if (asksOld && uncorrelatable !== undefined) {
      const words = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`
      errors.invalid(`${here}.rule`, rule.rule, words)
    } else if (!asksOld && rule.optionalOldSelf !== undefined) {
      errors.invalid(`${here}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')
    }
  }
}

/** Whether it can be compiled and asks what the value was. */
function checkRule(rule: ValidationRule, environment: Environment, at: string, errors: FieldErrors): boolean {
  const wrong = (field: string, words: string): void =>
    errors.invalid(`${at}.${field}`, shownInternally('apiextensions/v1.ValidationRule', rule), words)
  const compiled = compile(rule.rule, environment)
  if ('problem' in compiled) {
    wrong('rule', `compilation failed: ${compiled.problem}`)
    return false
  }
  if (!gives(compiled, 'bool')) {
    wrong('rule', 'cel expression must evaluate to a bool')
    return false
  }
  const { messageExpression = '' } = rule
  if (messageExpression !== '') {
    const said = compile(messageExpression, environment)
    if ('problem' in said) wrong('messageExpression', `messageExpression compilation failed: ${said.problem}`)
    else if (!gives(said, 'string')) wrong('messageExpression', 'messageExpression must evaluate to a string')
  }
  return nodesOf(compiled.ast).some(({ op, args }) => op === 'id' && args === 'oldSelf')
}

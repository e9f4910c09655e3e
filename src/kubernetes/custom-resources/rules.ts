/** Rules in CEL that a schema holds its values to. Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (v1.36). */
import { expressionOf, expressionWithOptionalOld, optionalOf, type Expression } from '../cel/expression.ts'
import { toCel } from '../cel/values.ts'
import { sameJson } from '../hash.ts'
import { FieldErrors, OMITTED, type FieldError } from '../validation/field-error.ts'
import { isJsonObject, memberSchema, type Schema, type ValidationRule } from './schema.ts'
import { correlated } from './validate.ts'

const known = new WeakMap<Schema, boolean>()

/** Whether a schema has rules anywhere. */
export const hasRules = (schema: Schema): boolean => {
  const before = known.get(schema)
  if (before !== undefined) return before
  const { properties = {}, additionalProperties, items } = schema
  const has =
    (schema['x-kubernetes-validations'] ?? []).length > 0 ||
    Object.values(properties).some(hasRules) ||
    (typeof additionalProperties === 'object' && hasRules(additionalProperties)) ||
    (items !== undefined && hasRules(items))
  known.set(schema, has)
  return has
}

/**
 * What the rules say of an object, and of what it was. What did not change is judged again only by rules that ask what it was.
 * Abridged: what the others say of it is no warning.
 */
export function ruleErrors(object: unknown, old: unknown, schema: Schema): readonly FieldError[] {
  const errors = new FieldErrors()
  judge(object, old, schema, '', errors)
  return errors.list
}

function judge(value: unknown, old: unknown, schema: Schema, at: string, errors: FieldErrors): void {
  if (!hasRules(schema) || value === undefined) return
  const isKept = old !== undefined && sameJson(value, old)
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    if (!isKept || isTransition(rule)) judgeBy(rule, value, old, at, errors)
  }
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return
    for (const [i, item] of (value as readonly unknown[]).entries()) {
      judge(item, correlated(old, schema, item), items, `${at}[${i}]`, errors)
    }
    return
  }
  if (!isJsonObject(value)) return
  for (const name of Object.keys(value)) {
    const member = memberSchema(schema, name)
    const before = isJsonObject(old) ? old[name] : undefined
    if (member !== undefined) judge(value[name], before, member, at === '' ? name : `${at}.${name}`, errors)
  }
}

const isTransition = ({ rule }: ValidationRule): boolean => /\boldSelf\b/.test(rule)

function judgeBy(rule: ValidationRule, value: unknown, old: unknown, at: string, errors: FieldErrors): void {
  const isOptional = rule.optionalOldSelf === true
  if (isTransition(rule) && old === undefined && !isOptional) return
  const variables = { self: toCel(value), oldSelf: isOptional ? optionalOf(old) : toCel(old) }
  const outcome = expressionIn(rule, rule.rule)(variables)
  const field = `${at}${rule.fieldPath ?? ''}`
  const shown = isScalar(value) ? value : OMITTED
  if ('problem' in outcome) {
    errors.invalid(field, shown, `${outcome.problem} evaluating rule: ${rule.message ?? rule.rule}`)
    return
  }
  if (outcome.value === true) return
  const words = wordsOf(rule, variables)
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return errors.forbidden(field, words)
    case 'FieldValueRequired':
      return errors.required(field, words)
    case 'FieldValueDuplicate':
      return errors.duplicate(field, shown)
    default:
      return errors.invalid(field, shown, words)
  }
}

const expressionIn = ({ optionalOldSelf }: ValidationRule, text: string): Expression =>
  optionalOldSelf === true ? expressionWithOptionalOld(text) : expressionOf(text)

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null

const wordsOf = (rule: ValidationRule, variables: Readonly<Record<string, unknown>>): string => {
  if (rule.messageExpression !== undefined) {
    const outcome = expressionIn(rule, rule.messageExpression)(variables)
    if ('value' in outcome && typeof outcome.value === 'string' && outcome.value.trim() !== '') return outcome.value
  }
  return rule.message ?? `failed rule: ${rule.rule}`
}

/** Rules in CEL that a schema holds its values to. Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (v1.36). */
import { expressionOf, expressionWithOptionalOld, optionalOf, type Expression } from '../cel/expression.ts'
import { sameJson } from '../hash.ts'
import { byteLength } from '../syntax.ts'
import { FieldErrors, formatFieldError, OMITTED, type FieldError } from '../validation/field-error.ts'
import { valueOfSchema } from './cel-types.ts'
import { normalFieldPath } from './field-path.ts'
import { inOrderOf } from './old-order.ts'
import { isJsonObject, memberSchema, type Schema, type ValidationRule } from './schema.ts'
import { correlated, NO_FIELD } from './validate.ts'

const known = new WeakMap<Schema, boolean>()

/** Longest message that an expression may give. Source: apiserver/pkg/apis/cel/config.go. */
const MESSAGE_MAX_BYTES = 5 * 1024

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

/** A value in its place. */
interface Judged {
  readonly value: unknown
  /** What it was; undefined where nothing was, or nobody can tell. */
  readonly old: unknown
  readonly schema: Schema
  readonly at: string
  /** Whether what it is part of is as it was. */
  readonly isPartKept: boolean
  /** The object itself, which has a kind and a name whatever its schema says. */
  readonly isRoot: boolean
  /** Whether what is as it was may break rules. */
  readonly ratchets: boolean
}

interface Findings {
  readonly errors: FieldErrors
  /** What is broken as it was before: only a warning. */
  readonly kept: FieldErrors
}

const noFindings = (): Findings => ({ errors: new FieldErrors(), kept: new FieldErrors() })

/** What the rules say of an object, and of what it was. What did not change may break those that do not ask what it was. */
export const ruleErrors = (object: unknown, old: unknown, schema: Schema): readonly FieldError[] =>
  judged(object, old, schema).errors.list

/** What rules are broken by what did not change. */
export const ruleWarnings = (object: unknown, old: unknown, schema: Schema): readonly string[] =>
  judged(object, old, schema).kept.list.map(formatFieldError)

function judged(object: unknown, old: unknown, schema: Schema): Findings {
  const findings = noFindings()
  judge({ value: object, old, schema, at: '', isPartKept: false, isRoot: true, ratchets: true }, findings)
  return findings
}

/**
 * What the rules say of a default: where it stays, and, if they say nothing, where it is new.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go, validate.
 */
export function defaultErrors(value: unknown, schema: Schema): readonly FieldError[] {
  for (const old of [value, undefined]) {
    const findings = noFindings()
    judge({ value, old, schema, at: '', isPartKept: false, isRoot: false, ratchets: false }, findings)
    if (findings.errors.list.length > 0) return findings.errors.list
  }
  return []
}

function judge(place: Judged, findings: Findings): void {
  const { value, old, schema, at, isPartKept, ratchets } = place
  if (!hasRules(schema) || value === undefined || value === null) return
  const isKept = ratchets && (old === undefined ? isPartKept : sameJson(value, old))
  judgeByAll(place, isKept, findings)
  const inside = { isPartKept: isKept, isRoot: false, ratchets }
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return
    for (const [i, item] of (value as readonly unknown[]).entries()) {
      const before = correlated(old, schema, item)
      judge({ value: item, old: before, schema: items, at: `${at}[${i}]`, ...inside }, findings)
    }
    return
  }
  if (!isJsonObject(value)) return
  const isWhole = schema['x-kubernetes-map-type'] === 'atomic'
  for (const name of Object.keys(value)) {
    const member = memberSchema(schema, name)
    if (member === undefined) continue
    const before = isJsonObject(old) && !isWhole ? old[name] : undefined
    const isNamed = schema.properties?.[name] !== undefined
    const path = isNamed ? (at === '' ? name : `${at}.${name}`) : `${at}[${name}]`
    judge({ value: value[name], old: before, schema: member, at: path, ...inside }, findings)
  }
}

const isTransition = ({ rule }: ValidationRule): boolean => /\boldSelf\b/.test(rule)

function judgeByAll(place: Judged, isKept: boolean, { errors, kept }: Findings): void {
  const { value, old, schema } = place
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return
  const isObject = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
  const self = valueOfSchema(value, schema, isObject)
  const before = old === undefined ? undefined : valueOfSchema(inOrderOf(value, old, schema), schema, isObject)
  for (const rule of rules) {
    const isOptional = rule.optionalOldSelf === true
    if (isTransition(rule) && old === undefined && !isOptional) continue
    const variables = { self, oldSelf: isOptional ? optionalOf(before) : (before ?? null) }
    judgeBy(rule, variables, place, errors, isKept && !isTransition(rule) ? kept : errors)
  }
}

type Variables = Readonly<Record<string, unknown>>

/** @param broken Where it is told that the rule is broken; that it cannot be asked is an error in any case. */
function judgeBy(
  rule: ValidationRule,
  variables: Variables,
  { value, schema, at }: Judged,
  errors: FieldErrors,
  broken: FieldErrors,
): void {
  const outcome = expressionIn(rule, rule.rule)(variables)
  const shown = isScalar(value) ? value : OMITTED
  if ('problem' in outcome) return errors.invalid(fieldAt(at), shown, failure(rule, outcome.problem))
  if (outcome.value === true) return
  const field = fieldAt(`${at}${normalFieldPath(rule.fieldPath ?? '', schema) ?? ''}`)
  const words = wordsOf(rule, variables)
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return broken.forbidden(field, words)
    case 'FieldValueRequired':
      return broken.required(field, words)
    case 'FieldValueDuplicate':
      return broken.duplicate(field, shown)
    default:
      return broken.invalid(field, shown, words)
  }
}

const expressionIn = ({ optionalOldSelf }: ValidationRule, text: string): Expression =>
  optionalOldSelf === true ? expressionWithOptionalOld(text) : expressionOf(text)

const fieldAt = (path: string): string => (path === '' ? NO_FIELD : path.replace(/^\./, ''))

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null

const nameOf = ({ message = '', rule }: ValidationRule): string => (message === '' ? rule : message).trim()

const failure = (rule: ValidationRule, problem: string): string =>
  problem.startsWith('no such overload')
    ? `'${problem}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`
    : `${problem} evaluating rule: ${nameOf(rule)}`

const wordsOf = (rule: ValidationRule, variables: Variables): string => {
  if (rule.messageExpression !== undefined && rule.messageExpression !== '') {
    const outcome = expressionIn(rule, rule.messageExpression)(variables)
    const said = 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : ''
    if (said !== '' && !said.includes('\n') && byteLength(said) <= MESSAGE_MAX_BYTES) return said
  }
  return (rule.message ?? '') === '' ? `failed rule: ${nameOf(rule)}` : nameOf(rule)
}

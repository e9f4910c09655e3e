/** Rules in CEL that a schema holds its values to. Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (v1.36). */
import type { FieldError } from '../validation/field-error.ts'
import type { Schema } from './schema.ts'

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

/** Judges an object by the rules of its schema. */
export type RuleJudge = (object: unknown, old: unknown, schema: Schema) => readonly FieldError[]

let judge: RuleJudge = () => []
export const ruleErrors: RuleJudge = (object, old, schema) => judge(object, old, schema)

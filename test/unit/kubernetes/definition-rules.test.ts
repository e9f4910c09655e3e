/**
 * Goal: a definition whose rules cannot work is refused when it is written, in upstream's words; what can is taken, and its
 * objects are judged by the types that the schema gives them.
 * Method: schemas as operators write them; the refusals that apiextensions' and cel-go's own tests expect.
 */
import { describe, expect, test } from 'vitest'
import { validateDefinitionSchema } from '../../../src/kubernetes/custom-resources/definition-schema.ts'
import { ruleErrors, ruleWarnings } from '../../../src/kubernetes/custom-resources/rules.ts'
import type { Schema, ValidationRule } from '../../../src/kubernetes/custom-resources/schema.ts'
import { FieldErrors, formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const ruled = (schema: Schema, ...rules: readonly ValidationRule[]): Schema => ({
  ...schema,
  'x-kubernetes-validations': rules,
})
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })
const TEXT: Schema = { type: 'string' }
const NUMBER: Schema = { type: 'integer' }
const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })

const refusals = (schema: Schema): readonly string[] => {
  const errors = new FieldErrors()
  validateDefinitionSchema(schema, 'schema', errors)
  return errors.list.map(formatFieldError)
}
/** A rule of the member `x`, which is of a schema. */
const ofMember = (schema: Schema, ...rules: readonly ValidationRule[]): readonly string[] =>
  refusals(object({ x: ruled(schema, ...rules) }))

const details = (schema: Schema, ...rules: readonly ValidationRule[]): readonly string[] =>
  ofMember(schema, ...rules).map((text) => text.replace(/^(\S+: [A-Z][a-z ]+: )(\{.*?\}: )?/, ''))

describe('rules that cannot be compiled', () => {
  test('are refused where they stand, with the rule and the place in it', () => {
    const shown =
      '{"Rule":"self.foo == 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}'
    expect(ofMember(object({ a: NUMBER }), { rule: 'self.foo == 1' })).toEqual([
      `schema.properties[x].x-kubernetes-validations[0].rule: Invalid value: ${shown}: compilation failed: ` +
        "ERROR: <input>:1:5: undefined field 'foo'\n | self.foo == 1\n | ....^",
    ])
  })

  test.each<[Schema, string, string]>([
    [NUMBER, 'self ==', "1:8: Syntax error: mismatched input '<EOF>' expecting"],
    [NUMBER, 'selves == 1', "1:1: undeclared reference to 'selves' (in container '')"],
    [NUMBER, 'self.oops()', "1:10: undeclared reference to 'oops' (in container '')"],
    [NUMBER, 'self == "1"', "1:6: found no matching overload for '_==_' applied to '(int, string)'"],
    [NUMBER, 'self + 1', 'cel expression must evaluate to a bool'],
    [{ 'x-kubernetes-int-or-string': true }, 'self', 'cel expression must evaluate to a bool'],
    [list(TEXT), 'self.all(t, t > 1)', "1:15: found no matching overload for '_>_' applied to '(string, int)'"],
    [object({ when: { type: 'string', format: 'date-time' } }), 'self.when == ""', "applied to '(timestamp, string)'"],
    [object({ 'a-b': NUMBER }), 'self["a-b"] == 1', "found no matching overload for '_[_]'"],
    [object({ namespace: TEXT }), 'self.namespace == ""', "1:5: undefined field 'namespace'"],
    [
      object({ any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
      'self.any.x == 1',
      "1:9: undefined field 'x'",
    ],
    [object({ any: { 'x-kubernetes-preserve-unknown-fields': true } }), 'has(self.any)', "1:9: undefined field 'any'"],
  ])('%j: %s', (schema, rule, words) => {
    expect(details(schema, { rule })).toEqual([expect.stringContaining(words)])
  })

  test('of metadata only names are seen', () => {
    const root = (rule: string): readonly string[] => refusals(ruled(object({}), { rule }))
    expect(root("self.metadata.name.startsWith('a') && self.kind == 'X' && self.apiVersion != ''")).toEqual([])
    expect(root('has(self.metadata.labels)')).toEqual([expect.stringContaining("undefined field 'labels'")])
    const embedded: Schema = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { spec: object({}) },
    }
    expect(ofMember(embedded, { rule: 'self.metadata.generateName == ""' })).toEqual([])
  })
})

describe('rules that can', () => {
  test.each<[Schema, string]>([
    [object({ 'a-b': NUMBER, 'c.d': NUMBER, 'e/f': NUMBER, g__h: NUMBER, namespace: TEXT }), 'self.a__dash__b == 1'],
    [object({ 'c.d': NUMBER }), 'self.c__dot__d == 1'],
    [object({ 'e/f': NUMBER }), 'self.e__slash__f == 1'],
    [object({ g__h: NUMBER }), 'self.g__underscores__h == 1'],
    [object({ namespace: TEXT }), 'self.__namespace__ == ""'],
    [{ type: 'string', format: 'duration' }, "self < duration('1h')"],
    [{ type: 'string', format: 'byte' }, "self == b'abc'"],
    [{ type: 'string', format: 'date' }, 'self.getFullYear() > 2000'],
    [{ 'x-kubernetes-int-or-string': true }, 'type(self) == int ? self < 5 : self.endsWith("%")'],
    [{ type: 'object', additionalProperties: NUMBER }, 'self.all(k, v, k.size() > v)'],
    [object({ a: list(object({ b: TEXT })) }), 'self.a.exists_one(one, one.b == "x")'],
    [object({ a: TEXT }), "!has(self.a) || self.a in ['x', 'y']"],
    [object({ a: TEXT, b: TEXT }), 'has(self.a) != has(self.b)'],
    [object({ a: list(object({ b: TEXT })) }), 'self.a.size() == 0 || has(self.a[0].b)'],
    [object({ a: object({ b: TEXT }) }), 'has(self.a.b) && !has(self.?a.b) && self.?a.?b.orValue("") == ""'],
    [object({ a: list(TEXT) }), 'self.a == [] || [] + self.a == self.a + ["x"] || self.a.map(t, t + "x") == self.a'],
    [object({ a: object({ b: TEXT }), c: object({ b: TEXT }) }), 'self.a == oldSelf.a ? true : self.c != oldSelf.c'],
    [{ type: 'object', additionalProperties: list(TEXT) }, 'self.all(k, "x" in self[k] && self[k][0] != k)'],
    [object({ a: TEXT }), '(has(self.a) ? self.a : "x").matches("^x$") && self.a.split(",").all(t, t.trim() == t)'],
    [
      object({ a: TEXT }),
      'isQuantity(self.a) && quantity(self.a).compareTo(quantity("1")) >= 0 && url(self.a).getHost() != ""',
    ],
    [
      object({ a: { type: 'string', format: 'date-time' } }),
      'self.a + duration("1h") > timestamp("2024-01-01T00:00:00Z")',
    ],
    [
      object({ n: { type: 'number' }, i: NUMBER }),
      'self.n > 1 && self.i < 1.5 && self.n == double(self.i) && -self.i < 0',
    ],
    [{ type: 'number' }, 'self > 0.5 && self < 2'],
  ])('%j: %s', (schema, rule) => expect(ofMember(schema, { rule })).toEqual([]))
})

describe('messages, reasons and fields', () => {
  test.each<[ValidationRule, string]>([
    [{ rule: ' ' }, 'Required value: rule is not specified'],
    [{ rule: 'true', message: ' ' }, 'Invalid value: " ": message must be non-empty if specified'],
    [{ rule: 'true', message: 'a\nb' }, 'Invalid value: "a\\nb": message must not contain line breaks'],
    [{ rule: 'true &&\ntrue' }, 'Required value: message must be specified if rule contains line breaks'],
    [{ rule: 'true', messageExpression: ' ' }, 'Required value: messageExpression must be non-empty if specified'],
    [
      { rule: 'true', reason: 'Odd' },
      'Unsupported value: "Odd": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
    ],
    [{ rule: 'true', fieldPath: '.nope' }, 'Invalid value: ".nope": fieldPath must be a valid path'],
    [{ rule: 'true', fieldPath: 'a' }, 'Invalid value: "a": fieldPath must be a valid path'],
    [{ rule: 'true', optionalOldSelf: true }, 'Invalid value: true: may not be set if oldSelf is not used in rule'],
  ])('%j', (rule, words) => {
    expect(ofMember(object({ a: NUMBER }), rule).map((text) => text.replace(/^\S+: /, ''))).toEqual([words])
  })

  test('an expression for the message is compiled too', () => {
    const rule = 'self == 5'
    expect(details(NUMBER, { rule, messageExpression: '42' })).toEqual(['messageExpression must evaluate to a string'])
    expect(details(NUMBER, { rule, messageExpression: "'is ' + self" })).toEqual([
      expect.stringContaining(
        "messageExpression compilation failed: ERROR: <input>:1:7: found no matching overload for '_+_'",
      ),
    ])
    expect(details(NUMBER, { rule, messageExpression: "'is ' + string(self)" })).toEqual([])
  })

  test.each(['.a', "['a']", ".m['k.x']", '.l'])('the field %s is there', (fieldPath) => {
    const schema = object({ a: NUMBER, m: { type: 'object', additionalProperties: NUMBER }, l: list(NUMBER) })
    expect(ofMember(schema, { rule: 'true', fieldPath })).toEqual([])
  })

  test('a fault of the schema hides what the compiler says of the rules around it, and comes first', () => {
    const wrong = ruled(object({ a: { type: 'odd' } }), { rule: 'self.nope' })
    const errors = refusals(object({ b: ruled(NUMBER, { rule: 'self' }), w: wrong }))
    expect(errors.map((text) => text.split(':')[0])).toEqual([
      'schema.properties[w].properties[a].type',
      'schema.properties[b].x-kubernetes-validations[0].rule',
    ])
  })
})

describe('oldSelf', () => {
  const rule = { rule: 'self == oldSelf' }
  const within = (path: string): readonly unknown[] => [
    expect.stringMatching(
      new RegExp(
        `: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${path}$`,
      ),
    ),
  ]
  test('is not known of items that have no keys, nor within them', () => {
    expect(ofMember(list(ruled(TEXT, rule)))).toEqual(within('schema\\.properties\\[x\\]'))
    expect(ofMember(list(ruled(TEXT, rule), { 'x-kubernetes-list-type': 'set' }))).toEqual(
      within('schema\\.properties\\[x\\]'),
    )
    expect(ofMember(list(list(object({ a: ruled(TEXT, rule) }))))).toEqual(within('schema\\.properties\\[x\\]'))
  })
  test('nor of members of objects that change only as a whole', () => {
    expect(ofMember({ ...object({ a: ruled(TEXT, rule) }), 'x-kubernetes-map-type': 'atomic' })).toEqual(
      within('schema\\.properties\\[x\\]'),
    )
  })
  test('is known of items with keys, of lists as a whole, and of members', () => {
    const keyed = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }
    const item: Schema = { ...object({ k: TEXT, v: ruled(TEXT, rule) }), required: ['k'] }
    expect(ofMember(list(item, keyed))).toEqual([])
    expect(ofMember(list(TEXT), rule)).toEqual([])
    expect(ofMember({ type: 'object', additionalProperties: ruled(TEXT, rule) })).toEqual([])
    expect(ofMember(NUMBER, { rule: 'oldSelf.hasValue()', optionalOldSelf: true })).toEqual([])
  })
})

describe('defaults', () => {
  const withDefault = (schema: Schema, value: unknown, ...rules: readonly ValidationRule[]): readonly string[] =>
    ofMember({ ...schema, default: value }, ...rules)

  test('must keep the rules too', () => {
    expect(withDefault(NUMBER, 1, { rule: 'self > 5', message: 'more than 5' })).toEqual([
      'schema.properties[x].default: Invalid value: 1: more than 5',
    ])
    expect(withDefault(NUMBER, 6, { rule: 'self > 5' })).toEqual([])
    const inside = object({ a: ruled(NUMBER, { rule: 'self > 5' }) })
    expect(withDefault(inside, { a: 1 })).toEqual([
      'schema.properties[x].default.a: Invalid value: 1: failed rule: self > 5',
    ])
  })
  test('are asked of as what stays and, where that is asked, as what is new', () => {
    expect(withDefault(NUMBER, 1, { rule: 'self > oldSelf', message: 'grows' })).toHaveLength(1)
    const first = { rule: 'oldSelf.hasValue() || self == 2', optionalOldSelf: true, message: 'first 2' }
    expect(withDefault(NUMBER, 1, first)).toEqual(['schema.properties[x].default: Invalid value: 1: first 2'])
    expect(withDefault(NUMBER, 2, first)).toEqual([])
  })
  test('that lack what a rule asks for are refused', () => {
    const guarded = { rule: "duration(self.interval) > duration('0s')" }
    expect(withDefault(object({ interval: TEXT }), {}, guarded)).toEqual([
      expect.stringContaining('schema.properties[x].default: Invalid value: no such key: interval evaluating rule'),
    ])
  })
})

describe('objects are judged by the types of their schema', () => {
  const said = (
    schema: Schema,
    value: unknown,
    old: unknown,
    ...rules: readonly ValidationRule[]
  ): readonly string[] => {
    const before = old === undefined ? undefined : { x: old }
    return ruleErrors({ x: value }, before, object({ x: ruled(schema, ...rules) })).map(formatFieldError)
  }
  test.each<[Schema, unknown, string]>([
    [{ type: 'string', format: 'duration' }, '90m', "self == duration('1h30m')"],
    [{ type: 'string', format: 'date-time' }, '2024-01-01T00:00:00Z', "self < timestamp('2024-01-02T00:00:00Z')"],
    [{ type: 'string', format: 'date' }, '2024-02-29', 'self.getMonth() == 1'],
    [{ type: 'string', format: 'byte' }, 'YWJj', "self == b'abc'"],
    [{ type: 'number' }, 1, 'self / 2.0 == 0.5'],
    [{ 'x-kubernetes-int-or-string': true }, 5, 'type(self) == int && self == 5'],
    [{ 'x-kubernetes-int-or-string': true }, '5%', "type(self) == string && self.endsWith('%')"],
    [object({ 'a-b': NUMBER }), { 'a-b': 1 }, 'self.a__dash__b == 1'],
    [object({ a: { ...TEXT, nullable: true } }), { a: null }, 'has(self.a)'],
  ])('%j %j: %s', (schema, value, rule) => {
    expect(ofMember(schema, { rule })).toEqual([])
    expect(said(schema, value, undefined, { rule })).toEqual([])
  })

  test('lists with keys are the same in any order', () => {
    const keyed = list(object({ k: TEXT, v: NUMBER }), {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    })
    const [a, b] = [
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
    ]
    const kept = { rule: 'self == oldSelf', message: 'kept' }
    expect(said(keyed, [a, b], [b, a], kept)).toEqual([])
    expect(said(keyed, [a, { ...b, v: 3 }], [b, a], kept)).toHaveLength(1)
    expect(said(list(TEXT, { 'x-kubernetes-list-type': 'set' }), ['a', 'b'], ['b', 'a'], kept)).toEqual([])
  })

  test('fields that the schema keeps but does not know count when objects are compared', () => {
    const open: Schema = { ...object({ a: NUMBER }), 'x-kubernetes-preserve-unknown-fields': true }
    const kept = { rule: 'self == oldSelf', message: 'kept' }
    expect(said(open, { a: 1, z: 1 }, { a: 1, z: 2 }, kept)).toHaveLength(1)
  })

  test('what fails says how, and of which rule', () => {
    const mixed: Schema = { 'x-kubernetes-int-or-string': true }
    expect(said(mixed, 'a', undefined, { rule: 'self < 5' })).toEqual([
      `x: Invalid value: "a": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: self < 5`,
    ])
    const missing = { rule: 'self.a == 1', message: 'of a' }
    expect(said(object({ a: NUMBER }), {}, undefined, missing)).toEqual([
      'x: Invalid value: no such key: a evaluating rule: of a',
    ])
  })

  test('the field that a rule names, the reason it gives', () => {
    const schema = object({ 'a-b': NUMBER })
    const rule = { rule: 'false', message: ' no ', reason: 'FieldValueForbidden', fieldPath: "['a-b']" }
    expect(said(schema, { 'a-b': 1 }, undefined, rule)).toEqual(['x.a-b: Forbidden: no'])
  })

  test('the whole has no name', () => {
    const named = { rule: "self.metadata.name == 'one'", message: 'only one' }
    const value = { metadata: { name: 'two' } }
    expect(ruleErrors(value, undefined, ruled(object({}), named)).map(formatFieldError)).toEqual([
      '<nil>: Invalid value: only one',
    ])
  })

  test('messages of more than one line, or none, are not used', () => {
    const spoken = (messageExpression: string): readonly string[] =>
      said(NUMBER, 1, undefined, { rule: 'self == 2', messageExpression })
    expect(spoken("'is ' + string(self) + ' '")).toEqual(['x: Invalid value: 1: is 1'])
    expect(spoken("'a\\nb'")).toEqual(['x: Invalid value: 1: failed rule: self == 2'])
    expect(spoken("''")).toEqual(['x: Invalid value: 1: failed rule: self == 2'])
  })

  test('items of a list that is as it was are not judged again', () => {
    const items = list(ruled(NUMBER, { rule: 'self > 5' }))
    expect(said(items, [1, 2], [1, 2])).toEqual([])
    expect(said(items, [1, 2], [1])).toHaveLength(2)
  })

  test('what breaks a rule as it did before is warned of, but what cannot be asked is refused', () => {
    const schema = object({ x: object({ n: ruled(NUMBER, { rule: 'self > 5', message: 'more' }), m: NUMBER }) })
    const [before, next] = [{ x: { n: 1, m: 1 } }, { x: { n: 1, m: 2 } }]
    expect(ruleErrors(next, before, schema)).toEqual([])
    expect(ruleWarnings(next, before, schema)).toEqual(['x.n: Invalid value: 1: more'])
    expect(ruleWarnings({ x: { n: 2 } }, before, schema)).toEqual([])
    const missing = object({ x: ruled(object({ n: NUMBER }), { rule: 'self.n > 5' }) })
    expect(ruleErrors({ x: {} }, { x: {} }, missing)).toHaveLength(1)
  })
})

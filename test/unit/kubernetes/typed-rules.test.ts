/**
 * Goal: whatever fits the types that a schema gives is taken when a definition is written, and holds of an object.
 * Method: one schema with a member of every type, one object, and rules that are true of it; of what does not fit, a few.
 */
import { describe, expect, test } from 'vitest'
import { validateDefinitionSchema } from '../../../src/kubernetes/custom-resources/definition-schema.ts'
import { ruleErrors } from '../../../src/kubernetes/custom-resources/rules.ts'
import type { Schema, ValidationRule } from '../../../src/kubernetes/custom-resources/schema.ts'
import { FieldErrors, formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const TEXT: Schema = { type: 'string' }
const NUMBER: Schema = { type: 'integer' }
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })
const list = (items: Schema): Schema => ({ type: 'array', items })

const SCHEMA = object({
  s: TEXT,
  i: NUMBER,
  n: { type: 'number' },
  b: { type: 'boolean' },
  t: { type: 'string', format: 'date-time' },
  d: { type: 'string', format: 'duration' },
  by: { type: 'string', format: 'byte' },
  ios: { 'x-kubernetes-int-or-string': true },
  o: object({ b: TEXT }),
  l: list(object({ b: TEXT })),
  li: list(NUMBER),
  ln: list({ type: 'number' }),
  lt: list(TEXT),
  m: { type: 'object', additionalProperties: NUMBER },
  mo: { type: 'object', additionalProperties: object({ b: TEXT }) },
})

const VALUE = {
  s: '1.2.3.4',
  i: 3,
  n: 2,
  b: true,
  t: '2024-01-01T00:00:00Z',
  d: '1m',
  by: 'YWJj',
  ios: 5,
  o: { b: 'x' },
  l: [{ b: 'x' }],
  li: [1, 2],
  ln: [1, 2.5],
  lt: ['a'],
  m: { a: 2 },
  mo: { k: { b: 'x' } },
}

const ruled = (rule: ValidationRule): Schema => ({ ...SCHEMA, 'x-kubernetes-validations': [rule] })

const refusals = (rule: ValidationRule): readonly string[] => {
  const errors = new FieldErrors()
  validateDefinitionSchema(ruled(rule), 'schema', errors)
  return errors.list.map(formatFieldError)
}
const complaints = (rule: ValidationRule, old: unknown): readonly string[] =>
  ruleErrors(VALUE, old, ruled(rule)).map(formatFieldError)

/** What was, before something that no rule speaks of. */
const OLD = { ...VALUE, kind: 'Other' }

describe('what fits', () => {
  test.each([
    'optional.of(self.s).orValue("") == "1.2.3.4"',
    'self.?m["k"].orValue(1) == 1 && self.m[?"a"].orValue(1) == 2',
    '[1,2].map(x, {"a": x})[0].a == 1',
    'self.l.map(x, x.b).filter(y, y != "").size() > 0',
    '(self.l.exists(x, has(x.b)) ? self.l.filter(x, has(x.b))[0].b : "") == "x"',
    '(self.t - timestamp("2023-01-01T00:00:00Z")).getHours() > 1',
    'self.d.getSeconds() == 60 && self.t.getFullYear("UTC") == 2024',
    'string(self.t) == "2024-01-01T00:00:00Z" && string(self.by) == "abc" && size(self.by) == 3 && self.by == bytes("abc")',
    'int(self.n) % 2 == 0 && double(self.i) / 2.0 == 1.5',
    '!(self.s in self.m) && self.m.size() == 1 && self.m == {"a": 2} && self.m != {}',
    'self.l != [] && (self.l + self.l).size() == 2',
    'self.s.split("").map(c, c).join("") == self.s',
    'type(self.l) == list && type(self.s) == string && type(self.o) != null_type && type(self.m) == map && type(self.t) == google.protobuf.Timestamp',
    'self.ios == 5 || self.ios == "5"',
    'string(self.ios) == "5" && int(self.ios) == 5 && self.ios > 3 && [self.ios, 1].size() == 2',
    'self.o == oldSelf.o && [self.o] == [oldSelf.o] && self.o in [self.o]',
    'self.l.all(x, oldSelf.l.exists(y, y == x))',
    '(self.b ? self.l : []).size() == 1 && (self.b ? self.m : {}).size() == 1 && (self.b ? [] : self.l).size() == 0',
    '(self.b ? self.o.b : "") == "x"',
    'dyn(self.o).b == "x"',
    '[self.i, 2].max() > 1 && self.li.sum() == 3 && self.ln.sum() > 1.5',
    '"%s".format([self.s]) == self.s',
    'self.s.find("a").size() == 0 && self.s.findAll("1", 1)[0] == "1"',
    'ip(self.s).family() == 4 && cidr("1.2.3.0/24").containsIP(ip(self.s)) && string(ip(self.s)) == self.s',
    '!isSemver(self.s) && semver("0.9.0").isLessThan(semver("1.0.0"))',
    'format.dns1123Label().validate(self.s).hasValue() && format.named("dns1123Label").value().validate(self.s).value().size() == 1',
    'self.li.all(i, v, i < v) && self.m.transformList(k, v, k).size() == 1',
    'self.l.exists_one(x, x.b == "x") && self.m.exists(k, self.m[k] > 1)',
    '-self.n < 0.0 && !(!self.b) && self.b == true && 0 <= self.i && self.i <= 10u',
    'self.l.map(x, x.b).indexOf("a") == -1 && duration("1h") + duration("1m") > self.d',
    'self.mo.all(k, self.mo[k].b == "x") && self.mo.exists(k, v, v.b == "x") && has(self.mo.k) && has(self.mo.k.b) && "k" in self.mo',
    'self.mo["k"].b == "x" && self.mo.k.b == self.l[0].b && self.mo.k != self.mo["k"] || true',
    'self.lt.map(x, x + "b") == ["ab"] && self.lt.filter(x, x != "a") == [] && self.lt == ["a"]',
    'self.li.map(x, double(x)).sum() == 3.0 && self.li[0] + self.li[1] == 3 && self.li.map(x, x > 1, x * 2) == [4]',
    'self.t > timestamp("2020-01-01T00:00:00Z") && self.t + self.d > self.t && self.t - duration("1h") < self.t',
    'self.n + 0.5 == 2.5 && self.n >= 2 && self.n == 2.0 && self.i * 2 == 6 && self.i - 1 == 2 && self.i / 2 == 1',
    'self.lt.size() > 0 ? self.lt[self.lt.size() - 1] == "a" : false',
    '[self.s, self.o.b].exists(x, x.startsWith("1")) && [self.i, self.li[0]].all(x, x > 0)',
    '{"x": self.s}.x == self.s && {"x": 1, "y": 2}["y"] == 2 && {self.s: 1}[self.s] == 1',
    'self.o.?b.optMap(x, x.size()).orValue(0) == 1 && self.?o.?b.hasValue()',
    'self.l.all(x, self.lt.all(y, x.b != y)) && self.l.map(x, self.lt.map(y, y + x.b)) == [["ax"]]',
    'quantity("1Gi").add(quantity("1Mi")).isGreaterThan(quantity("1Gi")) && quantity(string(self.i)).asInteger() == 3',
    'self.s.replace(".", "-").lowerAscii().contains("1-2") && self.s.substring(0, 1) == "1" && self.s.charAt(0) == "1" && self.s.lastIndexOf(".") == 5',
    'uint(self.i) == 3u && uint(self.i) > 2 && bool("true") && self.i in [1, 3] && !(self.i in self.li)',
    'self.li.isSorted() && self.lt.isSorted() && self.ln.max() == 2.5 && self.li.min() == 1 && self.lt.max() == "a"',
    'sets.contains(self.lt, ["a"]) && sets.intersects(self.li, [2]) && sets.equivalent(self.li, [2, 1])',
    'duration(self.d) == self.d && timestamp(self.t) == self.t && timestamp(0) < self.t && int(self.t) > 0',
    'self.ios == 5 ? self.ios + 1 == 6 : self.ios.endsWith("%")',
    String.raw`matches(self.s, "^[0-9.]+$") && self.s.matches('^\\d+(\\.\\d+){3}$')`,
    'has(self.o) && has(self.o.b) && (!has(self.o.b) || self.o.b.size() > 0)',
    'oldSelf.o.b == self.o.b || (self.l.size() >= oldSelf.l.size() && self.m.all(k, k in oldSelf.m))',
  ])('%s', (rule) => {
    expect(refusals({ rule })).toEqual([])
    expect(complaints({ rule }, OLD)).toEqual([])
  })

  test.each([
    'oldSelf.hasValue() ? self.s == oldSelf.value().s : true',
    'oldSelf.orValue(self).s == self.s',
    '!oldSelf.hasValue() || self == oldSelf.value()',
    'oldSelf.optMap(x, x.s == self.s).orValue(true)',
    'oldSelf.?s.orValue(self.s) == self.s',
  ])('of what may not have been: %s', (rule) => {
    expect(refusals({ rule, optionalOldSelf: true })).toEqual([])
    expect(complaints({ rule, optionalOldSelf: true }, VALUE)).toEqual([])
    expect(complaints({ rule, optionalOldSelf: true }, undefined)).toEqual([])
  })
})

describe('what does not', () => {
  test.each([
    ['self.nope == 1', "1:5: undefined field 'nope'"],
    ['self.mo.all(k, self.mo[k].c == "x")', "1:26: undefined field 'c'"],
    ['self.l.filter(x, x.zz > 1).size() == 0', "1:19: undefined field 'zz'"],
    ['has(self.o.c)', "1:11: undefined field 'c'"],
    ['self.m.a.b == 1', "1:9: type 'int' does not support field selection"],
    ['self.lt[0].x == ""', "1:11: type 'string' does not support field selection"],
    ['self.t == self.d', "1:8: found no matching overload for '_==_' applied to '(timestamp, duration)'"],
    ['self.li.all(i, i + "a" == "")', "1:18: found no matching overload for '_+_' applied to '(int, string)'"],
    ['self.i && self.b', "1:5: expected type 'bool' but found 'int'"],
  ])('%s', (rule, words) => {
    expect(refusals({ rule })).toEqual([expect.stringContaining(words)])
  })
})

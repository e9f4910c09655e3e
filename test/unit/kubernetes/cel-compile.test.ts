/**
 * Goal: an expression that cannot work is refused when it is written down, in the compiler's words; one that can is taken.
 * Method: refusals that a real kube-apiserver gave or that upstream's own tests expect, and expressions of published policies.
 */
import { describe, expect, test } from 'vitest'
import { admissionEnvironment } from '../../../src/kubernetes/cel/admission-environment.ts'
import { compiledType, type Expected, type Wanted } from '../../../src/kubernetes/cel/compile-check.ts'

const environment = admissionEnvironment({ variables: new Map([['names', 'list<string>']]) })

const said = (text: string, expected: Partial<Expected> = {}): string => {
  const type = compiledType(text, { environment, ...expected })
  return 'problem' in type ? type.problem : type.type
}

/** A message with its place, as it stands below the text. */
const at = (column: number, words: string, text: string): string =>
  `ERROR: <input>:1:${column}: ${words}\n | ${text}\n | ${'.'.repeat(column - 1)}^`

const EXPRESSION =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

describe('what is no expression', () => {
  test.each([
    ['this is not cel', 6, "mismatched input 'is' expecting <EOF>"],
    ['object b', 8, "extraneous input 'b' expecting <EOF>"],
    ["'asdf'.contains('x'", 20, "missing ')' at '<EOF>'"],
    ['1 +', 4, `mismatched input '<EOF>' expecting ${EXPRESSION}`],
    ['object.true == 1', 8, "mismatched input 'true' expecting IDENTIFIER"],
    ['[1', 3, "mismatched input '<EOF>' expecting {']', ','}"],
  ])('%s', (text, column, words) => {
    expect(said(text)).toBe(`compilation failed: ${at(column, `Syntax error: ${words}`, text)}`)
  })

  test('words that no name may be', () => {
    expect(said('namespace')).toContain('1:1: reserved identifier: namespace')
    expect(said('variables.names.all(1, true)')).toContain('1:21: argument must be a simple name')
    expect(said('object.namespace == "x"', { types: ['bool'] })).toBe('bool')
  })
})

describe('what does not fit', () => {
  test.each([
    ['object.metadata.name == foo', 25, "undeclared reference to 'foo' (in container '')"],
    ['object.x.oops(1)', 14, "undeclared reference to 'oops' (in container '')"],
    ["1 < 'asdf'", 3, "found no matching overload for '_<_' applied to '(int, string)'"],
    ['request.name.startsWith(1)', 24, "found no matching overload for 'startsWith' applied to 'string.(int)'"],
    ['request.foo == 1', 8, "undefined field 'foo'"],
    ['variables.other', 10, "undefined field 'other'"],
    ['request.name.x', 13, "type 'string' does not support field selection"],
    ['variables.names.all(n, n)', 24, "expected type 'bool' but found 'string'"],
    [
      'request.name.all(n, true)',
      8,
      "expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ['[1, "a"]', 5, "expected type 'int' but found 'string'"],
    ['has(object)', 5, 'invalid argument to has() macro'],
    ["'a'.matches('[')", 13, 'invalid matches argument'],
    ["duration('x')", 10, 'invalid duration argument'],
  ])('%s', (text, column, words) => {
    expect(said(text)).toBe(`compilation failed: ${at(column, words, text)}`)
  })

  test('places are lines and columns of the whole text', () => {
    const place = "ERROR: <input>:2:3: undeclared reference to 'foo' (in container '')\n |   foo\n | ..^"
    expect(said('true &&\n  foo')).toBe(`compilation failed: ${place}`)
  })

  test.each<[string, Expected['types'], string]>([
    ['1 + 1', ['bool'], 'must evaluate to bool but got int'],
    ['[1]', ['bool'], 'must evaluate to bool but got list(int)'],
    ['null', ['bool'], 'must evaluate to bool but got null_type'],
    ['object.spec.enabled', ['bool'], 'must evaluate to bool but got dyn'],
    ['1', ['string', 'null_type'], 'must evaluate to one of [string null_type] but got int'],
  ])('%s gives something else', (text, types, words) => expect(said(text, { types })).toBe(words))

  test('names that are only there in some places', () => {
    expect(said('params.x == 1')).toContain("undeclared reference to 'params'")
    expect(said('params.x == 1', { environment: admissionEnvironment({ hasParams: true }) })).toBe('bool')
    expect(said('authorizer', { environment: admissionEnvironment({ hasAuthorizer: false }) })).toContain(
      'undeclared reference',
    )
  })
})

describe('taken', () => {
  test.each<[string, Wanted]>([
    ['object.spec.replicas <= 5', 'bool'],
    ['has(object.metadata.labels) && object.metadata.labels.all(k, k.startsWith("a"))', 'bool'],
    ['"replicas: " + string(object.spec.replicas)', 'string'],
    ['object.spec.containers.filter(c, has(c.image)).map(c, c.image).exists(i, i.contains(":"))', 'bool'],
    ['authorizer.group("").resource("pods").check("get").allowed()', 'bool'],
    ['authorizer.requestResource.check("get").allowed()', 'bool'],
    ['oldObject == null || object.spec == oldObject.spec', 'bool'],
    ['quantity(object.spec.x).isLessThan(quantity("1Gi"))', 'bool'],
    ['variables.names.size() > 0', 'bool'],
    ['"%s %d".format(["a", 1])', 'string'],
    ['object.?spec.?size.orValue(1) > 0', 'bool'],
    ['request.userInfo.groups.exists(i, g, g == "x" && i > 0)', 'bool'],
    ['format.dns1123Label().validate("a").hasValue()', 'bool'],
    ['type(object.x) == int && [object.a, 1, "b"].size() == 3', 'bool'],
    ['[JSONPatch{op: "add", path: "/a/" + jsonpatch.escapeKey("x/y"), value: 1}]', 'list(JSONPatch)'],
    ['Object{spec: Object.spec{replicas: 3}}', 'Object'],
    ['has(object.x) ? Object{} : Object{metadata: Object.metadata{?labels: object.?labels}}', 'Object'],
  ])('%s', (text, type) => {
    const given = compiledType(text, { environment, types: [type] })
    expect('problem' in given ? given.problem : '').toBe('')
  })

  test('patches are of their types', () => {
    expect(said('Object{}', { types: ['list(JSONPatch)'] })).toContain('must evaluate to list(JSONPatch) but got map')
    expect(said('[1]', { types: ['Object'] })).toBe('must evaluate to Object but got list(int)')
  })

  test('a place behind a structure is told as it was written', () => {
    expect(said('Object{metadata: Object.metadata{name: foo}}')).toContain('<input>:1:40: ')
  })
})

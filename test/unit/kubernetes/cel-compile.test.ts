/**
 * Goal: an expression that cannot work is refused when it is written down, in the compiler's words; one that can is taken.
 * Method: refusals that a real kube-apiserver gave, and expressions of published policies.
 */
import { describe, expect, test } from 'vitest'
import { compileProblem } from '../../../src/kubernetes/cel/compile-check.ts'

const variables = ['object', 'oldObject', 'request', 'namespaceObject', 'authorizer', 'variables']

describe('refused', () => {
  test.each([
    [
      'this is not cel',
      "compilation failed: ERROR: <input>:1:6: Syntax error: mismatched input 'is' expecting <EOF>\n" +
        ' | this is not cel\n | .....^',
    ],
    [
      'object.metadata.name == foo',
      "compilation failed: ERROR: <input>:1:25: undeclared reference to 'foo' (in container '')\n" +
        ' | object.metadata.name == foo\n | ........................^',
    ],
    [
      'true &&\n  foo',
      "compilation failed: ERROR: <input>:2:3: undeclared reference to 'foo' (in container '')\n |   foo\n | ..^",
    ],
    ['1 + 1', 'must evaluate to bool but got int'],
    ['[1]', 'must evaluate to bool but got list(int)'],
  ])('%j', (text, words) => {
    expect(compileProblem(text, { variables, type: 'bool' })).toBe(words)
  })

  test('a name that this expression has not', () => {
    expect(compileProblem('params.x == 1', { variables })).toContain("undeclared reference to 'params'")
    expect(compileProblem('params.x == 1', { variables: [...variables, 'params'] })).toBeUndefined()
  })

  test('a place behind a structure is told as it was written', () => {
    expect(compileProblem('Object{metadata: Object.metadata{name: foo}}', { variables })).toContain('<input>:1:40: ')
  })
})

describe('taken', () => {
  test.each([
    ['object.spec.replicas <= 5', 'bool'],
    ['has(object.metadata.labels) && object.metadata.labels.all(k, k.startsWith("a"))', 'bool'],
    ['"replicas: " + string(object.spec.replicas)', 'string'],
    ['object.spec.containers.filter(c, has(c.image)).map(c, c.image).exists(i, i.contains(":"))', 'bool'],
    ['authorizer.group("").resource("pods").check("get").allowed()', 'bool'],
    ['math.greatest(1, 2) == 2', 'bool'],
    ['[JSONPatch{op: "add", path: "/a", value: 1}]', 'list(JSONPatch)'],
    ['Object{spec: Object.spec{replicas: 3}}', 'Object'],
    ['oldObject == null || object.spec == oldObject.spec', 'bool'],
    ['quantity(object.spec.x).isLessThan(quantity("1Gi"))', 'bool'],
    ['variables.names.size() > 0', 'bool'],
  ] as const)('%s', (text, type) => {
    expect(compileProblem(text, { variables, type })).toBeUndefined()
  })
})

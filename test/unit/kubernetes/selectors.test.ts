/**
 * Goal: selectors match what Kubernetes' match, whether written as objects or as text.
 * Method: the cases of upstream's documentation and the refusals of a real server, then the two forms against each other.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesFields, parseFieldSelector, requiredValue } from '../../../src/kubernetes/field-selectors.ts'
import { parseLabelSelector } from '../../../src/kubernetes/label-query.ts'
import {
  allowsNode,
  compileNodeSelector,
  compileNodeSelectorTerm,
  pinnedNodes,
} from '../../../src/kubernetes/node-selector.ts'
import {
  compileLabelSelector,
  compileRequirements,
  formatRequirements,
  matchesMap,
  requirementsOf,
  sameSelector,
} from '../../../src/kubernetes/selectors.ts'
import type { LabelSelector } from '../../../src/kubernetes/types/meta.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { NodeSelectorRequirement } from '../../../src/kubernetes/types/scheduling.ts'

const matches = (text: string, labels: Record<string, string>): boolean => {
  const parsed = parseLabelSelector(text)
  if (either.isLeft(parsed)) throw new Error(parsed.left)
  return compileRequirements(parsed.right)(labels)
}

describe('label selectors as text', () => {
  const labels = { env: 'prod', tier: 'web', version: '12' }

  test.each([
    ['', true],
    ['env', true],
    ['!env', false],
    ['!gone', true],
    ['env=prod', true],
    ['env==prod,tier=web', true],
    ['env!=prod', false],
    ['gone!=x', true],
    ['env in (prod, dev)', true],
    ['env notin (prod)', false],
    ['gone notin (x)', true],
    ['version>11', true],
    ['version<12', false],
    ['env>1', false],
    ['gone in ()', false],
    [' env = prod , tier ', true],
  ])('%s', (text, expected) => {
    expect(matches(text, labels)).toBe(expected)
  })

  test.each([
    ['env=a b', "found 'b', expected: ',' or 'end of string'"],
    ['env in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['=prod', "found '=', expected: !, identifier, or 'end of string'"],
    ['env,', "found '', expected: identifier after ','"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'num>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('%s is refused', (text, why) => {
    expect(parseLabelSelector(text)).toEqual(either.left(why))
  })

  test('text and object say the same', () => {
    const word = fc.constantFrom('a', 'b', 'c')
    const expression = fc.oneof(
      fc.record({
        key: word,
        operator: fc.constantFrom('In' as const, 'NotIn' as const),
        values: fc.array(word, { minLength: 1 }),
      }),
      fc.record({ key: word, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
    )
    const selectors = fc.record({ matchLabels: fc.dictionary(word, word), matchExpressions: fc.array(expression) })
    fc.assert(
      fc.property(selectors, fc.dictionary(word, word), (selector, some) => {
        const text = formatRequirements(requirementsOf(selector))
        expect(matches(text, some)).toBe(compileLabelSelector(selector)(some))
      }),
    )
  })
})

describe('label selectors as objects', () => {
  test('an absent selector matches nothing, an empty one everything', () => {
    expect(compileLabelSelector(undefined)({})).toBe(false)
    expect(compileLabelSelector({})(undefined)).toBe(true)
  })

  test('a plain map must not be empty', () => {
    expect(matchesMap({}, { a: 'b' })).toBe(false)
    expect(matchesMap({ a: 'b' }, { a: 'b', c: 'd' })).toBe(true)
    expect(matchesMap({ a: 'b' }, undefined)).toBe(false)
  })

  test('the order of values does not matter', () => {
    const with2 = (...values: string[]): LabelSelector => ({ matchExpressions: [{ key: 'a', operator: 'In', values }] })
    expect(sameSelector(with2('x', 'y'), with2('y', 'x'))).toBe(true)
    expect(sameSelector(with2('x'), with2('y'))).toBe(false)
    expect(sameSelector(undefined, {})).toBe(false)
  })
})

const node = (name: string, labels: Record<string, string> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', labels },
  spec: {},
})
const term = (...matchExpressions: NodeSelectorRequirement[]) => ({ matchExpressions })

describe('node selectors', () => {
  test('terms are alternatives, requirements are not', () => {
    const { matches: allows } = compileNodeSelector({
      nodeSelectorTerms: [
        term({ key: 'zone', operator: 'In', values: ['a'] }, { key: 'ssd', operator: 'Exists' }),
        term({ key: 'size', operator: 'Gt', values: ['10'] }),
      ],
    })
    expect(allows(node('n', { zone: 'a' }))).toBe(false)
    expect(allows(node('n', { zone: 'a', ssd: '' }))).toBe(true)
    expect(allows(node('n', { size: '11' }))).toBe(true)
    expect(allows(node('n', { size: 'big' }))).toBe(false)
  })

  test('a term without requirements matches no node', () => {
    expect(compileNodeSelectorTerm({}).matches(node('n'))).toBe(false)
    expect(compileNodeSelector({ nodeSelectorTerms: [] }).matches(node('n'))).toBe(false)
  })

  test('a bound that is no label value is told, not thrown', () => {
    const { matches: allows, problem } = compileNodeSelectorTerm(term({ key: 'size', operator: 'Gt', values: ['-1'] }))
    expect(problem).toContain('Invalid value: "-1"')
    expect(allows(node('n', { size: '5' }))).toBe(false)
  })

  test('nodes can be pinned by name', () => {
    const selector = {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['n1'] }] }],
    }
    expect([...(pinnedNodes(selector) ?? [])]).toEqual(['n1'])
    expect(compileNodeSelector(selector).matches(node('n1'))).toBe(true)
    expect(compileNodeSelector(selector).matches(node('n2'))).toBe(false)
    expect(
      pinnedNodes({ nodeSelectorTerms: [...selector.nodeSelectorTerms, term({ key: 'a', operator: 'Exists' })] }),
    ).toBeUndefined()
  })

  test('nodeSelector and required affinity must both allow a node', () => {
    const required = { nodeSelectorTerms: [term({ key: 'zone', operator: 'NotIn', values: ['b'] })] }
    const spec = {
      containers: [],
      nodeSelector: { disk: 'ssd' },
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
    }
    expect(allowsNode(spec, node('n', { disk: 'ssd' }))).toBe(true)
    expect(allowsNode(spec, node('n', { disk: 'ssd', zone: 'b' }))).toBe(false)
    expect(allowsNode(spec, node('n', { zone: 'a' }))).toBe(false)
  })
})

describe('field selectors', () => {
  test('terms must all hold; an absent field is empty', () => {
    const parsed = parseFieldSelector('metadata.name=web,status.phase!=Running,spec.nodeName==')
    if (either.isLeft(parsed)) throw new Error(parsed.left)
    const read = (fields: Record<string, string>) => (field: string) => fields[field]
    expect(matchesFields(parsed.right, read({ 'metadata.name': 'web', 'status.phase': 'Pending' }))).toBe(true)
    expect(matchesFields(parsed.right, read({ 'metadata.name': 'web', 'spec.nodeName': 'n' }))).toBe(false)
    expect(requiredValue(parsed.right, 'metadata.name')).toBe('web')
    expect(requiredValue(parsed.right, 'status.phase')).toBeUndefined()
  })

  test('escaped characters belong to the value', () => {
    expect(parseFieldSelector('a=x\\,y\\=z\\\\')).toEqual(either.right([{ field: 'a', equal: true, value: 'x,y=z\\' }]))
    expect(parseFieldSelector('metadata.name in (a)')).toEqual(
      either.left("invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'"),
    )
  })
})

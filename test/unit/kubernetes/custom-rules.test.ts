/**
 * Goal: rules that ask what an object was judge as upstream's do: also of new objects where `oldSelf` is optional, and also of
 * what has not changed.
 * Method: schemas with one rule, an object and what it was, and the errors' texts.
 */
import { describe, expect, test } from 'vitest'
import { ruleErrors } from '../../../src/kubernetes/custom-resources/rules.ts'

const NUMBER = { type: 'integer' }

const said = (value: unknown, old: unknown, rule: object, of: object = NUMBER): readonly string[] => {
  const sized = (size: unknown): object | undefined => (size === undefined ? undefined : { size })
  const schema = { type: 'object', properties: { size: { ...of, 'x-kubernetes-validations': [rule] } } }
  // A rule is the border here: the text of a definition.
  return ruleErrors(sized(value), sized(old), JSON.parse(JSON.stringify(schema))).map(({ detail }) => String(detail))
}

describe('oldSelf is optional', () => {
  const grows = {
    rule: 'oldSelf.hasValue() ? self > oldSelf.value() : self == 1',
    messageExpression: "'from ' + string(oldSelf.orValue(0))",
    optionalOldSelf: true,
  }
  test.each([
    [1, undefined, []],
    [2, undefined, ['from 0']],
    [2, 1, []],
    [1, 2, ['from 2']],
  ])('%s after %s', (value, old, words) => expect(said(value, old, grows)).toEqual(words))

  test('members of what it was', () => {
    const kept = { rule: '!oldSelf.hasValue() || oldSelf.value().x == self.x', optionalOldSelf: true, message: 'kept' }
    const point = { type: 'object', properties: { x: NUMBER, y: NUMBER } }
    expect(said({ x: 1 }, undefined, kept, point)).toEqual([])
    expect(said({ x: 1, y: 1 }, { x: 1 }, kept, point)).toEqual([])
    expect(said({ x: 2 }, { x: 1 }, kept, point)).toEqual(['kept'])
  })
})

describe('what has not changed', () => {
  test('is passed over by a rule that does not ask what it was', () => {
    expect(said(5, 5, { rule: 'self < 3', message: 'small' })).toEqual([])
    expect(said(6, 5, { rule: 'self < 3', message: 'small' })).toEqual(['small'])
  })
  test('is judged by one that does', () => {
    expect(said(5, 5, { rule: 'self > oldSelf', message: 'grows' })).toEqual(['grows'])
    expect(said(5, undefined, { rule: 'self > oldSelf', message: 'grows' })).toEqual([])
  })
})

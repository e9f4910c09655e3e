/**
 * Goal: docs/operators.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows.
 */
import { expect, test } from 'vitest'
import { outputOf, readPage, shownExample } from './page.ts'

const { blocks } = readPage('operators.md')

test('the program of the page is examples/operator.ts', () => {
  expect(blocks('ts')).toEqual([shownExample('operator.ts')])
})

test('it prints what the page shows', { timeout: 30_000 }, () => {
  expect(blocks('')).toEqual([outputOf('operator.ts')])
})

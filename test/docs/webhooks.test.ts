/**
 * Goal: docs/webhooks.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows.
 */
import { expect, test } from 'vitest'
import { outputOf, readPage, shownExample } from './page.ts'

const { blocks } = readPage('webhooks.md')

test('the program of the page is examples/webhook.ts', () => {
  expect(blocks('ts')).toEqual([shownExample('webhook.ts')])
})

test('it prints what the page shows', { timeout: 60_000 }, () => {
  expect(blocks('')).toEqual([outputOf('webhook.ts')])
})

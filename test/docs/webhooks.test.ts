/**
 * Goal: docs/webhooks.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const page = readFileSync(`${root}docs/webhooks.md`, 'utf8')

/** The blocks of a language, in order. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, text]) =>
    found === language ? [text ?? ''] : [],
  )

test('the program of the page is examples/webhook.ts', () => {
  const example = readFileSync(`${root}examples/webhook.ts`, 'utf8')
  const code = example.slice(example.indexOf('*/\n') + 3).replaceAll("'../src/index.ts'", "'seatrial'")
  expect(blocks('ts')).toEqual([code])
})

test('it prints what the page shows', { timeout: 60_000 }, () => {
  const command = ['--import', 'tsx', 'examples/webhook.ts']
  expect(blocks('')).toEqual([execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' })])
})

/**
 * Goal: docs/devices.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows; its table names every setting and its default.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_DEVICE_DRIVER, DEVICES_MAX } from '../../src/actors/dra/shape.ts'

const root = new URL('../..', import.meta.url).pathname
const page = readFileSync(`${root}docs/devices.md`, 'utf8')

/** The blocks of a language, in order. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, text]) =>
    found === language ? [text ?? ''] : [],
  )

test('the program of the page is examples/devices.ts', () => {
  const example = readFileSync(`${root}examples/devices.ts`, 'utf8')
  const code = example.slice(example.indexOf('*/\n') + 3).replaceAll("'../src/index.ts'", "'seatrial'")
  expect(blocks('ts')).toEqual([code])
})

test('it prints what the page shows', { timeout: 120_000 }, () => {
  const command = ['--import', 'tsx', 'examples/devices.ts']
  expect(blocks('')).toEqual([execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' })])
})

test('the table of the driver names every member', () => {
  for (const member of Object.keys(DEFAULT_DEVICE_DRIVER)) expect(page).toContain(`\`${member}\``)
  expect(page).toContain(`at most ${DEVICES_MAX}`)
  expect(page).toContain(`\`${DEFAULT_DEVICE_DRIVER.driver}\``)
})

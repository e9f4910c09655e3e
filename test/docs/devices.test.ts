/**
 * Goal: docs/devices.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows; its table names every setting and its default.
 */
import { expect, test } from 'vitest'
import { DEFAULT_DEVICE_DRIVER, DEVICES_MAX } from '../../src/actors/dra/shape.ts'
import { outputOf, readPage, shownExample } from './page.ts'

const { text: page, blocks } = readPage('devices.md')

test('the program of the page is examples/devices.ts', () => {
  expect(blocks('ts')).toEqual([shownExample('devices.ts')])
})

test('it prints what the page shows', { timeout: 120_000 }, () => {
  expect(blocks('')).toEqual([outputOf('devices.ts')])
})

test('the table of the driver names every member', () => {
  for (const member of Object.keys(DEFAULT_DEVICE_DRIVER)) expect(page).toContain(`\`${member}\``)
  expect(page).toContain(`at most ${DEVICES_MAX}`)
  expect(page).toContain(`\`${DEFAULT_DEVICE_DRIVER.driver}\``)
})

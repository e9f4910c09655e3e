/**
 * Goal: docs/testing-your-controller.md says what is so.
 * Method: its test is the one in examples/, and runs here; its other program is run and prints what it should.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import '../../examples/website-operator.test.ts'
import { fromSources, readPage, root } from './page.ts'

const blocks = readPage('testing-your-controller.md').blocks('ts')

test('the test of the page is examples/website-operator.test.ts', () => {
  const example = readFileSync(`${root}examples/website-operator.test.ts`, 'utf8')
  const code = example
    .slice(example.indexOf('*/\n') + 3)
    .replace('../src/index.ts', 'seatrial')
    .replace('../src/vitest.ts', 'seatrial/vitest')
  expect(blocks[0]).toBe(code)
  expect(code.slice(code.indexOf('clusterTest.extend')).trim().split('\n').length).toBeLessThanOrEqual(25)
})

test('the program without vitest runs', () => {
  const file = `${root}examples/.without-vitest.ts`
  writeFileSync(file, (blocks[1] ?? '').replace("'seatrial'", "'../src/index.ts'"))
  try {
    expect(fromSources(file)).toBe('3\n')
  } finally {
    rmSync(file)
  }
})

/**
 * Goal: documentation says what is so.
 * Method: pages made from tables are made again and compared; annotations named in examples exist;
 * the demonstration is run.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withDemonstration } from '../../docs/demonstration.ts'
import { workloadsPage } from '../../docs/workloads.ts'
import { WORKLOAD_ANNOTATIONS } from '../../src/kubernetes/workload/annotations.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('docs/workloads.md is current (npm run docs)', () => {
  expect(read('docs/workloads.md')).toBe(workloadsPage())
})

test('README.md shows what its commands print (npm run docs)', () => {
  expect(withDemonstration(read('README.md'))).toBe(read('README.md'))
})

test.each(['README.md', 'docs/workloads.md', 'examples/shop/shop.yaml'])('%s names annotations that exist', (path) => {
  const known = new Set(WORKLOAD_ANNOTATIONS.map(({ name }) => name))
  const named = [...read(path).matchAll(/seatrial\.dev\/[a-z-]+/g)].map(([name]) => name)
  expect(named.length).toBeGreaterThan(0)
  for (const name of named) expect(known).toContain(name)
})

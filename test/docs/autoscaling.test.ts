/**
 * Goal: docs/autoscaling.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows; its command line runs.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_NODE_GROUP } from '../../src/actors/cloud/node-groups.ts'
import { WORKLOAD_ANNOTATIONS } from '../../src/kubernetes/workload/annotations.ts'
import { fromSources, outputOf, readPage, root, shownExample } from './page.ts'

const { text: page, blocks } = readPage('autoscaling.md')

test('the program of the page is examples/autoscaling.ts', () => {
  expect(blocks('ts')).toEqual([shownExample('autoscaling.ts')])
})

test('it prints what the page shows', { timeout: 120_000 }, () => {
  expect(blocks('')).toEqual([outputOf('autoscaling.ts')])
})

test('the command of the page runs, and machines come', { timeout: 120_000 }, () => {
  const [, words = ''] = /`seatrial (run [^`]+)`/.exec(page) ?? []
  const told: unknown = JSON.parse(fromSources('src/cli/main.ts', ...words.split(' '), '--json'))
  expect(told).toMatchObject({ converged: true, pods: { total: 12, ready: 12 } })
})

test('the table of node groups names every member', () => {
  for (const member of ['name', ...Object.keys(DEFAULT_NODE_GROUP), 'allocatable', 'stock']) {
    expect(page).toContain(`\`${member}\``)
  }
})

test('the manifest names annotations that exist', () => {
  const known = new Set(WORKLOAD_ANNOTATIONS.map(({ name }) => name))
  const manifest = readFileSync(`${root}examples/autoscaling/shop.yaml`, 'utf8')
  for (const [name] of manifest.matchAll(/seatrial\.dev\/[a-z-]+/g)) expect(known).toContain(name)
})

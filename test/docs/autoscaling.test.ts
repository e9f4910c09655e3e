/**
 * Goal: docs/autoscaling.md says what is so.
 * Method: its program is the one in examples/, and prints what the page shows; its command line runs.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_NODE_GROUP } from '../../src/actors/cloud/node-groups.ts'
import { WORKLOAD_ANNOTATIONS } from '../../src/kubernetes/workload/annotations.ts'

const root = new URL('../..', import.meta.url).pathname
const page = readFileSync(`${root}docs/autoscaling.md`, 'utf8')

/** The blocks of a language, in order. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, text]) =>
    found === language ? [text ?? ''] : [],
  )

test('the program of the page is examples/autoscaling.ts', () => {
  const example = readFileSync(`${root}examples/autoscaling.ts`, 'utf8')
  const code = example.slice(example.indexOf('*/\n') + 3).replaceAll("'../src/index.ts'", "'seatrial'")
  expect(blocks('ts')).toEqual([code])
})

test('it prints what the page shows', { timeout: 120_000 }, () => {
  const command = ['--import', 'tsx', 'examples/autoscaling.ts']
  expect(blocks('')).toEqual([execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' })])
})

test('the command of the page runs, and machines come', { timeout: 120_000 }, () => {
  const [, words = ''] = /`seatrial (run [^`]+)`/.exec(page) ?? []
  const command = ['--import', 'tsx', 'src/cli/main.ts', ...words.split(' '), '--json']
  const told: unknown = JSON.parse(execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' }))
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

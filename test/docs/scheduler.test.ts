/**
 * Goal: docs/custom-scheduler.md says what is so.
 * Method: its program is the one in examples/ and prints what the page shows; its configurations are read; the mistake it
 * shows is told in its words.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../src/actors/scheduler/configuration/read.ts'

const root = new URL('../..', import.meta.url).pathname
const page = readFileSync(`${root}docs/custom-scheduler.md`, 'utf8')

/** The blocks of a language, in order. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, text]) =>
    found === language ? [text ?? ''] : [],
  )

test('the program of the page is examples/custom-scheduler.ts', () => {
  const example = readFileSync(`${root}examples/custom-scheduler.ts`, 'utf8')
  const code = example.slice(example.indexOf('*/\n') + 3).replaceAll("'../src/index.ts'", "'seatrial'")
  expect(blocks('ts')).toEqual([code])
})

test('it prints what the page shows', () => {
  const command = ['--import', 'tsx', 'examples/custom-scheduler.ts']
  const output = execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
  expect(blocks('')).toContain(output)
})

test('every configuration of the page is read', () => {
  const configurations = blocks('yaml')
  expect(configurations.length).toBeGreaterThan(1)
  for (const text of configurations) expect(readConfiguration(text)).toMatchObject({ _tag: 'Right' })
})

test('the mistake of the page is told so', () => {
  const [told = ''] = blocks('').filter((text) => text.startsWith('scheduler.yaml:'))
  const text = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- plugins:
    score:
      enabled: [{name: NodeResourcesFit, weight: high}]
`
  const read = readConfiguration(text, [], 'scheduler.yaml')
  expect(E.isLeft(read) ? read.left : []).toEqual([told.trim()])
})

/**
 * Goal: docs/custom-scheduler.md says what is so.
 * Method: its program is the one in examples/ and prints what the page shows; its configurations are read; the mistake it
 * shows is told in its words.
 */
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../src/actors/scheduler/configuration/read.ts'
import { outputOf, readPage, shownExample } from './page.ts'

const { blocks } = readPage('custom-scheduler.md')

test('the program of the page is examples/custom-scheduler.ts', () => {
  expect(blocks('ts')).toEqual([shownExample('custom-scheduler.ts')])
})

test('it prints what the page shows', () => {
  expect(blocks('')).toContain(outputOf('custom-scheduler.ts'))
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

/**
 * Goal: whoever still selects nodes by the older names of their labels finds them.
 * Method: nodes whose labels are missing or differ.
 */
import { expect, test } from 'vitest'
import { nodeLifecycleController } from '../../../src/actors/controllers/node-lifecycle/node-lifecycle.ts'
import { seconds } from '../../../src/events/time.ts'
import { controllerBench, type Given } from '../../support/controller-bench.ts'
import { lease, node } from './objects.ts'

const labelled = (labels: Readonly<Record<string, string>>): Given => {
  const one = node('n')
  return { ...one, metadata: { ...one.metadata, labels } }
}

test('older names follow the newer ones, and only they are written', () => {
  const bench = controllerBench(nodeLifecycleController)
  bench
    .given(
      labelled({ 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/os': 'linux' }),
      lease('n', 0),
    )
    .show()
    .run(seconds(1))
  expect(bench.take().map(({ body }) => body)).toEqual([
    { metadata: { labels: { 'beta.kubernetes.io/arch': 'arm64' } } },
  ])
})

test('a node without the newer names keeps what it has', () => {
  const bench = controllerBench(nodeLifecycleController)
  bench
    .given(labelled({ 'beta.kubernetes.io/os': 'plan9' }), lease('n', 0))
    .show()
    .run(seconds(1))
  expect(bench.takeLines()).toEqual([])
})

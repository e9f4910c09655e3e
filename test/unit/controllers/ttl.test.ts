/**
 * Goal: kubelets of large clusters are told to ask less often.
 * Method: clusters that grow and shrink over the bounds.
 */
import { expect, test } from 'vitest'
import { ttlController } from '../../../src/actors/controllers/ttl/ttl.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { node } from './objects.ts'

const grow = (bench: ControllerBench, from: number, to: number): void => {
  for (let i = from; i < to; i++) bench.given(node(`n${i}`))
  bench.show().run(seconds(10))
}

const ttl = (bench: ControllerBench, name: string): string | undefined =>
  bench.get('Node', undefined, name)?.metadata.annotations?.['node.alpha.kubernetes.io/ttl']

test('the time follows the size, with a margin between up and down', () => {
  const bench = controllerBench(ttlController)
  grow(bench, 0, 100)
  expect(new Set(bench.take().map(({ verb, name }) => `${verb} ${name}`)).size).toBe(100)
  expect(ttl(bench, 'n99')).toBe('0')
  grow(bench, 100, 101)
  expect(ttl(bench, 'n100')).toBe('15')
  // Those that were there learn of it when they change.
  expect(ttl(bench, 'n5')).toBe('0')
  bench.change('Node', undefined, 'n5', (one) => ({ ...one, spec: { unschedulable: true } }))
  bench.show().run(seconds(1))
  expect(ttl(bench, 'n5')).toBe('15')
  for (let i = 90; i < 101; i++) bench.remove('Node', undefined, `n${i}`)
  bench.change('Node', undefined, 'n6', (one) => ({ ...one, spec: { unschedulable: true } }))
  bench.show().run(seconds(1))
  expect(ttl(bench, 'n6')).toBe('15')
  bench.remove('Node', undefined, 'n89').show()
  bench.change('Node', undefined, 'n6', (one) => ({ ...one, spec: {} })).show()
  bench.run(seconds(1))
  expect(ttl(bench, 'n6')).toBe('0')
})

test('a node that has been told is not told again', () => {
  const bench = controllerBench(ttlController)
  grow(bench, 0, 3)
  bench.take()
  bench.change('Node', undefined, 'n0', (one) => ({ ...one, spec: { unschedulable: true } }))
  bench.show().run(minutes(5))
  expect(bench.takeLines()).toEqual([])
})

/**
 * Goal: every node gets a range of its own, by the turns upstream takes, also where it is tried twice.
 * Method: nodes come, change and go; the API refuses a range.
 */
import { expect, test } from 'vitest'
import { nodeIpamController } from '../../../src/actors/controllers/node-ipam/node-ipam.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import { seconds } from '../../../src/events/time.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { node } from './objects.ts'

const range = (bench: ControllerBench, name: string): string | undefined =>
  bench.get('Node', undefined, name)?.spec.podCIDR

test('ranges are given in turn; that of a node that is gone is used again last', () => {
  const bench = controllerBench(nodeIpamController)
  bench.given(node('a'), node('b')).show().run(seconds(1))
  expect([range(bench, 'a'), range(bench, 'b')]).toEqual(['10.244.0.0/24', '10.244.1.0/24'])
  bench.remove('Node', undefined, 'a').given(node('c')).show().run(seconds(1))
  expect(range(bench, 'c')).toBe('10.244.2.0/24')
})

test('a node that has a range keeps it, and nobody else gets it', () => {
  const bench = controllerBench(nodeIpamController)
  bench.given(node('a', 'True', { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] }))
  bench.show().run(seconds(1))
  bench.given(node('b')).show().run(seconds(1))
  expect(bench.takeLines()).toEqual(['patch Node b'])
  expect(range(bench, 'b')).toBe('10.244.1.0/24')
})

test('a range that the API refuses three times is told of and given back; the next try offers the one after', () => {
  const bench = controllerBench(nodeIpamController)
  bench.fail('patch Node', { code: 422, reason: 'Invalid' }, 3)
  bench.given(node('a')).show().run(seconds(1))
  expect(bench.takeLines().filter((line) => line === 'patch Node a')).toHaveLength(4)
  expect(bench.events).toEqual(['CIDRAssignmentFailed: Node a status is now: CIDRAssignmentFailed'])
  expect(range(bench, 'a')).toBe('10.244.1.0/24')
})

test('a node that changed before it shows its range is offered another', () => {
  const bench = controllerBench(nodeIpamController)
  bench.given(node('a')).show()
  bench.change('Node', undefined, 'a', (one) => ({ ...one, metadata: { ...one.metadata, labels: { seen: 'yes' } } }))
  bench.show().run(seconds(1))
  const offered = bench.take().map(({ body }) => (body as Node).spec.podCIDR)
  // An API server refuses the second one; this one takes both.
  expect(offered).toEqual(['10.244.0.0/24', '10.244.1.0/24'])
})

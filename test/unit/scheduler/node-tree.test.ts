/**
 * Goal: nodes are looked at zone by zone in turn, in the order in which zones and nodes came.
 * Method: small trees, changed step by step.
 */
import { expect, test } from 'vitest'
import { NodeTree } from '../../../src/actors/scheduler/framework/node-tree.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'

const node = (name: string, zone?: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    ...{ name, uid: name, resourceVersion: '1', creationTimestamp: '' },
    labels: zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone },
  },
  spec: {},
})

const tree = (...nodes: readonly Node[]): NodeTree => {
  const made = new NodeTree()
  for (const each of nodes) made.add(each)
  return made
}

test('zones take turns; the longer ones go on alone', () => {
  const nodes = tree(
    node('a1', 'a'),
    node('a2', 'a'),
    node('a3', 'a'),
    node('b1', 'b'),
    node('c1', 'c'),
    node('c2', 'c'),
  )
  expect(nodes.list()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
})

test('nodes without a zone are a zone of their own', () => {
  expect(tree(node('x'), node('a1', 'a'), node('y')).list()).toEqual(['x', 'a1', 'y'])
})

test('a zone that became empty and comes back goes to the end', () => {
  const nodes = tree(node('a1', 'a'), node('b1', 'b'))
  nodes.remove(node('a1', 'a'))
  nodes.add(node('a2', 'a'))
  expect(nodes.list()).toEqual(['b1', 'a2'])
})

test('a node that moves goes to the end of its new zone', () => {
  const nodes = tree(node('a1', 'a'), node('b1', 'b'), node('b2', 'b'))
  nodes.update(node('a1', 'a'), node('a1', 'b'))
  expect(nodes.list()).toEqual(['b1', 'b2', 'a1'])
})

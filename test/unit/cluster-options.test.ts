/**
 * Goal: options that make no cluster are refused where they are given, not where they first hurt.
 * Method: options as somebody without types may give them, each with what is said of it; and those that are fine.
 */
import { expect, test } from 'vitest'
import { createCluster, type CreateOptions } from '../../src/cluster.ts'
import { seconds } from '../../src/events/time.ts'

const given = (options: object): CreateOptions => options

test.each([
  [{ nodes: -1 }, 'nodes: -1; want a whole number from 0 or a list of shapes'],
  [{ nodes: '3' }, 'nodes: "3"; want a whole number from 0 or a list of shapes'],
  [{ seed: NaN }, 'seed: NaN; want a whole number'],
  [{ seed: 1.5 }, 'seed: 1.5; want a whole number'],
  [{ dns: -2 }, 'dns: -2; want a whole number from 0'],
  [{ controlPlane: 0 }, 'controlPlane: 0; want 1, 2, 3'],
  [{ etcd: 2 }, 'etcd: 2; want 1, 3, 5, 7'],
  [{ authorization: 'rbac' }, 'authorization: "rbac"; want AlwaysAllow, RBAC'],
  [{ retain: 'some' }, 'retain: "some"; want all, facts, none'],
  [{ startTime: 'now' }, 'startTime is no RFC 3339 time: "now"'],
  [{ node: 3 }, 'node is no option; there are seed, nodes, '],
])('%j is refused', (options, text) => {
  expect(() => createCluster(given(options))).toThrow(text)
})

test('what is undefined is as if it had not been said, and a cluster is forked with its own options', () => {
  const cluster = createCluster({ seed: undefined, nodes: [{ name: 'a' }], controlPlane: 3, retain: 'all' })
  cluster.run(seconds(10))
  expect(cluster.list('Node').map(({ metadata }) => metadata.name)).toEqual(['a'])
  expect(cluster.fork({ at: seconds(5) }).now).toBe(seconds(5))
})

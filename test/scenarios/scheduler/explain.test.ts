/**
 * Goal: the log tells why a Pod is on its node or on none, in the library, in `why` and from a recording; and what it costs.
 * Method: small clusters with one Pod for each way a decision can end.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { afterAll, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { SchedulerSpec } from '../../../src/cluster/schedulers.ts'
import { readRecording } from '../../../src/events/file/recording-reader.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { podCondition } from '../../../src/kubernetes/pods.ts'
import { renderExplanation } from '../../../src/projections/schedule-explanation.ts'
import { renderWhy } from '../../../src/projections/why.ts'
import { openRecord } from '../../../src/replay/record.ts'
import { reexecute } from '../../../src/replay/reexecute.ts'

const folder = mkdtempSync(join(tmpdir(), 'seatrial-explain-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PODS = `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: urgent}
value: 1000
---
apiVersion: v1
kind: Pod
metadata: {name: fits}
spec: {containers: [{name: c, image: app:1, resources: {requests: {cpu: "3"}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: too-big}
spec: {containers: [{name: c, image: app:1, resources: {requests: {cpu: "64"}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: gated}
spec:
  schedulingGates: [{name: example.com/wait}]
  containers: [{name: c, image: app:1}]
`

const URGENT = `
apiVersion: v1
kind: Pod
metadata: {name: urgent}
spec:
  priorityClassName: urgent
  nodeSelector: {zone-of: one}
  containers: [{name: c, image: app:1, resources: {requests: {cpu: "3"}}}]
`

const run = (scheduler: SchedulerSpec): Cluster => {
  const nodes = Array.from({ length: 6 }, (_, i) => ({
    name: `n-${i}`,
    labels: { 'zone-of': i === 0 ? 'one' : 'many' },
  }))
  const cluster = createCluster({ seed: 3, nodes, scheduler })
  cluster.run(seconds(30))
  cluster.apply(PODS)
  cluster.run(seconds(20))
  return cluster
}

const cluster = run({ explain: 'all' })

test('a Pod on a node: every node, what every plugin gave it, and which was chosen', () => {
  const told = cluster.explainSchedule('fits')
  expect(told).toMatchObject({ outcome: 'scheduled', evaluatedNodes: 6, feasibleNodes: 6, complete: true })
  expect(told?.nodes).toHaveLength(6)
  expect(told?.nodes[0]).toMatchObject({ node: told?.node, chosen: true })
  expect(told?.node).toBe(cluster.get('Pod', 'default', 'fits')?.spec.nodeName)
  for (const { total, scores = [] } of told?.nodes ?? []) {
    expect(scores.reduce((sum, { weighted }) => sum + weighted, 0)).toBe(total)
    for (const { normalized, weight, weighted } of scores) expect(normalized * weight).toBe(weighted)
    expect(scores.map(({ plugin }) => plugin)).toContain('NodeResourcesFit')
  }
})

test('a Pod on no node: the message of its condition, counts per reason, each node with its filter', () => {
  const told = cluster.explainSchedule('default/too-big')
  const pod = cluster.get('Pod', 'default', 'too-big')
  expect(told?.message).toBe(pod && podCondition(pod, 'PodScheduled')?.message)
  expect(told?.reasons).toEqual([{ plugin: 'NodeResourcesFit', reason: 'Insufficient cpu', nodes: 6 }])
  expect(told?.nodes.map(({ filteredBy }) => filteredBy)).toEqual(Array.from({ length: 6 }, () => 'NodeResourcesFit'))
  expect([...cluster.scheduling.unschedulable.keys()]).toEqual(['default/too-big'])
})

test('a gated Pod was not tried; what names no Pod is refused', () => {
  expect(cluster.explainSchedule('gated')).toBeUndefined()
  expect(() => cluster.explainSchedule('node/default/n-1')).toThrow('names no Pod')
})

test('a Pod that preempts: the candidates and who would go', () => {
  const tight = createCluster({
    seed: 5,
    nodes: [{ name: 'n-0', labels: { 'zone-of': 'one' } }],
    scheduler: { explain: 'all' },
  })
  tight.run(seconds(30))
  tight.apply(PODS)
  tight.run(seconds(20))
  tight.apply(URGENT)
  tight.run(seconds(5))
  const attempts = [...tight.log.range(1)].flatMap((event) =>
    event.type === 'SchedulingAttempted' && event.data.pod === 'urgent' ? [event.data] : [],
  )
  expect(attempts[0]).toMatchObject({
    nominatedNode: 'n-0',
    victims: ['default/fits'],
    candidates: { found: 1, nodes: [{ node: 'n-0', victims: ['default/fits'], pdbViolations: 0 }] },
  })
  tight.run(minutes(2))
  expect(tight.get('Pod', 'default', 'urgent')?.spec.nodeName).toBe('n-0')
})

test('`why` shows the table below the step at which the scheduler decided', () => {
  const text = renderWhy(cluster.why('pod/fits'))
  expect(text).toContain('6 of 6 nodes looked at fit')
  expect(text).toMatch(/^ {6}PLUGIN +n-\d \* +n-\d +n-\d$/m)
  expect(text).toMatch(/^ {6}NodeResourcesFit +.* x 1 = /m)
  expect(text).toMatch(/^ {6}TOTAL +\d+ +\d+ +\d+$/m)
})

test('a recording holds some nodes; run again it tells of all, and what was decided is the same', () => {
  const path = join(folder, 'run.jsonl')
  const brief = run({})
  brief.save(path)
  const read = readRecording(path)
  if (E.isLeft(read)) throw new Error('the recording is sound')
  const kept = openRecord(read.right).projections.scheduling.last.get('default/fits')
  expect(kept?.data.scores).toMatchObject({ scored: 6 })
  expect(kept?.data.scores?.nodes).toHaveLength(3)
  const all = reexecute(read.right, { explain: 'all' }).explainSchedule('fits')
  expect(all).toMatchObject({ node: kept?.data.node, complete: true })
  expect(all === undefined ? '' : renderExplanation(all)).toMatch(/^\+\d+\.\d+s {2}pod\/default\/fits/)
})

test('a decision takes a kilobyte at most, whatever the size of the cluster', () => {
  const large = createCluster({ seed: 1, nodes: 60 })
  large.run(seconds(30))
  large.apply(PODS)
  large.run(seconds(20))
  const sizes = [...large.log.range(1)].flatMap((event) =>
    event.type === 'SchedulingAttempted' ? [JSON.stringify(event.data).length] : [],
  )
  expect(sizes.length).toBeGreaterThan(1)
  expect(Math.max(...sizes)).toBeLessThan(1_024)
})

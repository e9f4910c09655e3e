/**
 * Goal: when a cluster's clocks begin changes what is written down as time and nothing else, and a recording keeps it.
 * Method: the same cluster with and without `startTime`: the same events at the same moments, all objects' times later by the
 * same amount; then its recording is run again, digest against digest.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { afterAll, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../src/cluster.ts'
import { readRecording } from '../../src/events/file/recording-reader.ts'
import { seconds } from '../../src/events/time.ts'
import { parseTime } from '../../src/kubernetes/time.ts'
import { reexecute } from '../../src/replay/reexecute.ts'

const folder = mkdtempSync(join(tmpdir(), 'seatrial-start-time-'))
afterAll(() => rmSync(folder, { recursive: true }))

const START = '2027-03-04T05:06:07Z'

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`

const run = (startTime?: string): Cluster => {
  const cluster = createCluster({ seed: 11, nodes: 2, ...(startTime === undefined ? {} : { startTime }) })
  cluster.run(seconds(20))
  cluster.apply(WEB)
  cluster.inject({ kind: 'crash', host: 'node-2' }, { at: seconds(60), for: seconds(400) })
  cluster.run(seconds(500))
  return cluster
}

const shape = (cluster: Cluster): readonly string[] =>
  [...cluster.log.range(1)].map(({ at, by, type }) => `${at} ${by} ${type}`)

test('the same things happen at the same moments, written down at other times', () => {
  const [plain, dated] = [run(), run(START)]
  expect(shape(dated)).toEqual(shape(plain))
  const later = parseTime(START) ?? 0
  const pods = plain.list('Pod')
  // Two of them took the places of those that were on the lost machine.
  expect(pods.some(({ metadata }) => (parseTime(metadata.creationTimestamp) ?? 0) > seconds(60))).toBe(true)
  for (const { metadata } of pods) {
    const other = dated.get('Pod', metadata.namespace, metadata.name)
    const [then, now] = [metadata, other?.metadata].map((one) => parseTime(one?.creationTimestamp ?? '') ?? 0)
    expect((now ?? 0) - (then ?? 0)).toBe(later)
  }
})

test('a recording is run again at the same times', () => {
  const path = join(folder, 'run.jsonl')
  const cluster = run(START)
  cluster.save(path)
  const read = readRecording(path)
  if (E.isLeft(read)) throw new Error('the recording is sound')
  const again = reexecute(read.right)
  expect(again.digest()).toBe(cluster.digest())
  expect(again.list('Pod')[0]?.metadata.creationTimestamp).toMatch(/^2027-03-04T05:0/)
})

test('what is no time is refused', () => {
  expect(() => createCluster({ startTime: 'tomorrow' })).toThrow('startTime is no RFC 3339 time: "tomorrow"')
})

/**
 * Goal: the scheduler as an actor, between API server, etcd and log, decides as the real kube-scheduler v1.36.2 did.
 * Method: one recorded file of each area (../shared/oracles/scheduler) through a whole control plane, every field compared;
 * `npm run oracle -- scheduler DIRECTORY` does it for all of them.
 */
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ClusterFeed } from './scheduler-cluster-feed.ts'
import { readVector, runVector, vectorFiles } from './scheduler-runner.ts'

const DIRECTORY = '../shared/oracles/scheduler'
const present = existsSync(DIRECTORY)
if (!present) console.warn(`skipped: ${DIRECTORY} is not here, so nothing is compared with the real scheduler`)

const AREAS = 22

describe.skipIf(!present)('decisions of the real scheduler, through a whole control plane', () => {
  const files = (present ? vectorFiles(DIRECTORY) : []).filter((file) => /-01\.json$/.test(file))

  test('there is a file of each area', () => {
    expect(files).toHaveLength(AREAS)
  })

  test.each(files)('%s', (file) => {
    const vector = readVector(DIRECTORY, file)
    const { differences, tally } = runVector(file, vector, new ClusterFeed(vector))
    expect(differences).toEqual([])
    expect(tally['decisions']?.compared ?? 0).toBeGreaterThan(0)
  })
})

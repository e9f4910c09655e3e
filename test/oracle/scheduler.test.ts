/**
 * Goal: the scheduler decides as the real kube-scheduler v1.36.2 did: node, message, victims, and every score.
 * Method: replay the recorded clusters (../shared/oracles/scheduler) through the core and compare every recorded field.
 */
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readVector, runVector, vectorFiles, type FileReport } from './scheduler-runner.ts'

const DIRECTORY = '../shared/oracles/scheduler'
const present = existsSync(DIRECTORY)
if (!present) console.warn(`skipped: ${DIRECTORY} is not here, so nothing is compared with the real scheduler`)

const areaOf = (file: string): string => file.replace(/-\d+\.json$/, '')

describe.skipIf(!present)('decisions of the real scheduler', () => {
  const files = present ? vectorFiles(DIRECTORY) : []
  const reports: FileReport[] = []

  for (const area of new Set(files.map(areaOf))) {
    test(area, () => {
      const own = files
        .filter((file) => areaOf(file) === area)
        .map((file) => runVector(file, readVector(DIRECTORY, file)))
      reports.push(...own)
      expect(own.flatMap(({ differences }) => differences)).toEqual([])
      expect(own.every(({ tally }) => (tally['decisions']?.compared ?? 0) > 0)).toBe(true)
    })
  }

  test('all of them were compared', () => {
    const compared = reports.reduce((sum, { tally }) => sum + (tally['decisions']?.compared ?? 0), 0)
    expect({ files: reports.length, compared }).toEqual({ files: 263, compared: 6684 })
  })
})

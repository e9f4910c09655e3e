/**
 * Goal: the checks of Raft notice an implementation that is wrong in any one respect.
 * Method: every mistake of `RaftBug` is planted in the real code. Most are found by the storms of the property test, within a
 * number of storms in which the sound code holds; those that need a long chain of accidents by the transcript that plays it.
 */
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { RaftBug } from '../../src/actors/etcd/raft/bug.ts'
import { ride, storms } from '../properties/raft-storm.ts'
import { perform } from '../scenarios/raft/transcript.ts'

const STORMS = 400
const sample = fc.sample(storms, { numRuns: STORMS, seed: 99 })

/** What is wrong, and in which storm it showed. */
const firstNoticed = (bug: RaftBug | undefined): { readonly storm: number; readonly what: string } | undefined => {
  for (const [storm, plan] of sample.entries()) {
    try {
      const what = ride(plan, { bug }).history.anomaly()
      if (what !== undefined) return { storm, what }
    } catch (error) {
      return { storm, what: error instanceof Error ? error.message : String(error) }
    }
  }
  return undefined
}

const byStorm: readonly (readonly [RaftBug, RegExp])[] = [
  ['no-log-matching', /Log Matching/],
  ['truncates-always', /must not replace what is committed|acknowledged/],
  ['votes-twice', /votes once in term|Election Safety/],
  ['votes-for-anyone', /Leader Completeness|State Machine Safety/],
  ['small-majority', /Leader Completeness|State Machine Safety/],
  ['acknowledges-early', /which it acknowledged/],
  ['reads-alone', /read .* began after/],
  ['reads-too-soon', /read .* began after/],
  ['no-term-check', /State Machine Safety|Log Matching|Leader|votes once/],
]

const byTranscript: readonly (readonly [RaftBug, string, RegExp])[] = [
  ['commits-old-terms', 'commit-of-earlier-terms', /! invariant: Leader Completeness/],
  ['campaigns-early', 'campaign-after-sync', /! invariant: Log Matching/],
  ['overlapping-changes', 'one-change-at-a-time', /! invariant: Leader Completeness/],
  ['snapshot-drops-tail', 'snapshot-late', /! invariant: member 3 keeps entry 4, which it acknowledged/],
]

const transcript = (name: string): string =>
  readFileSync(new URL(`../scenarios/raft/${name}.txt`, import.meta.url).pathname, 'utf8')

describe('planted bugs of Raft are noticed', () => {
  test('nothing is noticed in the sound code', () => {
    expect(firstNoticed(undefined)).toBeUndefined()
  })

  test.each(byStorm)('by a storm: %s', (bug, what) => {
    expect(firstNoticed(bug)?.what).toMatch(what)
  })

  test.each(byTranscript)('by a transcript: %s', (bug, name, what) => {
    expect(perform(transcript(name))).not.toContain('!')
    expect(perform(transcript(name), bug)).toMatch(what)
  })
})

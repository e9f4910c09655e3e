import { earliestStart } from './importance.ts'
import type { Candidate } from './candidate.ts'

/** Makes every priority positive, so that more victims never sum up to less. Source: preemption.go, pickOneNodeForPreemption. */
const PRIORITY_OFFSET = 2_147_483_648

type Rank = (candidate: Candidate) => number

/** Asked in turn; each keeps the candidates for which it is greatest. */
const RANKS: readonly Rank[] = [
  ({ pdbViolations }) => -pdbViolations,
  ({ victims }) => -(victims[0]?.priority ?? -Infinity),
  ({ victims }) => -victims.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ victims }) => -victims.length,
  ({ victims }) => earliestStart(victims),
]

/**
 * The candidate that costs least; the first of equal ones.
 * Source: pkg/scheduler/framework/preemption/preemption.go, pickOneNodeForPreemption (v1.36).
 */
export function chooseCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates
  for (const rank of RANKS) {
    if (left.length <= 1) break
    const ranks = left.map(rank)
    const best = ranks.reduce((most, value) => Math.max(most, value), -Infinity)
    left = left.filter((_, i) => ranks[i] === best)
  }
  return left[0]
}

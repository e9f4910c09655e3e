import type { Sync } from '../../../engine/client/sync.ts'
import { together } from '../shared/together.ts'

/** How far one step of a sync came: on to the next, or no further for now, perhaps with a failure. */
export interface Step {
  readonly stop: boolean
  readonly failure?: string
}

export const GO_ON: Step = { stop: false }
export const WAIT: Step = { stop: true }

export const stepOf = (failure: string | undefined, otherwise: Step): Step =>
  failure === undefined ? otherwise : { stop: true, failure }

/** Most Pods that are dealt with at once. Source: stateful_set_control.go, MaxBatchSize. */
const BATCH_MAX = 500

/**
 * One after the other, until one says to wait; or, where order does not matter, in batches of 1, 2, 4 … until one fails.
 * Source: pkg/controller/statefulset/stateful_set_control.go, runForAll and slowStartBatch (v1.36).
 */
export function* forAll<T>(items: readonly T[], act: (item: T) => Sync<Step>, isOrdered: boolean): Sync<Step> {
  if (isOrdered) {
    for (const item of items) {
      const step = yield* act(item)
      if (step.stop) return step
    }
    return GO_ON
  }
  let size = 1
  for (let first = 0; first < items.length; first += size, size = Math.min(2 * size, BATCH_MAX)) {
    const steps = yield* together(items.slice(first, first + size).map(act))
    const failed = steps.find(({ failure }) => failure !== undefined)
    if (failed !== undefined) return failed
  }
  return GO_ON
}

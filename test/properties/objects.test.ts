/**
 * Goal: what a view shows is the history folded up to its position, whatever readers, compaction and lost events do.
 * Method: random commits and moves of three cursors (one narrowed to a node, one to a namespace) against a naive model
 * that folds the whole history anew at each question; a copy kept by the told changes alone must stay equal to the list.
 */
import fc from 'fast-check'
import { test } from 'vitest'
import { createObjectStore } from '../../src/projections/objects/store.ts'
import { check, operations } from './objects-checker.ts'

test.each(['all', 'compacted'] as const)('a view equals the naive fold up to its position (history: %s)', (history) => {
  const createStore = (kept: typeof history) => createObjectStore({ history: kept, settleAfter: 2 })
  fc.assert(
    fc.property(operations, fc.nat(60), (plan, unseen) => check(createStore, history, plan, unseen)),
    { numRuns: 2500 },
  )
})

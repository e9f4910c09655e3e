/**
 * Goal: the node taken is the root of Go's heap over the totals, and the search is as wide as upstream's.
 * Method: totals with known roots (recorded from the real scheduler), and the table of sizes.
 */
import { expect, test } from 'vitest'
import { feasibleNodesToFind } from '../../../src/actors/scheduler/framework/algorithm.ts'
import { ScoreHeap } from '../../../src/actors/scheduler/framework/select-host.ts'

test.each([
  [[0, 1, 5, 5, 5], 3],
  [[0, 5, 5, 5, 1, 0, 5], 1],
  [[7, 7, 7, 7], 0],
  [[3], 0],
])('of totals %j the heap gives place %i', (totals, place) => {
  expect(new ScoreHeap(totals).pop()).toBe(place)
})

test('what is left of a ranking comes out from the highest down', () => {
  const totals = [4, 9, 1, 9, 7, 0]
  const heap = new ScoreHeap(totals)
  const order: number[] = []
  for (let place = heap.pop(); place !== undefined; place = heap.pop()) order.push(totals[place] ?? -1)
  expect(order).toEqual([9, 9, 7, 4, 1, 0])
})

test.each([
  [99, 99],
  [100, 100],
  [500, 230],
  [1000, 420],
  [2000, 680],
  [5000, 500],
  [6000, 300],
  [15000, 750],
])('of %i nodes %i feasible ones are enough', (nodes, enough) => {
  expect(feasibleNodesToFind(nodes, 0)).toBe(enough)
})

test('a fixed percentage takes the place of the adaptive one, never below 100 nodes', () => {
  expect([feasibleNodesToFind(1000, 30), feasibleNodesToFind(1000, 5), feasibleNodesToFind(1000, 100)]).toEqual([
    300, 100, 1000,
  ])
})

/**
 * Goal: what a client was told survives kill -9.
 * Method: the command runs as a process of its own, clients write, it is killed three times at moments that a seed draws;
 * after each restart every object and the resource version are compared with what had been acknowledged. A hundred times:
 * `npm run soak -- kill9 --times 100`.
 */
import { expect, test } from 'vitest'
import { kill9 } from '../../scripts/soak/kill9.ts'

test('no acknowledged write is lost, resource versions never go back', async () => {
  const report = await kill9({ times: 3, seed: 20, uptimeMaxMs: 600 })
  expect(report.violations).toEqual([])
  expect(report.kills).toBe(3)
  expect(report.acknowledged).toBeGreaterThan(10)
})

/**
 * Goal: whenever a kubelet ends, it never grants more than its node has, and in the end Pods have what they ask for or say why not.
 * Method: random resizes, deletions, ends of the kubelet and power cuts, milliseconds to seconds apart, so that the kubelet ends at
 * every step of a resize; sums are looked at after each step of the kubelet and of the runtime, conditions after a calm.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { millis, seconds } from '../../src/events/time.ts'
import { play, stories, type Story } from './resize-story.ts'

const RUNS = Number(process.env['SEATRIAL_RUNS'] ?? 200) / 5

test(
  'what a node grants is bounded, and resizes come to an end, whenever its kubelet ends',
  { timeout: 300_000 },
  () => {
    fc.assert(
      fc.property(stories, (story) => {
        expect(play(story).problems).toEqual([])
      }),
      { numRuns: RUNS },
    )
  },
)

const PODS = [
  { cpu: 1000, restarts: false },
  { cpu: 1000, restarts: true },
  { cpu: 1000, restarts: false },
]

/** A resize, and the end of the kubelet so much later, for 20 s. */
const endAfter = (delay: number): Story => ({
  seed: 7,
  pods: PODS,
  happenings: [
    { after: seconds(1), what: { type: 'resize', pod: 0, cpu: 700, memory: 512 } },
    { after: 0, what: { type: 'resize', pod: 1, cpu: 2300, memory: 256 } },
    { after: delay, what: { type: 'turn' } },
    { after: seconds(20), what: { type: 'turn' } },
  ],
})

test('the kubelet ends at each step of a resize: every 4 ms for 400 ms', { timeout: 300_000 }, () => {
  for (let delay = 0; delay < millis(400); delay += millis(4)) expect(play(endAfter(delay)).problems).toEqual([])
})

test('what is granted counts also where the status still calls an earlier resize infeasible', () => {
  const pods = PODS.map(({ restarts }) => ({ cpu: 100, restarts }))
  const resized = (after: number, pod: number, cpu: number): Story['happenings'][number] => ({
    after,
    what: { type: 'resize', pod, cpu, memory: 256 },
  })
  for (let after = 0; after < millis(40); after += millis(1)) {
    const happenings = [resized(0, 0, 4200), resized(0, 0, 2800), resized(after, 1, 1400)]
    expect(play({ seed: 0, pods, happenings }).problems).toEqual([])
  }
})

test('a story has one log', () => {
  const story = endAfter(millis(30))
  expect(play(story).log).toBe(play(story).log)
})

/**
 * Goal: leaving out heartbeats while nothing is wrong changes the work, not what happens.
 * Method: the same cluster with and without, under the same fault after a long calm; what becomes of each node and of each
 * office, and when, is the same to within a heartbeat and a look of the node-lifecycle controller.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../src/cluster.ts'
import type { Fault } from '../../src/cluster/fault.ts'
import type { Micros } from '../../src/events/envelope.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import { isConditionTrue } from '../../src/kubernetes/conditions.ts'

const RUNS = Number(process.env['SEATRIAL_RUNS'] ?? 200) / 10
/** A heartbeat's period and jitter, and two looks. */
const TOLERANCE: Micros = seconds(10) + seconds(1) + 2 * seconds(5)
const LOOK: Micros = seconds(1)

/** A node that turns, or an office that somebody takes. */
interface Turn {
  readonly who: string
  readonly how: string
  readonly at: Micros
}

/** When each node became ready or not, as anybody can read it. */
const turns = (cluster: Cluster, until: Micros): readonly Turn[] => {
  const known = new Map<string, boolean>()
  const seen: Turn[] = []
  while (cluster.now < until) {
    cluster.run(LOOK)
    for (const { metadata, status } of cluster.list('Node')) {
      const ready = isConditionTrue(status?.conditions, 'Ready')
      if (known.get(metadata.name) === ready) continue
      known.set(metadata.name, ready)
      seen.push({ who: metadata.name, how: ready ? 'ready' : 'not ready', at: cluster.now })
    }
  }
  return seen
}

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant<Fault>({ kind: 'crash', host: 'node-2' }),
  fc.constant<Fault>({ kind: 'kill', process: 'kubelet/node-2' }),
  fc.constant<Fault>({ kind: 'pause', process: 'kubelet/node-2' }),
  fc.constant<Fault>({ kind: 'partition', from: 'node-2', to: 'cp-1', bothWays: true }),
  fc.constant<Fault>({ kind: 'kill', process: 'kube-apiserver/0' }),
  fc.constant<Fault>({ kind: 'kill', process: 'kube-controller-manager/0' }),
  fc.constant<Fault>({ kind: 'pause', process: 'kube-scheduler/0' }),
)

test(`nodes turn and leaders change at the same times with heartbeats folded and written (${RUNS} runs)`, () => {
  const folded = { nodes: 0, leaders: 0 }
  fc.assert(
    fc.property(
      fc.nat(),
      faults,
      fc.integer({ min: 150, max: 400 }),
      fc.integer({ min: 20, max: 150 }),
      (seed, fault, after, lasts) => {
        const [left, right] = [true, false].map((foldsHeartbeats) => {
          const cluster = createCluster({ seed, nodes: 3, dns: 0, foldsHeartbeats })
          const offices: Turn[] = []
          const subscription = cluster.events$.subscribe(({ type, data, by, at }) => {
            if (type === 'LeaseRenewed') folded[by.startsWith('kubelet/') ? 'nodes' : 'leaders']++
            if (type === 'LeaseAcquired') offices.push({ who: data.lease, how: `held by ${data.holder}`, at })
          })
          const calm = turns(cluster, seconds(after))
          cluster.inject(fault, { for: seconds(lasts) })
          const stormy = turns(cluster, seconds(after + lasts) + minutes(4))
          subscription.unsubscribe()
          return [...calm, ...stormy, ...offices]
        })
        const names = (list: readonly Turn[] = []) => list.map(({ who, how }) => `${who} ${how}`).toSorted()
        expect(names(left)).toEqual(names(right))
        for (const turn of left ?? []) {
          const near = (right ?? []).some(
            ({ who, how, at }) => who === turn.who && how === turn.how && Math.abs(at - turn.at) <= TOLERANCE,
          )
          expect(near, `${turn.who} ${turn.how} at ${turn.at / 1e6} s`).toBe(true)
        }
      },
    ),
    { numRuns: Math.max(1, RUNS) },
  )
  expect(Math.min(folded.nodes, folded.leaders)).toBeGreaterThan(0)
})

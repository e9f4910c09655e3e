import fc from 'fast-check'
import type { PlannedFault } from '../../src/chaos/fault-script.ts'
import { ETCD_LEADER, type Fault } from '../../src/cluster/fault.ts'
import { millis, seconds } from '../../src/events/time.ts'

/** The machines and processes of a cluster of this size. */
export interface Terrain {
  readonly nodes: number
  readonly controlPlane: number
}

/** Storms begin when the application is up, and are over by then. */
export const STORM_BEGINS = seconds(90)
export const STORM_ENDS = seconds(300)

const range = (count: number, name: (n: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => name(index + 1))

const hosts = ({ nodes, controlPlane }: Terrain): readonly string[] => [
  ...range(nodes, (n) => `node-${n}`),
  ...range(controlPlane, (n) => `cp-${n}`),
]

const processes = ({ nodes, controlPlane }: Terrain): readonly string[] => [
  ETCD_LEADER,
  ...range(controlPlane, (n) => `kube-apiserver/${n - 1}`),
  ...range(controlPlane, (n) => `kube-scheduler/${n - 1}`),
  ...range(controlPlane, (n) => `kube-controller-manager/${n - 1}`),
  ...range(nodes, (n) => `kubelet/node-${n}`),
  ...range(nodes, (n) => `containerd/node-${n}`),
  ...range(nodes, (n) => `kube-proxy/node-${n}`),
]

const faults = (terrain: Terrain): fc.Arbitrary<Fault> => {
  const host = fc.constantFrom(...hosts(terrain))
  const process = fc.constantFrom(...processes(terrain))
  return fc.oneof(
    fc.record({ kind: fc.constant('crash' as const), host }),
    fc.record({ kind: fc.constant('kill' as const), process }),
    fc.record({ kind: fc.constant('pause' as const), process }),
    fc.record({ kind: fc.constant('partition' as const), from: host, to: fc.constant('*'), bothWays: fc.boolean() }),
    fc.record({
      kind: fc.constant('delay' as const),
      from: host,
      to: fc.constant('*'),
      delay: fc.integer({ min: 1, max: 2000 }).map(millis),
    }),
    fc.record({
      kind: fc.constant('loss' as const),
      from: host,
      to: fc.constant('*'),
      lossPpm: fc.integer({ min: 1, max: 50 }).map((percent) => percent * 10_000),
    }),
    fc.record({ kind: fc.constant('slow-disk' as const), host, factor: fc.constantFrom(10, 100, 1000) }),
    fc.record({
      kind: fc.constant('skew' as const),
      host,
      by: fc.integer({ min: -60_000, max: 60_000 }).map(millis),
    }),
  )
}

/** Up to five faults that begin and end between STORM_BEGINS and STORM_ENDS. */
export const storms = (terrain: Terrain): fc.Arbitrary<readonly PlannedFault[]> =>
  fc.array(
    fc
      .record({
        fault: faults(terrain),
        at: fc.integer({ min: STORM_BEGINS / 1000, max: STORM_ENDS / 1000 - 1 }).map(millis),
        length: fc.integer({ min: 1, max: 150_000 }).map(millis),
      })
      .map(({ fault, at, length }) => ({ fault, at, for: Math.min(length, STORM_ENDS - at) })),
    { maxLength: 5 },
  )

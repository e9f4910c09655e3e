/**
 * Goal: how a zone is, and how fast its nodes are evicted, follows from how many of its nodes are silent, as upstream has it.
 * Method: the table of ComputeZoneState, ReducedQPSFunc and HealthyQPSFunc (pkg/controller/nodelifecycle, v1.36), at its edges;
 * then a queue under a pace that changes.
 */
import { describe, expect, test } from 'vitest'
import {
  evictionInterval,
  Zone,
  Zones,
  zoneOf,
  zoneStateOf,
  type ZoneState,
} from '../../../src/actors/controllers/node-lifecycle/zones.ts'
import { seconds } from '../../../src/events/time.ts'
import { node } from './objects.ts'

const every = (interval: number | undefined): string => (interval === undefined ? 'never' : `${interval / seconds(1)}s`)

describe('a zone', () => {
  test.each<[ready: number, silent: number, state: ZoneState, evictsEvery: string]>([
    [0, 0, 'Normal', '10s'],
    [4, 0, 'Normal', '10s'],
    [0, 1, 'FullDisruption', '10s'],
    [0, 60, 'FullDisruption', '10s'],
    // Two silent nodes are never too many, whatever their share.
    [1, 2, 'Normal', '10s'],
    [1, 3, 'PartialDisruption', 'never'],
    // 55 % is too many, 54.5 % is not.
    [9, 11, 'PartialDisruption', 'never'],
    [5, 6, 'Normal', '10s'],
    // More than 50 nodes make a zone large: it goes on, slowly.
    [22, 28, 'PartialDisruption', 'never'],
    [22, 29, 'PartialDisruption', '100s'],
    [40, 40, 'Normal', '10s'],
  ])(
    'with %i ready nodes and %i silent ones is in state %s and evicts one node every %s',
    (ready, silent, state, pace) => {
      expect(zoneStateOf(ready, silent)).toBe(state)
      expect(every(evictionInterval(state, ready + silent))).toBe(pace)
    },
  )

  test('is named by region and zone; a node that names neither is in the nameless one', () => {
    const labelled = (labels: Readonly<Record<string, string>>) => {
      const one = node('n')
      return zoneOf({ ...one, metadata: { ...one.metadata, labels } })
    }
    const [region, zone] = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'] as const
    expect(labelled({})).toBe('')
    expect(labelled({ [region]: 'r', [zone]: 'z' })).not.toBe(labelled({ [region]: 'q', [zone]: 'z' }))
    expect(labelled({ [zone]: 'z' })).not.toBe('')
  })
})

describe('the queue of a zone', () => {
  test('lets one node go per pause, the same one until it is removed', () => {
    const zone = new Zone()
    zone.add('a')
    zone.add('b')
    expect(zone.take(0)).toBe('a')
    expect(zone.take(seconds(9))).toBeUndefined()
    expect(zone.take(seconds(10))).toBe('a')
    zone.remove('a')
    expect(zone.take(seconds(20))).toBe('b')
  })

  test('that was stopped waits a whole pause when it goes on', () => {
    const zone = new Zone()
    zone.add('a')
    zone.pace(undefined, 0)
    expect(zone.turnAt).toBeUndefined()
    expect(zone.take(seconds(1000))).toBeUndefined()
    zone.pace(seconds(100), seconds(1000))
    expect(zone.turnAt).toBe(seconds(1100))
    expect(zone.take(seconds(1099))).toBeUndefined()
    expect(zone.take(seconds(1100))).toBe('a')
  })
})

describe('all zones together', () => {
  const zoned = (name: string, zone: string) => {
    const one = node(name)
    return { ...one, metadata: { ...one.metadata, labels: { 'topology.kubernetes.io/zone': zone } } }
  }
  const judged = (zones: Zones, ready: Readonly<Record<string, readonly boolean[]>>, now: number) => {
    zones.reset()
    for (const [name, nodes] of Object.entries(ready)) {
      for (const isReady of nodes) zones.of(zoned('n', name)).count(isReady ? 'True' : 'Unknown')
    }
    return zones.judge(now)
  }

  test('all silent: the control plane is cut off, and it is told once; one sign of life and it is back', () => {
    const zones = new Zones()
    expect(judged(zones, { a: [true], b: [true] }, 0)).toBeUndefined()
    expect(judged(zones, { a: [false], b: [true] }, 1)).toBeUndefined()
    expect(judged(zones, { a: [false], b: [false] }, 2)).toBe('cut off')
    zones.of(zoned('n', 'a')).add('n')
    expect(zones.nextAt()).toBeUndefined()
    expect(judged(zones, { a: [false], b: [false] }, 3)).toBeUndefined()
    expect(judged(zones, { a: [false], b: [true] }, 4)).toBe('back')
    expect(zones.nextAt()).toBe(4 + seconds(10))
  })
})

/**
 * Goal: the patch that a kubelet sends turns the status that the API shows into the one that it means, and takes nothing
 * from others.
 * Method: any two statuses; the patch of their difference is applied by the API server's own strategic merge.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shows, statusPatch, withOthers } from '../../../src/actors/kubelet/status/patch.ts'
import { sameJson } from '../../../src/kubernetes/hash.ts'
import { patchObject } from '../../../src/kubernetes/patch/patch.ts'
import { kindRow } from '../../../src/kubernetes/registry.ts'
import { either } from 'fp-ts'
import type { ConditionStatus } from '../../../src/kubernetes/types/meta.ts'
import type { Pod, PodCondition, PodStatus } from '../../../src/kubernetes/types/pod.ts'

const verdicts = fc.constantFrom<ConditionStatus>('True', 'False')
const conditionOf = (type: string): fc.Arbitrary<PodCondition> =>
  fc.record(
    {
      type: fc.constant(type),
      status: verdicts,
      reason: fc.constantFrom('ContainersNotReady', 'PodCompleted'),
      message: fc.constantFrom('a', 'b'),
      lastTransitionTime: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z'),
      observedGeneration: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: ['type', 'status'] },
  )

const OWN = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']
const conditions = (types: readonly string[]): fc.Arbitrary<readonly PodCondition[]> =>
  fc.subarray([...types]).chain((some) => fc.tuple(...some.map(conditionOf)))

/** Never empty: a Pod has containers. */
const containerStatuses = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b'),
    ready: fc.boolean(),
    restartCount: fc.nat(3),
    image: fc.constant('x'),
    imageID: fc.constant(''),
    lastState: fc.constant({}),
    state: fc.constantFrom(
      { running: { startedAt: '2026-01-01T00:00:00Z' } },
      { waiting: { reason: 'ContainerCreating' } },
    ),
  }),
  { minLength: 1, maxLength: 2, selector: ({ name }) => name },
)

const statuses = (own: boolean): fc.Arbitrary<PodStatus> =>
  fc.record(
    {
      phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Failed' as const),
      reason: fc.constantFrom('Evicted', 'DeadlineExceeded'),
      podIP: fc.constantFrom('10.244.0.2', '10.244.0.3'),
      observedGeneration: fc.integer({ min: 1, max: 3 }),
      containerStatuses,
      resources: fc.constantFrom<NonNullable<PodStatus['resources']>>(
        {},
        { requests: { cpu: '1' } },
        { requests: { cpu: '2', memory: '1Gi' } },
      ),
      conditions: own
        ? conditions(OWN)
        : fc.tuple(conditions(OWN), conditions(['DisruptionTarget', 'example.com/gate'])).map((both) => both.flat()),
    },
    { requiredKeys: ['phase'] },
  )

const podWith = (status: PodStatus | undefined): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [] },
  status,
})

const applied = (shown: PodStatus, next: PodStatus): PodStatus | undefined => {
  const patch = statusPatch('u', shown, next)
  if (patch === undefined) return shown
  const result = patchObject(kindRow('Pod'), podWith(shown), 'strategic', patch)
  if (either.isLeft(result)) throw new Error(result.left.message)
  return (result.right.object as Pod).status
}

const byType = (status: PodStatus | undefined): PodStatus => ({
  ...status,
  conditions: [...(status?.conditions ?? [])].sort((a, b) => (a.type < b.type ? -1 : 1)),
})

describe('a status patch', () => {
  test('makes the API show what is meant, and keeps what others wrote', () => {
    fc.assert(
      fc.property(statuses(false), statuses(true), (shown, next) => {
        expect(byType(applied(shown, next))).toEqual(byType(withOthers(shown, next)))
      }),
      { numRuns: 500 },
    )
  })

  test('is not sent when there is nothing to say', () => {
    fc.assert(
      fc.property(statuses(false), statuses(true), (shown, next) => {
        const after = applied(shown, next)
        expect(statusPatch('u', after, next)).toBeUndefined()
        expect(shows(after, next)).toBe(true)
      }),
    )
  })

  test('says only what differs', () => {
    const ready: PodCondition = {
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      lastTransitionTime: 't',
    }
    const shown: PodStatus = { phase: 'Running', podIP: '10.244.0.2', conditions: [ready] }
    const next: PodStatus = { ...shown, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 't' }] }
    const patch = statusPatch('u', shown, next)
    expect(
      sameJson(patch?.status, {
        '$setElementOrder/conditions': [{ type: 'Ready' }],
        conditions: [{ type: 'Ready', status: 'True', reason: null }],
      }),
    ).toBe(true)
    expect(patch?.metadata).toEqual({ uid: 'u' })
  })
})

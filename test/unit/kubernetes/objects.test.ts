/**
 * Goal: the small questions that every component asks of an object have one answer.
 * Method: examples, at the edges.
 */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import { findCondition, isConditionTrue, removeCondition, setCondition } from '../../../src/kubernetes/conditions.ts'
import { percentOf, resolveFenceposts, scaledValue } from '../../../src/kubernetes/intorstring.ts'
import { controllerOf, controllerReference, isControlledBy, isOwnedBy } from '../../../src/kubernetes/owners.ts'
import {
  availableAt,
  isActive,
  isAvailable,
  isReady,
  isTerminal,
  isTerminating,
  restartCount,
} from '../../../src/kubernetes/pods.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { Condition } from '../../../src/kubernetes/types/meta.ts'
import type { Pod, PodStatus } from '../../../src/kubernetes/types/pod.ts'
import { withMembers } from '../../../src/kubernetes/with-members.ts'

const metadata = { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: rfc3339(0) }
const pod = (status?: PodStatus, rest: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...metadata, ...rest },
  spec: { containers: [] },
  ...(status === undefined ? {} : { status }),
})
const ready = (status: 'True' | 'False', at: number): PodStatus => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status, lastTransitionTime: rfc3339(at) }],
})

describe('conditions', () => {
  const before: readonly Condition[] = [{ type: 'Ready', status: 'False', reason: 'A', lastTransitionTime: 't0' }]

  test('the time of change moves only with the status', () => {
    expect(setCondition(before, { type: 'Ready', status: 'False', reason: 'B' }, 't1')).toEqual([
      { type: 'Ready', status: 'False', reason: 'B', lastTransitionTime: 't0' },
    ])
    expect(setCondition(before, { type: 'Ready', status: 'True' }, 't1')).toEqual([
      { type: 'Ready', status: 'True', lastTransitionTime: 't1' },
    ])
  })

  test('what does not change stays the same array, what is new comes last', () => {
    expect(setCondition(before, { type: 'Ready', status: 'False', reason: 'A' }, 't1')).toBe(before)
    expect(setCondition(before, { type: 'New', status: 'True' }, 't1').map(({ type }) => type)).toEqual([
      'Ready',
      'New',
    ])
    expect(removeCondition(before, 'Ready')).toEqual([])
  })

  test('an absent condition is not true', () => {
    expect(isConditionTrue(undefined, 'Ready')).toBe(false)
    expect(findCondition(before, 'Ready')?.reason).toBe('A')
  })
})

describe('pods', () => {
  test('finished and leaving Pods are not active', () => {
    expect(isActive(pod({ phase: 'Pending' }))).toBe(true)
    expect(isTerminal(pod({ phase: 'Failed' }))).toBe(true)
    expect(isActive(pod({ phase: 'Succeeded' }))).toBe(false)
    const leaving = pod({ phase: 'Running' }, { deletionTimestamp: rfc3339(0) })
    expect([isTerminating(leaving), isActive(leaving)]).toEqual([true, false])
  })

  test('availability counts from the whole second in which the Pod became ready', () => {
    const some = pod(ready('True', 5_400_000))
    expect(isReady(some)).toBe(true)
    expect(isAvailable(some, 0, 5_400_000)).toBe(true)
    expect(isAvailable(some, 10, 14_999_999)).toBe(false)
    expect(isAvailable(some, 10, 15_000_000)).toBe(true)
    expect(availableAt(some, 10)).toBe(15_000_000)
    expect(availableAt(pod(ready('False', 0)), 10)).toBeUndefined()
    expect(isAvailable(pod(), 0, 0)).toBe(false)
  })

  test('restarts add up', () => {
    const status = { name: 'a', ready: true, restartCount: 2, image: '', imageID: '' }
    expect(restartCount(pod({ containerStatuses: [status, { ...status, name: 'b', restartCount: 3 }] }))).toBe(5)
  })
})

describe('owners', () => {
  const owner: ApiObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata, name: 'rs', uid: 'r1' },
  }

  test('the controller is the owner that says so, by uid', () => {
    const owned = pod(undefined, {
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x' }, controllerReference(owner)],
    })
    expect(controllerOf(owned)?.name).toBe('rs')
    expect(isControlledBy(owned, owner)).toBe(true)
    expect(isOwnedBy(owned, { ...owner, metadata: { ...owner.metadata, uid: 'x' } })).toBe(true)
    expect(isControlledBy(owned, { ...owner, metadata: { ...owner.metadata, uid: 'r2' } })).toBe(false)
    expect(controllerOf(pod())).toBeUndefined()
  })
})

describe('counts and percentages', () => {
  test('percentages round as asked', () => {
    expect(scaledValue('25%', 10, 'up')).toBe(3)
    expect(scaledValue('25%', 10, 'down')).toBe(2)
    expect(scaledValue(4, 10, 'up')).toBe(4)
    expect(scaledValue('four', 10, 'up')).toBeUndefined()
    expect(percentOf('x%')).toBeUndefined()
  })

  test('a rolling update never stands still', () => {
    expect(resolveFenceposts('25%', '25%', 10)).toEqual({ surge: 3, unavailable: 2 })
    expect(resolveFenceposts('0%', '1%', 10)).toEqual({ surge: 0, unavailable: 1 })
  })
})

test('members are set on a copy', () => {
  const before: { a: number; b?: number } = { a: 1 }
  expect(withMembers(before, { b: 2 })).toEqual({ a: 1, b: 2 })
  expect(before).toEqual({ a: 1 })
})

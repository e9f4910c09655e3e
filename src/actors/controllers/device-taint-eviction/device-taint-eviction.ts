import type { Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ResourceClaim, ResourceSlice } from '../../../kubernetes/types/resource.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { dropOldest } from '../shared/drop-oldest.ts'
import { deletePodCall } from '../shared/pod-control.ts'
import { patchPodStatus } from '../shared/pod-status.ts'
import { nameOnly } from '../shared/references.ts'
import { podDue } from './due.ts'
import { deviceKey, DevicePools } from './pools.ts'

/** Source: pkg/controller/devicetainteviction/config/v1alpha1/defaults.go (v1.36). */
const WORKERS = 10
/** Source: device_taint_eviction.go, maxUIDCacheEntries. */
const EVICTED_MAX = 500

interface Memory {
  readonly pools: DevicePools
  /** When Pods are to go, by the wall clock, by key. */
  readonly due: Map<string, Micros>
  /** Uids of Pods whose deletion is done. */
  readonly evicted: Set<string>
}

/**
 * Deletes Pods whose devices have NoExecute taints that their claims do not tolerate, or no longer tolerate.
 *
 * Taints come with ResourceSlices, from drivers. DeviceTaintRules, by which people taint devices, are off in v1.36: gate
 * DRADeviceTaintRules, whose API is not served.
 * Source: pkg/controller/devicetainteviction/device_taint_eviction.go (v1.36; gate DRADeviceTaints, beta and on).
 */
export const deviceTaintEvictionController = defineController<Memory>({
  name: 'device-taint-eviction-controller',
  kinds: ['Pod', 'ResourceClaim', 'ResourceSlice'],
  workers: WORKERS,
  memory: () => ({ pools: new DevicePools(), due: new Map(), evicted: new Set() }),

  wakes(change, world) {
    // Most Pods have no devices, and must cost nothing.
    if (change.kind === 'Pod') return hasClaims(change.after ?? change.before) ? podChanged(change, world) : []
    return change.kind === 'ResourceClaim' ? claimChanged(change, world) : sliceChanged(change, world)
  },

  *reconcile(key, { memory, now, event }): Sync {
    const due = memory.due.get(key)
    const [namespace = '', name = '', uid = ''] = key.split('/')
    if (due === undefined || memory.evicted.has(uid)) return
    if (due > now) return { after: due - now }
    const tell = (): void => event('Pod', reference(key), 'Normal', REASON, 'Marking for deletion')
    const problem = yield* evict(namespace, name, uid, now, tell)
    if (problem !== undefined) return { retry: problem }
    memory.due.delete(key)
    memory.evicted.add(uid)
    dropOldest(memory.evicted, EVICTED_MAX)
  },
})

const REASON = 'DeviceTaintManagerEviction'

const CONDITION = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByDeviceTaintManager',
  message: 'Device Taint manager: deleting due to NoExecute taint',
} as const

/** A Pod of the same name is another Pod. */
const keyOf = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid}`

const reference = (key: string): ReturnType<typeof nameOnly> => {
  const [namespace = '', name = '', uid = ''] = key.split('/')
  return nameOnly('v1', 'Pod', name, namespace, uid)
}

/** Source: addConditionAndDeletePod. */
function* evict(namespace: string, name: string, uid: string, now: Micros, tell: () => void): Sync<string | undefined> {
  const live = yield* call({ verb: 'get', kind: 'Pod', namespace, name })
  if (!live.ok) return live.code === 404 ? undefined : live.message
  const pod = live.object
  if (pod === undefined || pod.metadata.uid !== uid || pod.metadata.deletionTimestamp !== undefined) return undefined
  tell()
  const patch = patchPodStatus(pod, { condition: CONDITION }, rfc3339(now))
  const patched = patch === undefined ? undefined : yield* call(patch)
  if (patched?.ok === false) return patched.code === 404 ? undefined : patched.message
  const deleted = yield* call({ ...deletePodCall(pod), options: { preconditions: { uid } } })
  return deleted.ok || deleted.code === 404 ? undefined : deleted.message
}

/** Source: handlePod. */
function* look(pod: Pod, { memory, view, now, event }: World<Memory>): Generator<Wake> {
  const key = keyOf(pod)
  const due = podDue(pod, view, memory.pools)
  if (due !== undefined) {
    memory.due.set(key, due)
    yield due > now ? { key, after: due - now } : key
  } else if (memory.due.delete(key)) event('Pod', reference(key), 'Normal', REASON, 'Cancelling deletion')
}

const hasClaims = (pod: ApiObject | undefined): boolean =>
  ((pod as Pod | undefined)?.spec.resourceClaims?.length ?? 0) > 0

/** A Pod that only tells how it is doing is no news. Source: handlePodChange. */
function* podChanged(change: Change, world: World<Memory>): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) world.memory.due.delete(keyOf(before))
  if (after === undefined) return
  const isSame =
    before?.metadata.uid === after.metadata.uid &&
    before.spec.nodeName === after.spec.nodeName &&
    sameJson(before.status?.resourceClaimStatuses, after.status?.resourceClaimStatuses)
  if (!isSame) yield* look(after, world)
}

/** Source: handleClaimChange. */
function* claimChanged(change: Change, world: World<Memory>): Generator<Wake> {
  const before = change.before as ResourceClaim | undefined
  const after = change.after as ResourceClaim | undefined
  const isUsed = before?.status?.allocation !== undefined || after?.status?.allocation !== undefined
  if (!isUsed) return
  const users = before === undefined ? [] : usersOf(before, world)
  for (const pod of after === undefined ? users : new Set([...users, ...usersOf(after, world)])) yield* look(pod, world)
}

/** Source: handlePods. */
const usersOf = ({ metadata, status }: ResourceClaim, { view }: World<Memory>): readonly Pod[] =>
  (status?.reservedFor ?? []).flatMap(({ apiGroup = '', resource, name, uid }) => {
    if (apiGroup !== '' || resource !== 'pods') return []
    const pod = view.get('Pod', metadata.namespace, name)
    return pod?.metadata.uid === uid ? [pod] : []
  })

/** Source: handleSliceChange. */
function* sliceChanged(change: Change, world: World<Memory>): Generator<Wake> {
  const { memory, view } = world
  const changed = memory.pools.take(
    change.before as ResourceSlice | undefined,
    change.after as ResourceSlice | undefined,
  )
  if (changed.size === 0) return
  for (const claim of view.list('ResourceClaim')) {
    const results = claim.status?.allocation?.devices?.results ?? []
    if (!results.some(({ driver, pool, device }) => changed.has(deviceKey(driver, pool, device)))) continue
    for (const pod of usersOf(claim, world)) yield* look(pod, world)
  }
}

/**
 * When a Pod has to go because of taints of the devices that it has.
 * Source: pkg/controller/devicetainteviction/device_taint_eviction.go, claimEvictionTime and podEvictionTime (v1.36).
 */
import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { toleratesDeviceTaint } from '../../../kubernetes/device-taints.ts'
import { isScheduled } from '../../../kubernetes/pods.ts'
import { claimOf, foreignResourceClaim, isReservedFor } from '../../../kubernetes/resource-claims.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { DeviceTaint, DeviceToleration, ResourceClaim } from '../../../kubernetes/types/resource.ts'
import type { View } from '../../../kubernetes/view.ts'
import { deviceKey, type DevicePools } from './pools.ts'

/** When one taint ends the use of a device, by the wall clock; undefined: never. */
function dueOf(taint: DeviceTaint, tolerations: readonly DeviceToleration[]): Micros | undefined {
  const since = taint.timeAdded === undefined ? undefined : parseTime(taint.timeAdded)
  if (since === undefined) return undefined
  let patience: number | undefined
  for (const toleration of tolerations) {
    // Unlike a node's, a device's taint is only tolerated by who names the effect.
    if (toleration.effect !== 'NoExecute' || !toleratesDeviceTaint(toleration, taint)) continue
    const { tolerationSeconds } = toleration
    if (tolerationSeconds === undefined) return undefined
    patience = Math.min(patience ?? tolerationSeconds, tolerationSeconds)
  }
  return since + seconds(Math.max(0, patience ?? 0))
}

/** The first taint that is over decides. */
export function claimDue({ status }: ResourceClaim, pools: DevicePools): Micros | undefined {
  let due: Micros | undefined
  for (const { driver, pool, device, tolerations = [] } of status?.allocation?.devices?.results ?? []) {
    for (const taint of pools.taintsOf(deviceKey(driver, pool, device))) {
      const at = dueOf(taint, tolerations)
      if (at !== undefined) due = Math.min(due ?? at, at)
    }
  }
  return due
}

/** Over all claims that the Pod has and may use. */
export function podDue(pod: Pod, view: View, pools: DevicePools): Micros | undefined {
  if (!isScheduled(pod)) return undefined
  let due: Micros | undefined
  for (const reference of pod.spec.resourceClaims ?? []) {
    const named = claimOf(pod, reference)
    if (typeof named === 'string') continue
    const claim = view.get('ResourceClaim', pod.metadata.namespace, named.name)
    if (claim === undefined || !isReservedFor(claim, pod)) continue
    if (named.made && foreignResourceClaim(pod, claim) !== undefined) continue
    const at = claimDue(claim, pools)
    if (at !== undefined) due = Math.min(due ?? at, at)
  }
  return due
}

/** Claims for devices, and what drivers tell of devices. Source: pkg/registry/resource/<kind>/strategy.go (v1.36). */
import type { Device, DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from '../types/resource.ts'
import type { Draft } from '../draft.ts'
import type { Time } from '../types/meta.ts'
import { defaultResourceClaim, defaultResourceClaimTemplate } from '../defaulting/resource.ts'
import {
  validateDeviceClass,
  validateDeviceClassUpdate,
  validateResourceClaim,
  validateResourceClaimStatusUpdate,
  validateResourceClaimTemplate,
  validateResourceClaimTemplateUpdate,
  validateResourceClaimUpdate,
  validateResourceSlice,
  validateResourceSliceUpdate,
} from '../validation/resource.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'
import { keepMetadata } from './keep-metadata.ts'

export const resourceClaimStrategy = defineStrategy<ResourceClaim>({
  defaults: defaultResourceClaim,
  prepareForCreate: (claim) => resetStatus(claim, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: (next, before) => withoutDeallocated(keepSpec(keepMetadata(next, before), before)),
  check: validateResourceClaim,
  checkUpdate: validateResourceClaimUpdate,
  checkStatusUpdate: validateResourceClaimStatusUpdate,
})

/** What drivers told of devices goes along with the allocation. Source: dropDeallocatedStatusDevices. */
function withoutDeallocated(claim: Draft<ResourceClaim>): Draft<ResourceClaim> {
  if (claim.status?.devices === undefined || claim.status.allocation !== undefined) return claim
  return { ...claim, status: { ...claim.status, devices: undefined } }
}

export const resourceClaimTemplateStrategy = defineStrategy<ResourceClaimTemplate>({
  defaults: defaultResourceClaimTemplate,
  check: validateResourceClaimTemplate,
  checkUpdate: validateResourceClaimTemplateUpdate,
})

export const deviceClassStrategy = defineStrategy<DeviceClass>({
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  check: validateDeviceClass,
  checkUpdate: validateDeviceClassUpdate,
})

export const resourceSliceStrategy = defineStrategy<ResourceSlice>({
  prepareForCreate: (slice, now) => withTimes(slice, now),
  prepareForUpdate: (slice, _before, now) => withTimes(slice, now),
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  check: validateResourceSlice,
  checkUpdate: validateResourceSliceUpdate,
})

/** A taint of which nobody says since when there is, is there from now on. Source: v1/defaults.go, SetDefaults_DeviceTaint. */
function withTimes(slice: Draft<ResourceSlice>, now: Time | undefined): Draft<ResourceSlice> {
  const { devices } = slice.spec ?? {}
  if (devices?.some(({ taints }) => taints !== undefined) !== true) return slice
  return { ...slice, spec: { ...slice.spec, devices: devices.map((device) => withTaintTimes(device, now)) } }
}

function withTaintTimes(device: Draft<Device>, now: Time | undefined): Draft<Device> {
  if (device.taints === undefined || now === undefined) return device
  return { ...device, taints: device.taints.map((taint) => ({ ...taint, timeAdded: taint.timeAdded ?? now })) }
}

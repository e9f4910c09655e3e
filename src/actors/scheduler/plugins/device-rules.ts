/**
 * What makes a device acceptable for a claim, and how the outcome is written.
 * Source: dynamic-resource-allocation/structured/internal/stable/allocator_stable.go (v1.36).
 */
import { toleratesDeviceTaint } from '../../../kubernetes/device-taints.ts'
import type {
  AllocationResult,
  Device,
  DeviceAttribute,
  DeviceConstraint,
  DeviceRequestAllocationResult,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
  ResourceSlice,
} from '../../../kubernetes/types/resource.ts'
import type { ResourcePool } from './resource-pools.ts'

export interface Candidate {
  readonly device: Device
  readonly slice: ResourceSlice
  readonly pool: ResourcePool
  readonly key: string
}

/** What is wanted: a request, or one of the alternatives of a request. */
export interface Wanted {
  /** `request` or `request/alternative`. */
  readonly name: string
  readonly request: string
  readonly spec: ExactDeviceRequest | DeviceSubRequest
  readonly count: number
  readonly all: readonly Candidate[] | undefined
  readonly selectable: Map<string, boolean>
}

export const isAdmin = ({ spec }: Wanted): boolean => 'adminAccess' in spec && spec.adminAccess === true

/** Source: allocator_stable.go, taintPreventsAllocation. */
export const tolerable = (device: Device, tolerations: readonly DeviceToleration[] | undefined): boolean =>
  (device.taints ?? []).every(
    (taint) =>
      taint.effect === 'None' || (tolerations ?? []).some((toleration) => toleratesDeviceTaint(toleration, taint)),
  )

/** A device that has been picked for a request. */
export interface Picked {
  readonly wanted: Wanted
  readonly candidate: Candidate
}

/** All devices that a constraint speaks of have one value of the attribute, or all different ones. */
export function constraintsHold(constraints: readonly DeviceConstraint[], picked: readonly Picked[]): boolean {
  for (const { requests, matchAttribute, distinctAttribute } of constraints) {
    const seen = new Set<string>()
    let devices = 0
    for (const { wanted, candidate } of picked) {
      const meant = requests === undefined || requests.length === 0
      if (!meant && !requests.includes(wanted.request) && !requests.includes(wanted.name)) continue
      const attribute = lookUp(candidate, matchAttribute ?? distinctAttribute ?? '')
      if (attribute === undefined) return false
      seen.add(JSON.stringify(attribute))
      devices++
    }
    if (matchAttribute !== undefined && seen.size > 1) return false
    if (distinctAttribute !== undefined && seen.size < devices) return false
  }
  return true
}

/** By its full name, or by its bare name where the domain is the driver's. */
function lookUp({ device, pool }: Candidate, name: string): DeviceAttribute | undefined {
  const slash = name.indexOf('/')
  const bare = name.slice(0, slash) === pool.driver ? device.attributes?.[name.slice(slash + 1)] : undefined
  return device.attributes?.[name] ?? bare
}

export function toResult(picked: readonly Picked[]): AllocationResult {
  const results = picked.map(({ wanted, candidate }): DeviceRequestAllocationResult => {
    const { name, spec } = wanted
    const { pool, device } = candidate
    const base = { request: name, driver: pool.driver, pool: pool.name, device: device.name }
    const admin = isAdmin(wanted) ? { adminAccess: true } : {}
    return spec.tolerations === undefined ? { ...base, ...admin } : { ...base, ...admin, tolerations: spec.tolerations }
  })
  const nodeSelector = nodeSelectorOf(picked)
  return nodeSelector === undefined ? { devices: { results } } : { devices: { results }, nodeSelector }
}

/** Where the claim can be used from now on. Source: allocator_stable.go, createNodeSelector. */
function nodeSelectorOf(picked: readonly Picked[]): AllocationResult['nodeSelector'] {
  for (const { candidate } of picked) {
    const { slice, device } = candidate
    const { nodeName } = slice.spec.perDeviceNodeSelection === true ? device : slice.spec
    if (nodeName === undefined || nodeName === '') continue
    const field = { key: 'metadata.name', operator: 'In', values: [nodeName] } as const
    return { nodeSelectorTerms: [{ matchFields: [field] }] }
  }
  const expressions = picked.flatMap(({ candidate: { slice, device } }) => {
    const { nodeSelector } = slice.spec.perDeviceNodeSelection === true ? device : slice.spec
    return nodeSelector?.nodeSelectorTerms[0]?.matchExpressions ?? []
  })
  return expressions.length === 0 ? undefined : { nodeSelectorTerms: [{ matchExpressions: expressions }] }
}

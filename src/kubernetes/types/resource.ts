/** Dynamic resource allocation, as far as the scheduler looks. Source: api/resource/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition, Quantity, TemplateMeta } from './meta.ts'
import type { NodeSelector } from './scheduling.ts'

export interface DeviceSelector {
  readonly cel?: { readonly expression: string }
}

export interface ExactDeviceRequest {
  readonly deviceClassName: string
  readonly selectors?: readonly DeviceSelector[]
  readonly allocationMode?: 'ExactCount' | 'All'
  readonly count?: number
  readonly adminAccess?: boolean
  readonly tolerations?: readonly DeviceToleration[]
  readonly capacity?: { readonly requests?: Readonly<Record<string, Quantity>> }
}

export interface DeviceSubRequest extends Omit<ExactDeviceRequest, 'adminAccess'> {
  readonly name: string
}

export interface DeviceRequest {
  readonly name: string
  readonly exactly?: ExactDeviceRequest
  readonly firstAvailable?: readonly DeviceSubRequest[]
}

export interface DeviceToleration {
  readonly key?: string
  readonly operator?: 'Exists' | 'Equal'
  readonly value?: string
  readonly effect?: 'NoSchedule' | 'NoExecute' | 'None'
  readonly tolerationSeconds?: number
}

export interface DeviceConstraint {
  readonly requests?: readonly string[]
  readonly matchAttribute?: string
  readonly distinctAttribute?: string
}

export interface DeviceClaim {
  readonly requests?: readonly DeviceRequest[]
  readonly constraints?: readonly DeviceConstraint[]
  readonly config?: readonly { readonly requests?: readonly string[] }[]
}

export interface ResourceClaimSpec {
  readonly devices?: DeviceClaim
}

export interface DeviceRequestAllocationResult {
  readonly request: string
  readonly driver: string
  readonly pool: string
  readonly device: string
  readonly adminAccess?: boolean
  readonly tolerations?: readonly DeviceToleration[]
}

export interface AllocationResult {
  readonly devices?: { readonly results?: readonly DeviceRequestAllocationResult[] }
  readonly nodeSelector?: NodeSelector
  readonly allocationTimestamp?: string
}

export interface ResourceClaimStatus {
  readonly allocation?: AllocationResult
  readonly reservedFor?: readonly {
    readonly apiGroup?: string
    readonly resource: string
    readonly name: string
    readonly uid: string
  }[]
  readonly devices?: readonly {
    readonly driver: string
    readonly pool: string
    readonly device: string
    readonly conditions?: readonly Condition[]
  }[]
}

export interface ResourceClaim extends ApiObject {
  readonly spec: ResourceClaimSpec
  readonly status?: ResourceClaimStatus
}

export interface ResourceClaimTemplate extends ApiObject {
  readonly spec: { readonly metadata?: TemplateMeta; readonly spec: ResourceClaimSpec }
}

export interface DeviceClass extends ApiObject {
  readonly spec: {
    readonly selectors?: readonly DeviceSelector[]
    readonly config?: readonly { readonly opaque?: { readonly driver: string } }[]
    readonly extendedResourceName?: string
  }
}

export interface DeviceAttribute {
  readonly int?: number
  readonly bool?: boolean
  readonly string?: string
  readonly version?: string
}

export interface DeviceTaint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'NoExecute' | 'None'
  readonly timeAdded?: string
}

export interface Device {
  readonly name: string
  readonly attributes?: Readonly<Record<string, DeviceAttribute>>
  readonly capacity?: Readonly<Record<string, { readonly value: Quantity }>>
  readonly nodeName?: string
  readonly nodeSelector?: NodeSelector
  readonly allNodes?: boolean
  readonly taints?: readonly DeviceTaint[]
  readonly consumesCounters?: readonly {
    readonly counterSet: string
    readonly counters: Readonly<Record<string, { readonly value: Quantity }>>
  }[]
}

export interface ResourceSlice extends ApiObject {
  readonly spec: {
    readonly driver: string
    readonly pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number }
    readonly nodeName?: string
    readonly nodeSelector?: NodeSelector
    readonly allNodes?: boolean
    readonly devices?: readonly Device[]
    readonly perDeviceNodeSelection?: boolean
    readonly sharedCounters?: readonly {
      readonly name: string
      readonly counters: Readonly<Record<string, { readonly value: Quantity }>>
    }[]
  }
}

/** Nodes and what concerns the machines. Source: api/core/v1, api/node/v1, api/coordination/v1 (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition, Labels, MicroTime, Quantity, ResourceList, Time } from './meta.ts'
import type { Taint, Toleration } from './scheduling.ts'

export interface NodeSpec {
  readonly podCIDR?: string
  readonly podCIDRs?: readonly string[]
  readonly providerID?: string
  readonly unschedulable?: boolean
  readonly taints?: readonly Taint[]
}

export interface NodeCondition extends Condition {
  readonly lastHeartbeatTime?: Time
}

export interface NodeAddress {
  readonly type: 'Hostname' | 'InternalIP' | 'ExternalIP' | 'InternalDNS' | 'ExternalDNS'
  readonly address: string
}

export interface ContainerImage {
  readonly names?: readonly string[]
  readonly sizeBytes?: number
}

export interface NodeSystemInfo {
  readonly machineID: string
  readonly systemUUID: string
  readonly bootID: string
  readonly kernelVersion: string
  readonly osImage: string
  readonly containerRuntimeVersion: string
  readonly kubeletVersion: string
  readonly kubeProxyVersion: string
  readonly operatingSystem: string
  readonly architecture: string
  readonly swap?: { readonly capacity?: number }
}

export interface NodeStatus {
  readonly capacity?: ResourceList
  readonly allocatable?: ResourceList
  readonly phase?: string
  readonly conditions?: readonly NodeCondition[]
  readonly addresses?: readonly NodeAddress[]
  readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port: number } }
  readonly nodeInfo?: NodeSystemInfo
  readonly images?: readonly ContainerImage[]
  readonly volumesInUse?: readonly string[]
  readonly volumesAttached?: readonly { readonly name: string; readonly devicePath: string }[]
  readonly runtimeHandlers?: readonly {
    readonly name: string
    readonly features?: { readonly recursiveReadOnlyMounts?: boolean; readonly userNamespaces?: boolean }
  }[]
  readonly features?: { readonly supplementalGroupsPolicy?: boolean }
  readonly declaredFeatures?: readonly string[]
}

export interface Node extends ApiObject {
  readonly spec: NodeSpec
  readonly status?: NodeStatus
}

export interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: MicroTime
  readonly renewTime?: MicroTime
  readonly leaseTransitions?: number
  readonly strategy?: string
  readonly preferredHolder?: string
}

export interface Lease extends ApiObject {
  readonly spec: LeaseSpec
}

export interface RuntimeClass extends ApiObject {
  readonly handler: string
  readonly overhead?: { readonly podFixed?: Readonly<Record<string, Quantity>> }
  readonly scheduling?: { readonly nodeSelector?: Labels; readonly tolerations?: readonly Toleration[] }
}

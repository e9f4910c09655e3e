import type { ActorId } from '../../events/envelope.ts'
import type { Labels, ResourceList } from '../../kubernetes/types/meta.ts'
import type { Taint } from '../../kubernetes/types/scheduling.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'

/** What a machine offers a cluster, and what it says about itself. */
export interface NodeShape {
  readonly name: string
  /** The machine's own address. */
  readonly ip: string
  /** Range of its Pods' addresses, a /24. */
  readonly podCIDR: string
  /** Beside the usual ones (hostname, operating system, architecture): zone, region, pool. */
  readonly labels?: Labels
  readonly taints?: readonly Taint[]
  readonly capacity: ResourceList
  /** Capacity less 100 MiB of memory, the eviction threshold, if absent. */
  readonly allocatable?: ResourceList
  readonly providerID?: string
}

export interface KubeletOptions {
  readonly node: NodeShape
  /** The API servers it may talk to. */
  readonly servers: readonly ActorId[]
  /** Which of them it begins with. */
  readonly firstServer?: number
  /** Its container runtime, on the same machine. */
  readonly runtime: ActorId
  /** DRA drivers on the same machine, by name. */
  readonly devicePlugins?: ReadonlyMap<string, ActorId>
  /** The machine itself, which probes are sent to. */
  readonly machine: ActorId
  readonly cursor: () => Cursor
  readonly read: ReadObject
  /** Whether it writes Event objects (`eventRecordQPS` above 0). Default: yes. */
  readonly recordsEvents?: boolean
  /** Whether probes whose outcome is known are left out; it changes nothing but the work. Default: yes. */
  readonly foldsProbes?: boolean
}

/** Source: pkg/kubelet/apis/config/v1beta1/defaults.go (v1.36): kubeAPIQPS, kubeAPIBurst, eventRecordQPS, eventBurst. */
export const API_QPS = 50
export const API_BURST = 100
export const EVENT_QPS = 50
export const EVENT_BURST = 100

export const KUBELET_VERSION = 'v1.36.2'

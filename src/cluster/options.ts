import type { CloudShape } from '../actors/cloud/cloud.ts'
import { DEFAULT_CSI_DRIVER, type CSIDriverShape } from '../actors/storage/csi-driver.ts'
import type { Micros } from '../events/envelope.ts'
import { parseTime } from '../kubernetes/time.ts'
import { DEFAULT_LOAD_BALANCER, type LoadBalancerShape } from '../actors/load-balancer/shape.ts'
import { resolveAddons, type AddonSpec, type ResolvedAddons } from './addon-options.ts'
import { resolveCloud, type CloudSpec } from './cloud-options.ts'
import { resolveScheduler, type ResolvedScheduler, type SchedulerSpec } from './schedulers.ts'

/** What a worker machine offers. Quantities as in a Node's status. */
export interface NodeShape {
  readonly name?: string
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: number
  readonly zone?: string
  readonly region?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** A load generator: somebody who asks a Service for something, again and again. */
export interface ClientSpec {
  readonly service: string
  /** Default `default`. */
  readonly namespace?: string
  readonly port: number
  /** Pause between two requests. */
  readonly every: Micros
  readonly name?: string
}

/** How often and how many at once a component may call the API. */
export interface CallRate {
  readonly qps: number
  readonly burst: number
}

/** What makes a cluster. Everything has a default; equal options and seed make an equal log. Plain JSON, but for plugins. */
export interface ClusterOptions {
  /** Where all chance comes from. */
  readonly seed?: number
  /** Worker nodes: how many of the default shape, or each one's shape. */
  readonly nodes?: number | readonly NodeShape[]
  /** Control-plane machines, each with an API server, a scheduler and a controller-manager. */
  readonly controlPlane?: 1 | 2 | 3
  /**
   * A load balancer in front of the API servers, on a machine of its own (`load-balancer`), whose address is the only one that
   * components and people know; `true` for the usual one. Default: none; each process chooses among all servers by itself.
   */
  readonly loadBalancer?: boolean | Partial<LoadBalancerShape>
  /** Members of the etcd cluster; by default one on each control-plane machine. */
  readonly etcd?: 1 | 3 | 5 | 7
  /** Where these members run: `stacked` on the control-plane machines (the default), or on machines of their own: `etcd-1`, … */
  readonly etcdTopology?: 'stacked' | 'external'
  readonly clients?: readonly ClientSpec[]
  /** A storage system with a CSI driver, and a default StorageClass for it; `{}` for the usual one. Default: none. */
  readonly csi?: Partial<CSIDriverShape>
  /** A cloud that the nodes are instances of, with its cloud-controller-manager; `{}` for the usual one. Default: none. */
  readonly cloud?: CloudSpec
  /** Programs beside Kubernetes' own: `{ clusterAutoscaler: {} }`. Default: none. */
  readonly addons?: AddonSpec
  /** Instances of CoreDNS. */
  readonly dns?: number
  /** kube-controller-manager's `--kube-api-qps` and `--kube-api-burst`, for each of its controllers. */
  readonly controllerRate?: CallRate
  /** kube-scheduler's `clientConnection`. */
  readonly schedulerRate?: CallRate
  /** kube-scheduler: its configuration and plugins of one's own. @throws SchedulerConfigurationError */
  readonly scheduler?: SchedulerSpec
  /** Schedulers beside it, for Pods that name one of their profiles in `schedulerName`. Each needs a name. */
  readonly otherSchedulers?: readonly SchedulerSpec[]
  /**
   * Whether heartbeats, of nodes and of leaders, are left out while nothing is wrong; every Lease is renewed all the same.
   * Default: yes. With `false` each renewal is a write, as whoever watches Leases or counts requests wants it.
   */
  readonly foldsHeartbeats?: boolean
  /**
   * Whether API servers call webhooks of admission and of conversion, for somebody outside to carry the call: a cluster that
   * listens does. What is answered is an input. Default: no; at their addresses nobody listens.
   */
  readonly callsWebhooks?: boolean
  /**
   * Who may do what: everybody everything, or by roles and what runs on a node, as `--authorization-mode=Node,RBAC` has it.
   * Default `AlwaysAllow`.
   */
  readonly authorization?: 'AlwaysAllow' | 'RBAC'
  /**
   * Whether each controller calls the API as a service account of its own, with a token that it asks for before its first
   * call, as kube-controller-manager's flag of this name has it: a start and a restart then take some seconds. Default: with
   * roles yes, as kubeadm has it; without, no, as upstream's default is.
   */
  readonly useServiceAccountCredentials?: boolean
  /**
   * Which objects tell who set which of their fields (managedFields): all, those whose creator names himself as clients over
   * HTTP do, none. Default `named`. What is applied server-side always does.
   */
  readonly managedFields?: 'tracked' | 'named' | 'untracked'
  /** Whether watches may begin with what API servers remember beyond etcd's compaction, as `--watch-cache` has it. Default true. */
  readonly watchCache?: boolean
  /** Whether there is a metrics-server, by which autoscalers and `kubectl top` know what Pods use. Default true. */
  readonly metricsServer?: boolean
  /**
   * Whether API servers that are set up as shipped (`authorization: 'RBAC'`) keep Service default/kubernetes leading to
   * themselves, as `--endpoint-reconciler-type` has it. Default `lease`.
   */
  readonly endpointReconciler?: 'lease' | 'none'
  /**
   * What the machines' clocks show when the run begins, as RFC 3339: `2026-11-21T08:00:00Z`. Default: 2026-01-01T00:00:00Z.
   * The times of events stay those since the beginning.
   */
  readonly startTime?: string
  /** Whether superseded versions of objects stay readable (time travel) or go with etcd's compaction. */
  readonly history?: 'all' | 'compacted'
  /** Which events the log keeps in memory. `why` needs at least the facts. */
  readonly retain?: 'all' | 'facts' | 'none'
}

export interface ResolvedOptions {
  readonly seed: number
  readonly nodes: readonly Required<NodeShape>[]
  readonly controlPlane: number
  /** Absent: none. */
  readonly loadBalancer?: LoadBalancerShape
  readonly etcd: number
  readonly etcdTopology: 'stacked' | 'external'
  readonly clients: readonly Required<ClientSpec>[]
  /** Absent: no storage system. */
  readonly csi?: CSIDriverShape
  /** Absent: no cloud. */
  readonly cloud?: CloudShape
  /** Absent: none. */
  readonly addons?: ResolvedAddons
  readonly dns: number
  readonly controllerRate: CallRate
  readonly schedulerRate: CallRate
  /** Absent: as upstream's defaults are. */
  readonly scheduler?: ResolvedScheduler
  readonly otherSchedulers?: readonly ResolvedScheduler[]
  readonly foldsHeartbeats: boolean
  /** Absent: no. */
  readonly callsWebhooks?: true
  readonly authorization: 'AlwaysAllow' | 'RBAC'
  readonly useServiceAccountCredentials: boolean
  readonly managedFields: 'tracked' | 'named' | 'untracked'
  /** Absent: yes. */
  readonly watchCache?: false
  /** Absent: yes. */
  readonly metricsServer?: false
  /** Absent: lease. */
  readonly endpointReconciler?: 'none'
  /** Absent: the beginning of 2026. */
  readonly startTime?: string
  readonly history: 'all' | 'compacted'
  readonly retain: 'all' | 'facts' | 'none'
}

/** A node as small managed clusters have them. */
const DEFAULT_SHAPE = { cpu: '4', memory: '16Gi', pods: 110, region: '', zone: '', labels: {} } as const

/** Source: component-base/config/v1alpha1: kube-controller-manager 20/30; apis/config/v1/defaults.go: kube-scheduler 50/100. */
const CONTROLLER_RATE: CallRate = { qps: 20, burst: 30 }
const SCHEDULER_RATE: CallRate = { qps: 50, burst: 100 }

/** What clocks show when the run begins. @throws Error when it is no time. */
export const wallStartOf = ({ startTime }: Pick<ClusterOptions, 'startTime'>): Micros => {
  const start = startTime === undefined ? 0 : parseTime(startTime)
  if (start === undefined) throw new Error(`startTime is no RFC 3339 time: ${JSON.stringify(startTime)}`)
  return start
}

export const resolveOptions = (options: ClusterOptions): ResolvedOptions => {
  const { nodes = 3, controlPlane = 1, clients = [] } = options
  const { scheduler, otherSchedulers = [] } = options
  const shapes = typeof nodes === 'number' ? Array.from({ length: nodes }, (): NodeShape => ({})) : nodes
  return {
    seed: options.seed ?? 1,
    nodes: shapes.map((shape, index) => ({ ...DEFAULT_SHAPE, name: `node-${index + 1}`, ...shape })),
    controlPlane,
    ...resolveLoadBalancer(options.loadBalancer),
    etcd: options.etcd ?? (controlPlane === 2 ? 1 : controlPlane),
    etcdTopology: options.etcdTopology ?? 'stacked',
    clients: clients.map((client, index) => ({ name: `client-${index + 1}`, namespace: 'default', ...client })),
    ...(options.csi === undefined ? {} : { csi: { ...DEFAULT_CSI_DRIVER, ...options.csi } }),
    ...(options.cloud === undefined ? {} : { cloud: resolveCloud(options.cloud) }),
    ...(options.addons === undefined ? {} : { addons: resolveAddons(options.addons, options.cloud) }),
    dns: options.dns ?? Math.min(2, shapes.length),
    controllerRate: options.controllerRate ?? CONTROLLER_RATE,
    schedulerRate: options.schedulerRate ?? SCHEDULER_RATE,
    ...(scheduler === undefined ? {} : { scheduler: resolveScheduler(scheduler) }),
    ...(otherSchedulers.length === 0
      ? {}
      : { otherSchedulers: otherSchedulers.map((spec, i) => resolveScheduler(spec, `scheduler-${i + 2}`)) }),
    foldsHeartbeats: options.foldsHeartbeats ?? true,
    ...(options.callsWebhooks === true ? { callsWebhooks: true } : {}),
    authorization: options.authorization ?? 'AlwaysAllow',
    useServiceAccountCredentials: options.useServiceAccountCredentials ?? options.authorization === 'RBAC',
    managedFields: options.managedFields ?? 'named',
    ...(options.watchCache === false ? { watchCache: false } : {}),
    ...(options.metricsServer === false ? { metricsServer: false } : {}),
    ...(options.endpointReconciler === 'none' ? { endpointReconciler: 'none' } : {}),
    ...(options.startTime === undefined ? {} : { startTime: options.startTime }),
    history: options.history ?? 'all',
    retain: options.retain ?? 'all',
  }
}

const resolveLoadBalancer = (given: ClusterOptions['loadBalancer']): Pick<ResolvedOptions, 'loadBalancer'> => {
  if (given === undefined || given === false) return {}
  return { loadBalancer: { ...DEFAULT_LOAD_BALANCER, ...(given === true ? {} : given) } }
}

import type { Micros } from '../../../events/envelope.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { fnv32a, sameJson } from '../../../kubernetes/hash.ts'
import { amountOf, formatQuantity, subtractAmounts } from '../../../kubernetes/quantity.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Labels, ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Node, NodeCondition, NodeStatus, NodeSystemInfo } from '../../../kubernetes/types/node.ts'
import { KUBELET_VERSION, type NodeShape } from '../config.ts'

/** Memory that the kubelet keeps free: its default threshold for hard eviction. Source: pkg/kubelet/eviction/defaults_linux.go. */
const EVICTION_MEMORY = '100Mi'
const KUBELET_PORT = 10250

export const capacityOf = (node: NodeShape): ResourceList => ({
  'ephemeral-storage': '100Gi',
  pods: '110',
  ...node.capacity,
})

export const allocatableOf = (node: NodeShape): ResourceList => {
  if (node.allocatable !== undefined) return { ...capacityOf(node), ...node.allocatable }
  const capacity = capacityOf(node)
  const { memory = '0' } = capacity
  return { ...capacity, memory: formatQuantity(subtractAmounts(amountOf(memory), amountOf(EVICTION_MEMORY))) }
}

/** The labels that a kubelet gives its Node. Source: pkg/kubelet/kubelet_node_status.go, initialNode (v1.36). */
export const labelsOf = (node: NodeShape): Labels => ({
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': node.name,
  'kubernetes.io/os': 'linux',
  ...node.labels,
})

/** Whether the node can take Pods, and if not why. */
export interface NodeHealth {
  /** What is wrong; empty if nothing is. */
  readonly problems: readonly string[]
}

const HEALTHY: readonly NodeCondition[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
]

const readyCondition = ({ problems }: NodeHealth): NodeCondition => {
  const [first] = problems
  if (first === undefined) {
    return { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
  }
  const message = problems.length === 1 ? first : `[${problems.join(', ')}]`
  return { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message }
}

/**
 * A node's conditions at `now`; the time of change is kept where `before` says the same.
 * Source: pkg/kubelet/nodestatus/setters.go (v1.36). Abridged: no pressure of memory, disk or process ids ever arises.
 */
export const nodeConditions = (
  before: readonly NodeCondition[] | undefined,
  health: NodeHealth,
  now: Micros,
): readonly NodeCondition[] =>
  [...HEALTHY, readyCondition(health)].map((condition) => {
    const old = findCondition(before, condition.type)
    const since = old?.status === condition.status ? old.lastTransitionTime : undefined
    return { ...condition, lastHeartbeatTime: rfc3339(now), lastTransitionTime: since ?? rfc3339(now) }
  })

/** Its volumes are attached by the attach-detach controller. Source: kubelet_node_status.go, initialNode (v1.36). */
const ANNOTATIONS = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' }

/** The Node as a kubelet creates it. Abridged: its Pod range is written here, not by the node IPAM controller. */
export const initialNode = (
  shape: NodeShape,
  boot: number,
  health: NodeHealth,
  now: Micros,
): Omit<Node, 'metadata'> & {
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations: Labels }
} => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: shape.name, labels: labelsOf(shape), annotations: ANNOTATIONS },
  spec: {
    podCIDR: shape.podCIDR,
    podCIDRs: [shape.podCIDR],
    ...(shape.providerID === undefined ? {} : { providerID: shape.providerID }),
    ...(shape.taints === undefined ? {} : { taints: shape.taints }),
  },
  status: {
    ...hardware(shape, boot),
    conditions: nodeConditions(undefined, health, now),
  },
})

/** The part of a status that changes only with the machine. */
const hardware = (shape: NodeShape, boot: number): NodeStatus => ({
  capacity: capacityOf(shape),
  allocatable: allocatableOf(shape),
  addresses: [
    { type: 'InternalIP', address: shape.ip },
    { type: 'Hostname', address: shape.name },
  ],
  daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
  nodeInfo: nodeInfo(shape.name, boot),
})

const nodeInfo = (name: string, boot: number): NodeSystemInfo => ({
  machineID: hex(`machine/${name}`, 4),
  systemUUID: hex(`system/${name}`, 4),
  bootID: hex(`boot/${name}/${boot}`, 4),
  kernelVersion: '6.12.0',
  osImage: 'Debian GNU/Linux 13 (trixie)',
  containerRuntimeVersion: 'containerd://2.1.4',
  kubeletVersion: KUBELET_VERSION,
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
})

const hex = (name: string, words: number): string => {
  let text = ''
  for (let word = 0; word < words; word++) text += fnv32a(`${name}#${word}`).toString(16).padStart(8, '0')
  return text
}

/** Metadata that a kubelet puts right on a Node that exists already. Source: kubelet_node_status.go, updateDefaultLabels. */
export const staleLabels = (shape: NodeShape, node: Node): Labels | undefined => {
  const wanted = labelsOf(shape)
  const stale = Object.keys(wanted).filter((name) => node.metadata.labels?.[name] !== wanted[name])
  return stale.length === 0 ? undefined : Object.fromEntries(stale.map((name) => [name, wanted[name] ?? '']))
}

/** What to patch into a Node's status, and whether more than heartbeats differ. */
export interface NodePatch {
  readonly isNews: boolean
  readonly body: { readonly status: Readonly<Record<string, unknown>> }
}

/** Source: component-helpers/node/util/status.go, PatchNodeStatus; kubelet_node_status.go, nodeStatusHasChanged (v1.36). */
export const nodePatch = (shape: NodeShape, boot: number, node: Node, health: NodeHealth, now: Micros): NodePatch => {
  const before = node.status ?? {}
  const after: NodeStatus = { ...hardware(shape, boot), conditions: nodeConditions(before.conditions, health, now) }
  const status: Record<string, unknown> = {}
  for (const key of ['capacity', 'allocatable', 'addresses', 'daemonEndpoints', 'nodeInfo'] as const) {
    if (!sameJson(before[key], after[key])) status[key] = after[key]
  }
  const conditions = (after.conditions ?? []).map((condition) => changedMembers(before.conditions, condition))
  const isNews =
    Object.keys(status).length > 0 ||
    conditions.some(({ lastHeartbeatTime: _, type: __, ...news }) => Object.keys(news).length > 0)
  const order = (after.conditions ?? []).map(({ type }) => ({ type }))
  return { isNews, body: { status: { '$setElementOrder/conditions': order, conditions, ...status } } }
}

const changedMembers = (before: readonly NodeCondition[] | undefined, after: NodeCondition): Partial<NodeCondition> => {
  const old = findCondition(before, after.type)
  if (old === undefined) return after
  const changed: Record<string, unknown> = { type: after.type }
  for (const [key, value] of Object.entries(after)) if (Reflect.get(old, key) !== value) changed[key] = value
  return changed
}

import { fnv32a } from '../../kubernetes/hash.ts'
import { controllerReference } from '../../kubernetes/owners.ts'
import { allowsNode } from '../../kubernetes/node-selector.ts'
import { amountOf, formatQuantity, subtractAmounts } from '../../kubernetes/quantity.ts'
import { untoleratedTaint } from '../../kubernetes/tolerations.ts'
import type { ResourceList } from '../../kubernetes/types/meta.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { Taint, TaintEffect, Toleration } from '../../kubernetes/types/scheduling.ts'
import type { DaemonSet } from '../../kubernetes/types/workloads.ts'
import type { NodeGroup } from './node-group.ts'

/** Memory that a kubelet keeps free. Source: pkg/kubelet/eviction/defaults_linux.go. */
const EVICTION_MEMORY = '100Mi'

const allocatableOf = ({ capacity, allocatable }: NodeGroup): ResourceList => {
  const all: ResourceList = { 'ephemeral-storage': '100Gi', pods: '110', ...capacity }
  if (allocatable !== undefined) return { ...all, ...allocatable }
  const { memory = '0' } = all
  return { ...all, memory: formatQuantity(subtractAmounts(amountOf(memory), amountOf(EVICTION_MEMORY))) }
}

/**
 * A node as the group's next one will be, by what its cloud says of the group's machines.
 * Source: cluster-autoscaler/cloudprovider, TemplateNodeInfo; simulator/node_info_utils.go (v1.36).
 */
export const templateNode = (group: NodeGroup, name: string): Node => {
  const time = '2026-01-01T00:00:00Z'
  const allocatable = allocatableOf(group)
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: fnv32a(name).toString(16),
      resourceVersion: '0',
      creationTimestamp: time,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        ...group.labels,
      },
    },
    // What the cloud tells of comes from options, which are typed.
    spec: { taints: group.taints as readonly Taint[] },
    status: {
      capacity: { 'ephemeral-storage': '100Gi', pods: '110', ...group.capacity },
      allocatable,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time, reason: '', message: '' }],
    },
  }
}

/** Every DaemonSet's Pods tolerate these. Source: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations. */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]

const HARD: readonly TaintEffect[] = ['NoSchedule', 'NoExecute']

/** The Pods that DaemonSets will put on a new node. */
export const daemonPodsFor = (node: Node, daemons: readonly DaemonSet[]): readonly Pod[] => {
  const pods: Pod[] = []
  for (const daemon of daemons) {
    const { metadata, spec } = daemon.spec.template
    const tolerations = [...(spec.tolerations ?? []), ...DAEMON_TOLERATIONS]
    if (!allowsNode(spec, node) || untoleratedTaint(node.spec.taints, tolerations, HARD) !== undefined) continue
    const name = `${daemon.metadata.name}-on-${node.metadata.name}`
    pods.push({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: daemon.metadata.namespace ?? '',
        uid: name,
        resourceVersion: '0',
        creationTimestamp: node.metadata.creationTimestamp,
        ownerReferences: [controllerReference(daemon)],
        ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      },
      spec: { ...spec, tolerations },
    })
  }
  return pods
}

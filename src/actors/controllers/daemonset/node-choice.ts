import { allowsNode } from '../../../kubernetes/node-selector.ts'
import { untoleratedTaint } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { NodeSelector, TaintEffect, Toleration } from '../../../kubernetes/types/scheduling.ts'
import type { DaemonSet } from '../../../kubernetes/types/workloads.ts'

const taint = (name: string): string => `node.kubernetes.io/${name}`

/** Source: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations (v1.36). */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  { key: taint('not-ready'), operator: 'Exists', effect: 'NoExecute' },
  { key: taint('unreachable'), operator: 'Exists', effect: 'NoExecute' },
  { key: taint('disk-pressure'), operator: 'Exists', effect: 'NoSchedule' },
  { key: taint('memory-pressure'), operator: 'Exists', effect: 'NoSchedule' },
  { key: taint('pid-pressure'), operator: 'Exists', effect: 'NoSchedule' },
  { key: taint('unschedulable'), operator: 'Exists', effect: 'NoSchedule' },
]
const HOST_NETWORK_TOLERATION: Toleration = {
  key: taint('network-unavailable'),
  operator: 'Exists',
  effect: 'NoSchedule',
}

const isSame = (a: Toleration, b: Toleration): boolean =>
  a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? '') === (b.value ?? '')

const known = new WeakMap<PodSpec, readonly Toleration[]>()

/** What a daemon's Pods tolerate: what their template says, and whatever befalls a node. Made once per template. */
export const daemonTolerations = (spec: PodSpec): readonly Toleration[] => {
  const made = known.get(spec)
  if (made !== undefined) return made
  const added = spec.hostNetwork === true ? [...DAEMON_TOLERATIONS, HOST_NETWORK_TOLERATION] : DAEMON_TOLERATIONS
  const own = spec.tolerations ?? []
  const all = [
    ...own.map((toleration) => added.find((other) => isSame(toleration, other)) ?? toleration),
    ...added.filter((toleration) => !own.some((other) => isSame(toleration, other))),
  ]
  known.set(spec, all)
  return all
}

/** Whether a node should have a Pod of a daemon; and whether one that it has may stay. */
export interface NodeChoice {
  readonly run: boolean
  readonly stay: boolean
}

const NEITHER: NodeChoice = { run: false, stay: false }
const BOTH: NodeChoice = { run: true, stay: true }
const ONLY_STAY: NodeChoice = { run: false, stay: true }

const HARD: readonly TaintEffect[] = ['NoExecute', 'NoSchedule']
const EXPELLING: readonly TaintEffect[] = ['NoExecute']

/** Source: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod (v1.36). */
export const choiceOf = (node: Node, { spec: { template } }: DaemonSet): NodeChoice => {
  const { spec } = template
  if (spec.nodeName !== undefined && spec.nodeName !== '' && spec.nodeName !== node.metadata.name) return NEITHER
  if (!allowsNode(spec, node)) return NEITHER
  const { taints } = node.spec
  if (taints === undefined || taints.length === 0) return BOTH
  const tolerations = daemonTolerations(spec)
  if (untoleratedTaint(taints, tolerations, HARD) === undefined) return BOTH
  return untoleratedTaint(taints, tolerations, EXPELLING) === undefined ? ONLY_STAY : NEITHER
}

/** The node a daemon's Pod runs on or is for; undefined where it says none. Source: daemonset_util.go, GetTargetNodeName. */
export const targetNode = ({ spec }: Pod): string | undefined => {
  if (spec.nodeName !== undefined && spec.nodeName !== '') return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const { matchFields = [] } of terms) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0]
    }
  }
  return undefined
}

const onlyNode = (name: string): NodeSelector => ({
  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
})

/** Source: api/apps/v1/types.go, DefaultDaemonSetUniqueLabelKey and DeprecatedTemplateGeneration. */
export const HASH_LABEL = 'controller-revision-hash'
export const GENERATION_LABEL = 'pod-template-generation'

/**
 * The template of a daemon's Pod on one node: bound there by affinity, for the scheduler to bind.
 * Source: daemonset_util.go, CreatePodTemplate and ReplaceDaemonSetPodNodeNameNodeAffinity (v1.36).
 */
export const templateFor = (
  template: PodTemplateSpec,
  node: string,
  generation: string | undefined,
  hash: string,
): PodTemplateSpec => ({
  metadata: {
    ...template.metadata,
    labels: {
      ...template.metadata?.labels,
      ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
      [HASH_LABEL]: hash,
    },
  },
  spec: {
    ...template.spec,
    affinity: {
      ...template.spec.affinity,
      nodeAffinity: {
        ...template.spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: onlyNode(node),
      },
    },
    tolerations: daemonTolerations(template.spec),
  },
})

import type { ApiCall } from '../../../engine/client/api-client.ts'
import { conditionStatus } from '../../../kubernetes/conditions.ts'
import { sameTaint } from '../../../kubernetes/tolerations.ts'
import type { Time } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'

export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Which condition in which status stands for which taint. Source: node_lifecycle_controller.go, nodeConditionToTaintKeyStatusMap. */
const CONDITION_TAINTS: readonly (readonly [condition: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]

const managed = (taint: Taint): boolean =>
  taint.effect === 'NoSchedule' &&
  (taint.key === UNSCHEDULABLE || CONDITION_TAINTS.some(([, , key]) => key === taint.key))

/** The NoSchedule taints that mirror a node's conditions. */
const wantedNoSchedule = (node: Node, now: Time): readonly Taint[] => {
  const wanted: Taint[] = []
  for (const [condition, status, key] of CONDITION_TAINTS) {
    if (conditionStatus(node.status?.conditions, condition) === status) {
      wanted.push({ key, effect: 'NoSchedule', timeAdded: now })
    }
  }
  if (node.spec.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: now })
  return wanted
}

/** The node's taints with the NoSchedule mirrors as they should be; undefined when they are. */
export const mirrorConditions = (node: Node, now: Time): readonly Taint[] | undefined => {
  const wanted = wantedNoSchedule(node, now)
  const taints = node.spec.taints ?? []
  const kept = taints.filter((taint) => !managed(taint) || wanted.some((one) => sameTaint(one, taint)))
  const added = wanted.filter((one) => !taints.some((taint) => sameTaint(one, taint)))
  return added.length === 0 && kept.length === taints.length ? undefined : [...added, ...kept]
}

/** The NoExecute taint that the node's Ready condition calls for, if any. */
export const wantedNoExecute = (node: Node): typeof NOT_READY | typeof UNREACHABLE | undefined => {
  const ready = conditionStatus(node.status?.conditions, 'Ready')
  if (ready === 'False') return NOT_READY
  return ready === 'Unknown' ? UNREACHABLE : undefined
}

/** The node's taints with `key` as the only NoExecute taint of this controller, or none; undefined when that is so. */
export const swapNoExecute = (node: Node, key: string | undefined, now: Time): readonly Taint[] | undefined => {
  const taints = node.spec.taints ?? []
  const ours = (taint: Taint): boolean =>
    taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE)
  const present = taints.some((taint) => ours(taint) && taint.key === key)
  const kept = taints.filter((taint) => !ours(taint) || taint.key === key)
  if (kept.length === taints.length && (key === undefined || present)) return undefined
  return key === undefined || present ? kept : [...kept, { key, effect: 'NoExecute', timeAdded: now }]
}

/** Taints are written as a whole and only over the version that was read. */
export const patchTaints = (node: Node, taints: readonly Taint[]): ApiCall<'Node'> => ({
  verb: 'patch',
  kind: 'Node',
  name: node.metadata.name,
  patchType: 'strategic',
  body: {
    metadata: { resourceVersion: node.metadata.resourceVersion },
    spec: { taints: taints.length === 0 ? null : taints },
  },
})

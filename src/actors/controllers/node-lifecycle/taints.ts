import type { Micros } from '../../../events/envelope.ts'
import { millis } from '../../../events/time.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, pause, type Sync } from '../../../engine/client/sync.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { hasTaint, sameTaint } from '../../../kubernetes/tolerations.ts'
import type { ConditionStatus } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'

const NOT_READY = 'node.kubernetes.io/not-ready'
const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Which condition in which status stands for which taint. Source: node_lifecycle_controller.go, nodeConditionToTaintKeyStatusMap. */
const TAINT_KEYS: Readonly<Record<string, Readonly<Partial<Record<ConditionStatus, string>>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}

const MANAGED = new Set([UNSCHEDULABLE, ...Object.values(TAINT_KEYS).flatMap((byStatus) => Object.values(byStatus))])

/** A taint by what makes it that taint. */
export type TaintKey = Pick<Taint, 'key' | 'effect'>

/** The two NoExecute taints of this controller. They exclude each other, as the states of Ready do. */
export const NOT_READY_TAINT: TaintKey = { key: NOT_READY, effect: 'NoExecute' }
export const UNREACHABLE_TAINT: TaintKey = { key: UNREACHABLE, effect: 'NoExecute' }

export interface TaintSwap {
  readonly add: readonly TaintKey[]
  readonly remove: readonly TaintKey[]
}

/** What the NoSchedule taints lack to mirror the node's conditions. Source: node_lifecycle_controller.go, doNoScheduleTaintingPass. */
export const noScheduleSwap = (node: Node): TaintSwap => {
  const wanted: TaintKey[] = []
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = TAINT_KEYS[type]?.[status]
    if (key !== undefined) wanted.push({ key, effect: 'NoSchedule' })
  }
  if (node.spec.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' })
  const present = (node.spec.taints ?? []).filter(({ key, effect }) => effect === 'NoSchedule' && MANAGED.has(key))
  return {
    add: wanted.filter((taint) => !hasTaint(present, taint)),
    remove: present.filter((taint) => !wanted.some((other) => sameTaint(other, taint))),
  }
}

/** The NoExecute taint that a Ready status calls for and the one that it excludes; undefined when it calls for none. */
export const noExecuteSwap = (ready: ConditionStatus | undefined): TaintSwap | undefined => {
  if (ready === 'False') return { add: [NOT_READY_TAINT], remove: [UNREACHABLE_TAINT] }
  return ready === 'Unknown' ? { add: [UNREACHABLE_TAINT], remove: [NOT_READY_TAINT] } : undefined
}

/** Source: pkg/controller/controller_utils.go, UpdateTaintBackoff. */
const TRIES = 5
const TRY_AGAIN: Micros = millis(100)

/**
 * First adds, then removes; true if both worked. Source: util/node/controller_utils.go, SwapNodeControllerTaint (v1.36).
 */
export function* swapTaints(node: Node, { add, remove }: TaintSwap, world: World): Sync<boolean> {
  return (yield* addTaints(node, add, world)) && (yield* removeTaints(node, remove, world))
}

function* addTaints(node: Node, add: readonly TaintKey[], world: World): Sync<boolean> {
  if (add.length === 0) return true
  const timeAdded = rfc3339(world.now)
  return yield* changeTaints(node.metadata.name, world, (before) => {
    let taints = before
    for (const { key, effect } of add) {
      const written: Taint = { key, effect, timeAdded }
      taints = hasTaint(taints, written)
        ? taints.map((taint) => (sameTaint(taint, written) ? written : taint))
        : [...taints, written]
    }
    return taints
  })
}

/** Does nothing if the node, as it was seen, bears none of them. Source: controller_utils.go, RemoveTaintOffNode. */
export function* removeTaints(node: Node, remove: readonly TaintKey[], world: World): Sync<boolean> {
  if (!remove.some((taint) => hasTaint(node.spec.taints, taint))) return true
  return yield* changeTaints(node.metadata.name, world, (before) =>
    before.filter((taint) => !remove.some((one) => sameTaint(one, taint))),
  )
}

/** Taints are read, then written as a whole over the version that was read; a conflict starts it again. */
function* changeTaints(
  name: string,
  world: World,
  change: (taints: readonly Taint[]) => readonly Taint[],
): Sync<boolean> {
  for (let attempt = 1; ; attempt++) {
    // The first look may come from the API server's cache.
    const options = attempt === 1 ? { resourceVersion: '0' } : undefined
    const answer = yield* call({ verb: 'get', kind: 'Node', name, options })
    if (!answer.ok || answer.object === undefined) return false
    const { spec, metadata } = answer.object
    const before = spec.taints ?? []
    const after = change(before)
    if (after.length === before.length && after.every((taint, index) => taint === before[index])) return true
    const body = {
      metadata: { resourceVersion: metadata.resourceVersion },
      spec: { taints: after.length === 0 ? null : after },
    }
    const written = yield* call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body })
    if (written.ok) return true
    if (written.code !== 409 || attempt === TRIES) return false
    yield* pause(TRY_AGAIN + world.random.below(TRY_AGAIN))
  }
}

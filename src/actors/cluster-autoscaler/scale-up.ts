import type { World } from '../../engine/client/controller.ts'
import { ask, type Sync } from '../../engine/client/sync.ts'
import type { ActorId } from '../../events/envelope.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { estimate, fittingPods, type ScaleUpOption } from './estimator.ts'
import { bestOption } from './expander.ts'
import type { Memory } from './memory.ts'
import type { NodeGroup } from './node-group.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { PRIORITY_CONFIG_MAP } from './priorities.ts'
import type { Snapshot } from './snapshot.ts'

/** What became of Pods without room. */
export type ScaleUpOutcome = 'grown' | 'failed' | 'no-options'

/** What groups have against growing, and against the Pods: group by group, in numbers for each Pod. */
interface Findings {
  readonly options: readonly ScaleUpOption[]
  readonly skipped: readonly string[]
  readonly rejected: ReadonlyMap<Pod, readonly string[]>
}

/**
 * Lets the group grow that helps the Pods best; says on each Pod that it does, or why none does.
 * Source: cluster-autoscaler/core/scaleup/orchestrator/orchestrator.go, ScaleUp;
 * processors/status/eventing_scale_up_processor.go (v1.36).
 */
export function* scaleUp(
  pods: readonly Pod[],
  groups: readonly NodeGroup[],
  snapshot: Snapshot,
  options: ClusterAutoscalerOptions,
  cloud: ActorId,
  world: World<Memory>,
): Sync<ScaleUpOutcome> {
  const nodes = snapshot.destinations.size
  const room = options.maxNodesTotal === 0 ? options.maxNodesPerScaleUp : options.maxNodesTotal - nodes
  if (room <= 0) {
    for (const pod of pods) notTriggered(pod, 'max total nodes in cluster reached', world)
    return 'no-options'
  }
  const findings = examine(pods, groups, Math.min(room, options.maxNodesPerScaleUp), snapshot, world)
  if (findings.options.length === 0) {
    for (const pod of pods) notTriggered(pod, reasonsFor(pod, findings), world)
    return 'no-options'
  }
  const priorities = world.view.get('ConfigMap', 'kube-system', PRIORITY_CONFIG_MAP)?.data?.['priorities'] ?? ''
  const option = bestOption(findings.options, options.expander, priorities, world.random)
  return (yield* grow(option, cloud, world)) ? 'grown' : 'failed'
}

const examine = (
  pods: readonly Pod[],
  groups: readonly NodeGroup[],
  room: number,
  snapshot: Snapshot,
  { memory: { state }, now }: World<Memory>,
): Findings => {
  const options: ScaleUpOption[] = []
  const skipped: string[] = []
  const rejected = new Map<Pod, string[]>()
  for (const group of groups) {
    if (group.target >= group.max) {
      skipped.push('max node group size reached')
      continue
    }
    if (state.backoff.isBackedOff(group.name, now)) {
      skipped.push('in backoff after failed scale-up')
      continue
    }
    if (!state.isGroupHealthy(group)) {
      skipped.push('not ready for scale-up')
      continue
    }
    const verdict = fittingPods(group, pods, snapshot)
    for (const [pod, reasons] of verdict.rejected) rejected.set(pod, [...(rejected.get(pod) ?? []), ...reasons])
    const limit = Math.min(room, group.max - group.target)
    const option = verdict.fitting.length === 0 ? undefined : estimate(group, verdict.fitting, limit, snapshot)
    if (option !== undefined) options.push(option)
  }
  return { options, skipped, rejected }
}

function* grow({ group, nodes, pods }: ScaleUpOption, cloud: ActorId, world: World<Memory>): Sync<boolean> {
  const { memory, now } = world
  const { name, target, max } = group
  const size = target + nodes
  const note = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    memory.note(world, type, reason, message)
  note('Normal', 'ScaledUpGroup', `Scale-up: setting group ${name} size to ${size} instead of ${target} (max: ${max})`)
  const { problem } = yield* ask(cloud, { op: 'increaseSize', name, delta: nodes })
  if (problem !== undefined) {
    memory.state.fail(name, now)
    note('Warning', 'FailedToScaleUpGroup', `Scale-up failed for group ${name}: ${problem}`)
    return false
  }
  memory.state.requested(name, nodes, now)
  memory.lastScaleUp = world.now
  note('Normal', 'ScaledUpGroup', `Scale-up: group ${name} size set to ${size} instead of ${target} (max: ${max})`)
  const message = `pod triggered scale-up: [{${name} ${target}->${size} (max: ${max})}]`
  for (const pod of pods) world.event('Pod', pod, 'Normal', 'TriggeredScaleUp', message)
  return true
}

/** Equal reasons are counted over the groups. Abridged: upstream gives them in any order, here they are sorted. */
const reasonsFor = (pod: Pod, { skipped, rejected }: Findings): string => {
  const counts = new Map<string, number>()
  for (const reason of [...skipped, ...(rejected.get(pod) ?? [])]) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(', ')
}

export const notTriggered = (pod: Pod, why: string, world: World<Memory>): void =>
  world.event('Pod', pod, 'Normal', 'NotTriggerScaleUp', `pod didn't trigger scale-up: ${why}`)

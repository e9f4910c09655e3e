import type { World } from '../../engine/client/controller.ts'
import { all, ask, pause, type Sync } from '../../engine/client/sync.ts'
import type { ApiCall } from '../../engine/client/api-client.ts'
import type { ActorId, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { isTerminal } from '../../kubernetes/pods.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { podsToMove } from './drainability.ts'
import type { Memory } from './memory.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { isDaemonPod } from './snapshot.ts'
import { addTaint, DELETION_CANDIDATE, isTainted, removeTaints, TO_BE_DELETED } from './taints.ts'
import type { UnneededNode } from './unneeded.ts'

/** Source: core/scaledown/actuation/drain.go, DefaultEvictionRetryTime, DefaultPodEvictionHeadroom (v1.36). */
const EVICTION_RETRY: Micros = seconds(10)
const EVICTION_HEADROOM: Micros = seconds(30)
const LOOK_EVERY: Micros = seconds(5)
/** Source: api/core/v1/types.go, DefaultTerminationGracePeriodSeconds. */
const DEFAULT_GRACE_SECONDS = 30

/** Key under which a node is removed, beside the loop. */
export const removalKey = (node: string): string => `node/${node}`

/**
 * Begins to remove the nodes that have been unneeded for long enough: empty ones many at once, others one by one, and no
 * group below its minimum. Each is tainted here and removed beside the loop.
 * Source: cluster-autoscaler/core/scaledown/actuation/actuator.go, StartDeletion; budgets/budgets.go (v1.36).
 */
export function* beginRemovals(options: ClusterAutoscalerOptions, world: World<Memory>): Sync<void> {
  const { memory, now } = world
  const { deletions, index, unneeded } = memory
  const due = unneeded.due(now)
  const empty = due.filter(({ moving }) => moving.length === 0)
  const full = due.filter(({ moving }) => moving.length > 0)
  const chosen: UnneededNode[] = []
  const leaving = new Map<string, number>()
  let drains = deletions.drains
  for (const one of [...empty, ...full]) {
    if (deletions.total + chosen.length >= options.maxScaleDownParallelism) break
    const isDrain = one.moving.length > 0
    if (isDrain && drains >= options.maxDrainParallelism) break
    const group = index.group(one.group)
    const going = deletions.ofGroup(one.group) + (leaving.get(one.group) ?? 0)
    if (group === undefined || group.target - going <= group.min) continue
    leaving.set(one.group, (leaving.get(one.group) ?? 0) + 1)
    if (isDrain) drains++
    chosen.push(one)
  }
  for (const one of chosen) yield* beginRemoval(one, world)
}

function* beginRemoval({ node, group, moving, utilizationMilli }: UnneededNode, world: World<Memory>): Sync<void> {
  const { memory } = world
  const { name } = node.metadata
  memory.deletions.begin(name, group, moving.length > 0)
  const problem = yield* addTaint(name, TO_BE_DELETED, world)
  if (problem !== undefined) {
    memory.deletions.end(name)
    const message = `failed to mark the node as toBeDeleted/unschedulable: ${problem}`
    world.event('Node', node, 'Warning', 'ScaleDownFailed', message)
    return
  }
  world.event('Node', node, 'Normal', 'ScaleDown', 'marked the node as toBeDeleted/unschedulable')
  if (moving.length === 0) {
    memory.note(world, 'Normal', 'ScaleDownEmpty', `Scale-down: removing empty node "${name}"`)
  } else {
    const pods = moving.map(({ metadata }) => metadata.name).join(',')
    const used = `utilization: ${utilizationMilli / 10}%`
    memory.note(world, 'Normal', 'ScaleDown', `Scale-down: removing node ${name}, ${used}, pods to reschedule: ${pods}`)
  }
  world.wake(removalKey(name))
}

/** Removes a node that is tainted: its Pods, then the machine. Whatever fails, the node may be used again. */
export function* removeNode(
  name: string,
  options: ClusterAutoscalerOptions,
  cloud: ActorId,
  world: World<Memory>,
): Sync<void> {
  const { memory } = world
  const under = memory.deletions.get(name)
  if (under === undefined) return
  const { group } = under
  const node = world.view.get('Node', undefined, name)
  const problem = node === undefined ? `node ${name} not found` : yield* tryToRemove(node, group, options, cloud, world)
  memory.deletions.end(name)
  if (node === undefined) return
  if (problem === undefined) {
    world.event('Node', node, 'Normal', 'ScaleDown', 'node removed by cluster autoscaler')
    return
  }
  memory.lastScaleDownFailure = world.now
  const what = under.drains ? 'failed to drain and delete node' : 'failed to delete empty node'
  world.event('Node', node, 'Warning', 'ScaleDownFailed', `${what}: ${problem}`)
  yield* removeTaints(name, [TO_BE_DELETED], world)
}

/** Gives why the node stays. */
function* tryToRemove(
  node: Node,
  group: string,
  options: ClusterAutoscalerOptions,
  cloud: ActorId,
  world: World<Memory>,
): Sync<string | undefined> {
  const { name } = node.metadata
  const pods = podsOn(name, world)
  // Since the decision Pods may have come, and budgets may have shrunk.
  const moving = podsToMove(pods, world.view.list('PodDisruptionBudget'), options)
  if ('reason' in moving) {
    const { namespace = '', name: pod } = moving.pod.metadata
    return `pod ${namespace}/${pod} cannot be moved: ${moving.reason}`
  }
  if (world.memory.deletions.get(name)?.drains === false && moving.length > 0) {
    return `failed to delete empty node "${name}", new pods scheduled`
  }
  const daemons = moving.length === 0 ? [] : pods.filter(isDaemonPod)
  const problem =
    (yield* evict(moving, daemons, options, world)) ?? (yield* waitUntilGone(name, moving, options, world))
  if (problem !== undefined) return problem
  const answer = yield* ask(cloud, { op: 'deleteInstances', name: group, instances: [name] })
  return answer.problem
}

const podsOn = (node: string, { view }: World): readonly Pod[] =>
  view.indexed('Pod', 'node', node).filter((pod) => !isTerminal(pod))

/** Asks for each Pod until it is granted, for two minutes; for those of DaemonSets once. */
function* evict(
  pods: readonly Pod[],
  daemons: readonly Pod[],
  options: ClusterAutoscalerOptions,
  world: World<Memory>,
): Sync<string | undefined> {
  const deadline = world.monotonic + options.maxPodEvictionTime
  for (const pod of pods) world.event('Pod', pod, 'Normal', 'ScaleDown', 'deleting pod for node scale down')
  let left = pods
  let last = ''
  for (let first = true; left.length > 0 && (first || world.monotonic < deadline); first = false) {
    if (!first) yield* pause(EVICTION_RETRY)
    const refused: Pod[] = []
    const asked = first ? [...left, ...daemons] : left
    const answers = yield* all(asked.map((pod) => evictionOf(pod, options)))
    answers.forEach((answer, i) => {
      const pod = left[i]
      if (pod === undefined || answer.ok || answer.code === 404) return
      last = answer.message
      refused.push(pod)
    })
    left = refused
  }
  const [stuck] = left
  if (stuck === undefined) return undefined
  for (const pod of left) {
    world.event('Pod', pod, 'Warning', 'ScaleDownFailed', 'failed to delete pod for ScaleDown')
  }
  const { namespace = '', name } = stuck.metadata
  return `failed to evict pod ${namespace}/${name} within allowed timeout (last error: ${last})`
}

const evictionOf = ({ metadata, spec }: Pod, { maxGracefulTermination }: ClusterAutoscalerOptions): ApiCall<'Pod'> => {
  const { namespace, name } = metadata
  const longest = Math.floor(maxGracefulTermination / 1_000_000)
  const gracePeriodSeconds = Math.min(spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS, longest)
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
    deleteOptions: { gracePeriodSeconds },
  }
  return { verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction', body }
}

function* waitUntilGone(
  node: string,
  pods: readonly Pod[],
  { maxGracefulTermination }: ClusterAutoscalerOptions,
  world: World<Memory>,
): Sync<string | undefined> {
  const deadline = world.monotonic + maxGracefulTermination + EVICTION_HEADROOM
  const isThere = ({ metadata: { namespace, name, uid } }: Pod): boolean =>
    world.view.get('Pod', namespace, name)?.metadata.uid === uid
  while (pods.some(isThere)) {
    if (world.monotonic >= deadline) return `Failed to drain node ${node}: pods remaining after timeout`
    yield* pause(LOOK_EVERY)
  }
  return undefined
}

/** Marks unneeded nodes as the last ones to put Pods on, and takes the mark from others. Source: actuation/softtaint.go (v1.36). */
export function* markCandidates(
  nodes: readonly Node[],
  { maxBulkSoftTaintCount }: ClusterAutoscalerOptions,
  world: World<Memory>,
): Sync<void> {
  const { unneeded, index } = world.memory
  let changes = 0
  for (const node of nodes) {
    const { name } = node.metadata
    if (changes >= maxBulkSoftTaintCount) return
    if (index.groupOf(node) === undefined || isTainted(node, TO_BE_DELETED)) continue
    const isMarked = isTainted(node, DELETION_CANDIDATE)
    if (isMarked === unneeded.has(name)) continue
    changes++
    if (isMarked) yield* removeTaints(name, [DELETION_CANDIDATE], world)
    else yield* addTaint(name, DELETION_CANDIDATE, world)
  }
}

/** A new leader knows of no removal that was under way. Source: core/static_autoscaler.go, cleanUpIfRequired (v1.36). */
export function* cleanUpTaints(nodes: readonly Node[], world: World<Memory>): Sync<void> {
  for (const node of nodes) {
    if (isTainted(node, TO_BE_DELETED) || isTainted(node, DELETION_CANDIDATE)) {
      yield* removeTaints(node.metadata.name, [TO_BE_DELETED, DELETION_CANDIDATE], world)
    }
  }
}

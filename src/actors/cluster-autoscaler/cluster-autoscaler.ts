import { defineController, type Controller, type World } from '../../engine/client/controller.ts'
import { ask, type Sync } from '../../engine/client/sync.ts'
import type { ActorId, Micros } from '../../events/envelope.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import { Memory } from './memory.ts'
import { GroupIndex } from './node-group.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { podsWithoutRoom } from './pending-pods.ts'
import { beginRemovals, cleanUpTaints, markCandidates, removalKey, removeNode } from './scale-down.ts'
import { scaleUp } from './scale-up.ts'
import type { Simulator } from './simulation.ts'
import { Snapshot } from './snapshot.ts'
import { writeStatus } from './status.ts'
import type { StateNews } from './cluster-state.ts'

const LOOP = 'loop'
const KINDS: readonly Kind[] = ['Node', 'Pod', 'DaemonSet', 'PodDisruptionBudget', 'ConfigMap']

export interface ClusterAutoscalerParts {
  readonly options: ClusterAutoscalerOptions
  /** Whom it asks about node groups. */
  readonly cloud: ActorId
  readonly simulator: Simulator
}

/**
 * Adds nodes for Pods that have no room and takes away nodes that the cluster can do without.
 *
 * One loop every ten seconds, in upstream's order: learn how groups and nodes are, put right what went wrong, grow, and
 * only if nothing grew, shrink. Nodes are drained beside the loop, each under a key of its own.
 * Source: cluster-autoscaler/core/static_autoscaler.go, RunOnce (v1.36).
 */
export const clusterAutoscaler = (parts: ClusterAutoscalerParts): Controller =>
  defineController<Memory>({
    // Its process bears the program's name; this is what upstream calls the loop.
    name: 'static-autoscaler',
    account: 'cluster-autoscaler',
    component: 'cluster-autoscaler',
    kinds: [...new Set([...KINDS, ...parts.simulator.kinds])],
    workers: 1 + parts.options.maxScaleDownParallelism,
    memory: () => new Memory(parts.options),
    wakes: () => [],
    ticks: [{ name: LOOP, every: parts.options.scanInterval, run: () => [LOOP] }],

    *reconcile(key, world): Sync {
      if (key === LOOP) {
        yield* runOnce(parts, world)
        yield* writeStatus(world)
      } else yield* removeNode(key.slice(removalKey('').length), parts.options, parts.cloud, world)
    },
  })

function* runOnce(parts: ClusterAutoscalerParts, world: World<Memory>): Sync<void> {
  const { options, cloud, simulator } = parts
  const { memory, view } = world
  if (!memory.hasCleanedUp) {
    yield* cleanUpTaints(view.list('Node'), world)
    memory.hasCleanedUp = true
  }
  const { problem, groups } = yield* ask(cloud, { op: 'nodeGroups', name: '' })
  if (problem !== undefined || groups === undefined) return
  const nodes = view.list('Node')
  const { state } = memory
  memory.index = new GroupIndex(groups)
  const news = state.update(memory.index, nodes, world.now)
  if (yield* putRight(news, parts, world)) return
  if (!state.isHealthy) {
    memory.note(world, 'Warning', 'ClusterUnhealthy', 'Cluster is unhealthy')
    return
  }
  const snapshot = new Snapshot(simulator.create(view), view, memory.index, state)
  const pods = podsWithoutRoom(view, snapshot, options)
  if (pods.length > 0) {
    const outcome = yield* scaleUp(pods, groups, snapshot, options, cloud, world)
    if (outcome === 'grown') return
  }
  if (options.scaleDownEnabled) yield* scaleDown(nodes, snapshot, options, world)
}

/** Machines that could not be made or never joined are given back. True when that is all that this loop does. */
function* putRight(news: StateNews, { cloud, options }: ClusterAutoscalerParts, world: World<Memory>): Sync<boolean> {
  const { memory } = world
  for (const group of news.timedOut) {
    const within = `${Math.floor(options.maxNodeProvisionTime / 60_000_000)}m0s`
    const message = `Nodes added to group ${group} failed to register within ${within}`
    memory.note(world, 'Warning', 'ScaleUpTimedOut', message)
  }
  for (const [group, instances] of news.lost) {
    for (const name of instances) {
      memory.note(world, 'Normal', 'DeleteUnregistered', `Removing unregistered node ${name}`)
    }
    const { problem } = yield* ask(cloud, { op: 'deleteInstances', name: group, instances })
    if (problem === undefined) continue
    for (const name of instances) {
      memory.note(world, 'Warning', 'DeleteUnregisteredFailed', `Failed to remove node ${name}: ${problem}`)
    }
  }
  for (const [group, instances] of news.failed) {
    const why = instances[0]?.problem ?? ''
    const count = `${instances.length} nodes (${instances.length} unseen previously)`
    memory.note(world, 'Warning', 'ScaleUpFailed', `Failed adding ${count} to group ${group} due to ${why}`)
    const names = instances.map(({ name }) => name)
    yield* ask(cloud, { op: 'deleteInstances', name: group, instances: names })
  }
  // Sizes are no longer what the cloud has told.
  return news.lost.size + news.failed.size > 0
}

function* scaleDown(
  nodes: readonly Node[],
  snapshot: Snapshot,
  options: ClusterAutoscalerOptions,
  world: World<Memory>,
): Sync<void> {
  const { memory, view, now } = world
  memory.unneeded.update(nodes, memory.index, snapshot, view.list('PodDisruptionBudget'), now)
  const isCooling =
    isWithin(memory.lastScaleUp, options.scaleDownDelayAfterAdd, now) ||
    isWithin(memory.lastScaleDownFailure, options.scaleDownDelayAfterFailure, now)
  if (!isCooling) yield* beginRemovals(options, world)
  yield* markCandidates(nodes, options, world)
}

const isWithin = (event: Micros | undefined, delay: Micros, now: Micros): boolean =>
  event !== undefined && event + delay > now

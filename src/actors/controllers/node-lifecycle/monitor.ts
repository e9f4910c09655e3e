import type { Micros } from '../../../events/envelope.ts'
import { millis } from '../../../events/time.ts'
import type { Wake, World } from '../../../engine/client/controller.ts'
import { conditionStatus } from '../../../kubernetes/conditions.ts'
import { hasTaint } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import { nameOnly } from '../shared/references.ts'
import { NodeHealth } from './health.ts'
import { noExecuteSwap, NOT_READY_TAINT, UNREACHABLE_TAINT } from './taints.ts'
import type { Zones } from './zones.ts'

/** What the node-lifecycle-controller keeps in memory. */
export interface Lifecycle {
  /** By name; also the nodes that are known to this controller. */
  readonly health: Map<string, NodeHealth>
  readonly zones: Zones
  /** Nodes whose Pods could not all be marked as not ready. */
  readonly unmarked: Set<string>
}

export type LifecycleWorld = World<Lifecycle>

/** The key of the pass over the zones' queues. */
export const NO_EXECUTE_PASS = 'no-execute-pass'

/** Source: pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go, NodeEvictionPeriod. */
export const TAINT_PASS: Micros = millis(100)

/** Nodes with this label do not count when the state of their zone is judged. */
const EXCLUDED = 'node.kubernetes.io/exclude-disruption'

/**
 * Looks at every node: who is heard of, how each zone is, whose taints must change. Of a calm node it does as little as it
 * can: this runs every five seconds over all nodes.
 *
 * Upstream judges the zones only after it has written what it saw, so that in an outage of the control plane one node a
 * zone may be tainted before it notices. Abridged: here the zones are judged first.
 * Source: node_lifecycle_controller.go, monitorNodeHealth and handleDisruption (v1.36).
 */
export function* monitor(world: LifecycleWorld): Generator<Wake> {
  const { memory, monotonic } = world
  const nodes = world.view.list('Node')
  const troubled: Node[] = []
  const added = new Set<Node>()
  memory.zones.reset()
  for (const node of nodes) {
    let health = memory.health.get(node.metadata.name)
    if (health === undefined) {
      health = register(node, world)
      added.add(node)
    }
    const silent = look(node, health, world)
    if (silent !== undefined) yield* reportSilence(node, silent, world)
    if (health.ready !== 'True' || node.spec.taints !== undefined || memory.unmarked.size > 0) troubled.push(node)
  }
  if (memory.health.size > nodes.length) forgetDeleted(nodes, world)
  const turn = memory.zones.judge(monotonic)
  if (turn === 'back') for (const health of memory.health.values()) health.hear(monotonic)
  for (const node of turn === 'cut off' ? nodes : troubled) {
    if (turn === 'cut off') yield* reachable(node, memory)
    else yield* settle(node, added.has(node), memory)
  }
}

/** Gives how long the node has been silent, once, when that is too long. */
const look = (node: Node, health: NodeHealth, { memory, view, monotonic }: LifecycleWorld): Micros | undefined => {
  const { name, labels } = node.metadata
  const silent = health.look(node, view.get('Lease', 'kube-node-lease', name), monotonic)
  const zone = memory.zones.of(node)
  if (labels?.[EXCLUDED] === undefined) zone.count(health.ready)
  if (health.ready === 'True') zone.remove(name)
  return silent
}

function* reportSilence(node: Node, silent: Micros, world: LifecycleWorld): Generator<Wake> {
  const { name } = node.metadata
  world.fact('NodeHeartbeatMissed', { node: name, lastRenewMicros: world.now - silent, silentMicros: silent })
  if (conditionStatus(node.status?.conditions, 'Ready') !== 'Unknown') yield `health/${name}`
}

/** A node is new to this controller, as all are after a restart. */
const register = (node: Node, world: LifecycleWorld): NodeHealth => {
  const { name } = node.metadata
  const health = new NodeHealth(node, world.now, world.monotonic)
  world.memory.health.set(name, health)
  announce(name, node.metadata.uid, 'RegisteredNode', `Registered Node ${name} in Controller`, world)
  return health
}

const forgetDeleted = (nodes: readonly Node[], world: LifecycleWorld): void => {
  const present = new Set(nodes.map(({ metadata }) => metadata.name))
  for (const [name, { uid }] of [...world.memory.health]) {
    if (present.has(name)) continue
    world.memory.health.delete(name)
    world.memory.zones.forget(name)
    announce(name, uid, 'RemovingNode', `Removing Node ${name} from Controller`, world)
  }
}

const announce = (name: string, uid: string, reason: string, what: string, world: LifecycleWorld): void =>
  world.event('Node', nodeReference(name, uid), 'Normal', reason, `Node ${name} event: ${what}`)

/** Events about nodes say no version of them. */
export const nodeReference = (name: string, uid: string): ReturnType<typeof nameOnly> =>
  nameOnly('v1', 'Node', name, undefined, uid)

/** What a node's Ready status, as written, asks of its NoExecute taints. Source: processTaintBaseEviction. */
function* settle(node: Node, isNew: boolean, memory: Lifecycle): Generator<Wake> {
  const { name } = node.metadata
  const health = memory.health.get(name)
  const ready = conditionStatus(node.status?.conditions, 'Ready')
  if (health === undefined || ready === undefined) return
  if (memory.unmarked.has(name) && ready !== 'True') yield `unready/${name}`
  if (health.isSilent && ready !== 'Unknown') {
    yield `health/${name}`
    return
  }
  const swap = noExecuteSwap(ready)
  if (isNew || swap === undefined) yield* reachable(node, memory)
  if (swap === undefined) return
  if (swap.remove.some((taint) => hasTaint(node.spec.taints, taint))) yield `no-execute/${name}`
  else if (isNew || !swap.add.every((taint) => hasTaint(node.spec.taints, taint))) yield* queueUp(node, memory.zones)
}

/** Lets a node wait for its NoExecute taint until its zone's turn comes. */
export function* queueUp(node: Node, zones: Zones): Generator<Wake> {
  zones.of(node).add(node.metadata.name)
  yield { key: NO_EXECUTE_PASS, after: TAINT_PASS }
}

/** Source: markNodeAsReachable. */
function* reachable(node: Node, { zones }: Lifecycle): Generator<Wake> {
  const { name } = node.metadata
  zones.of(node).remove(name)
  const isTainted = hasTaint(node.spec.taints, UNREACHABLE_TAINT) || hasTaint(node.spec.taints, NOT_READY_TAINT)
  if (isTainted) yield `reachable/${name}`
}

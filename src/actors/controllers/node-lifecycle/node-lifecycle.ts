import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { call, defineController, type Sync, type Wake, type World } from '../../../engine/client/controller.ts'
import { compileChart } from '../../../engine/statechart/compile.ts'
import type { Row } from '../../../engine/statechart/row.ts'
import { conditionStatus, findCondition } from '../../../kubernetes/conditions.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { GRACE_PERIOD, nodeHealthChart, STARTUP_GRACE_PERIOD, type HealthContext } from './health.chart.ts'
import { markPodsNotReady } from './mark-pods.ts'
import { mirrorConditions, patchTaints, swapNoExecute, wantedNoExecute } from './taints.ts'
import { unknownStatus } from './unknown-status.ts'
import { evictionInterval, zoneOf, ZoneQueue, zoneStateOf } from './zones.ts'

/** Source: cloud-provider/config/v1alpha1/defaults.go, NodeMonitorPeriod. */
const MONITOR_PERIOD: Micros = seconds(5)
/** Source: pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go, NodeEvictionPeriod. */
const TAINT_PASS: Micros = millis(100)

const NO_EXECUTE_PASS = 'no-execute-pass'

const chart = compileChart(nodeHealthChart)

interface NodeHealth {
  readonly row: Row<HealthContext>
  /** What the last look saw, to tell a sign of life. */
  lease: string
  heartbeats: string
  ready: string
}

interface Memory {
  readonly health: Map<string, NodeHealth>
  readonly zones: Map<string, ZoneQueue>
  /** Every zone is silent: it is the control plane that is cut off, so nobody is evicted. */
  masterDisruption: boolean
}

/**
 * Watches over nodes: when one has been silent for the grace period its conditions become Unknown and its Pods unready;
 * conditions become taints, and NoExecute taints come at the rate that the state of the node's zone allows.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36).
 */
export const nodeLifecycleController = defineController<Memory>({
  name: 'node-lifecycle-controller',
  account: 'node-controller',
  component: 'node-controller',
  kinds: ['Node', 'Lease', 'Pod'],
  workers: 8,
  memory: () => ({ health: new Map(), zones: new Map(), masterDisruption: false }),

  wakes: (change, world) => (change.kind === 'Node' ? nodeChanged(change, world) : []),

  ticks: [{ name: 'monitor', every: MONITOR_PERIOD, run: monitor }],

  *reconcile(key, world): Sync {
    if (key === NO_EXECUTE_PASS) return yield* noExecutePass(world)
    const slash = key.indexOf('/')
    const node = world.view.get('Node', undefined, key.slice(slash + 1))
    if (node === undefined) return
    switch (key.slice(0, slash)) {
      case 'health':
        return yield* writeUnknown(node, world)
      case 'unready':
        return yield* markPodsNotReady(node, world)
      case 'no-execute':
        return yield* taintNoExecute(node, world)
      default:
        return yield* writeTaints(node, mirrorConditions(node, rfc3339(world.now)))
    }
  },
})

function nodeChanged(change: Change, world: World<Memory>): readonly Wake[] {
  if (change.after === undefined) {
    world.memory.health.delete(change.name)
    for (const zone of world.memory.zones.values()) zone.remove(change.name)
    return []
  }
  const node = change.after as Node
  if (change.before === undefined) {
    const message = `Node ${node.metadata.name} event: Registered Node ${node.metadata.name} in Controller`
    world.event('Node', node, 'Normal', 'RegisteredNode', message)
  }
  return [`taints/${change.name}`]
}

/** Looks at every node: who is heard of, whose Pods must be marked, who waits for a taint. Source: monitorNodeHealth. */
function* monitor(world: World<Memory>): Generator<Wake> {
  const nodes = world.view.list('Node')
  for (const node of nodes) yield* look(node, world)
  updateZones(nodes, world)
  for (const node of nodes) {
    const { name } = node.metadata
    const zone = zoneFor(node, world.memory)
    const due = dueNoExecute(node, world.memory)
    const differs = swapNoExecute(node, due, '') !== undefined
    if (due === undefined) {
      zone.remove(name)
      if (differs) yield `no-execute/${name}`
    } else if (differs) {
      zone.add(name)
      yield { key: NO_EXECUTE_PASS, after: TAINT_PASS }
    }
  }
}

function* look(node: Node, world: World<Memory>): Generator<Wake> {
  const { name } = node.metadata
  const health = healthOf(node, world)
  const lease = world.view.get('Lease', 'kube-node-lease', name)?.metadata.resourceVersion ?? ''
  const heartbeats = (node.status?.conditions ?? []).map((one) => one.lastHeartbeatTime ?? '').join()
  const ready = conditionStatus(node.status?.conditions, 'Ready') ?? ''
  const { now } = world
  if (lease !== health.lease || (heartbeats !== health.heartbeats && ready !== 'Unknown')) {
    chart.step(health.row, { type: 'SignOfLife', now }, () => {})
  }
  const lost: Micros[] = []
  chart.step(health.row, { type: 'Looked', now }, (effect) => {
    if (effect.type === 'lostContact') lost.push(effect.silent)
  })
  for (const silent of lost) {
    world.fact('NodeHeartbeatMissed', { node: name, lastRenewMicros: now - silent, silentMicros: silent })
  }
  if (chart.matches(health.row, 'silent') && ready !== 'Unknown') yield `health/${name}`
  else if (health.ready === 'True' && ready === 'False') yield `unready/${name}`
  health.lease = lease
  health.heartbeats = heartbeats
  health.ready = ready
}

const healthOf = (node: Node, world: World<Memory>): NodeHealth => {
  const { name } = node.metadata
  let health = world.memory.health.get(name)
  if (health === undefined) {
    const reported = findCondition(node.status?.conditions, 'Ready') !== undefined
    const input = { probeAt: world.now, grace: reported ? GRACE_PERIOD : STARTUP_GRACE_PERIOD }
    health = { row: chart.start(input, () => {}), lease: '', heartbeats: '', ready: '' }
    world.memory.health.set(name, health)
  }
  return health
}

function* writeUnknown(node: Node, world: World<Memory>): Sync {
  const { name } = node.metadata
  const body = { ...node, status: unknownStatus(node, rfc3339(world.now)) }
  const answer = yield* call({ verb: 'update', kind: 'Node', name, subresource: 'status', body })
  if (!answer.ok) return answer.code === 404 ? undefined : { retry: answer.message }
  const wasReady = conditionStatus(node.status?.conditions, 'Ready') === 'True'
  if (!wasReady) return
  world.event('Node', node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
  return yield* markPodsNotReady(node, world)
}

/** The one NoExecute taint that a node has to bear now. */
const dueNoExecute = (node: Node, memory: Memory): string | undefined =>
  memory.masterDisruption ? undefined : wantedNoExecute(node)

const taintNoExecute = (node: Node, world: World<Memory>): Sync =>
  writeTaints(node, swapNoExecute(node, dueNoExecute(node, world.memory), rfc3339(world.now)))

function* writeTaints(node: Node, taints: readonly Taint[] | undefined): Sync {
  if (taints === undefined) return
  const answer = yield* call(patchTaints(node, taints))
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

/** Source: node_lifecycle_controller.go, handleDisruption. */
const updateZones = (nodes: readonly Node[], { memory, now }: World<Memory>): void => {
  const members = new Map<string, Node[]>()
  for (const node of nodes) {
    const list = members.get(zoneOf(node))
    if (list === undefined) members.set(zoneOf(node), [node])
    else list.push(node)
  }
  for (const key of [...memory.zones.keys()]) if (!members.has(key)) memory.zones.delete(key)
  for (const [key, list] of members) {
    const zone = memory.zones.get(key) ?? new ZoneQueue()
    memory.zones.set(key, zone)
    zone.state = zoneStateOf(list)
    zone.interval = evictionInterval(zone.state, list.length)
  }
  const zones = [...memory.zones.values()]
  const before = memory.masterDisruption
  memory.masterDisruption = zones.length > 0 && zones.every((zone) => zone.state === 'FullDisruption')
  if (memory.masterDisruption) for (const zone of zones) zone.clear()
  // What was missed while nobody could report does not count against a node.
  else if (before) for (const { row } of memory.health.values()) chart.step(row, { type: 'SignOfLife', now }, () => {})
}

/** Taints the nodes whose zone's turn has come. Source: doNoExecuteTaintingPass. */
function* noExecutePass(world: World<Memory>): Sync {
  let waiting = false
  for (const zone of world.memory.zones.values()) {
    const name = zone.take(world.now)
    if (zone.size > 0 && zone.interval !== undefined) waiting = true
    const node = name === undefined ? undefined : world.view.get('Node', undefined, name)
    if (node !== undefined) yield* taintNoExecute(node, world)
  }
  return waiting ? { after: TAINT_PASS } : undefined
}

const zoneFor = (node: Node, memory: Memory): ZoneQueue => {
  const key = zoneOf(node)
  const zone = memory.zones.get(key) ?? new ZoneQueue()
  memory.zones.set(key, zone)
  return zone
}

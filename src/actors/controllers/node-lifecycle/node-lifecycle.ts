import { seconds } from '../../../events/time.ts'
import { defineController, type Wake } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { conditionStatus } from '../../../kubernetes/conditions.ts'
import { hasTaint } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { reconcileLabels } from './labels.ts'
import { markPodsNotReady } from './mark-pods.ts'
import {
  monitor,
  NO_EXECUTE_PASS,
  nodeReference,
  queueUp,
  TAINT_PASS,
  type Lifecycle,
  type LifecycleWorld,
} from './monitor.ts'
import {
  noExecuteSwap,
  noScheduleSwap,
  NOT_READY_TAINT,
  removeTaints,
  swapTaints,
  UNREACHABLE_TAINT,
} from './taints.ts'
import { writeUnknown } from './unknown.ts'
import { Zones } from './zones.ts'

/** Source: cloud-provider/config/v1alpha1/defaults.go, NodeMonitorPeriod. */
const MONITOR_PERIOD = seconds(5)

/**
 * Watches over nodes: when one has been silent for the grace period its conditions become Unknown and its Pods unready;
 * conditions become taints, and NoExecute taints come at the rate that the state of the node's zone allows.
 *
 * A key says what is to be done and to whom: `taints/node-1`, `health/node-1`, `pod/default/web`.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36).
 */
export const nodeLifecycleController = defineController<Lifecycle>({
  name: 'node-lifecycle-controller',
  account: 'node-controller',
  component: 'node-controller',
  kinds: ['Node', 'Lease', 'Pod'],
  workers: 8,
  memory: () => ({ health: new Map(), zones: new Zones(), unmarked: new Set() }),

  wakes: (change, { memory }) => {
    if (change.kind === 'Pod') return podChanged(change, memory)
    return change.kind === 'Node' && change.after !== undefined ? [`taints/${change.name}`] : []
  },

  ticks: [{ name: 'monitor', every: MONITOR_PERIOD, run: monitor }],

  *reconcile(key, world): Sync {
    if (key === NO_EXECUTE_PASS) return yield* noExecutePass(world)
    const slash = key.indexOf('/')
    const what = key.slice(0, slash)
    if (what === 'pod') return yield* markPod(key.slice(slash + 1), world)
    const node = world.view.get('Node', undefined, key.slice(slash + 1))
    if (node === undefined) return
    // What fails here waits for the node's next change or the next look at it.
    switch (what) {
      case 'taints':
        yield* swapTaints(node, noScheduleSwap(node), world)
        yield* reconcileLabels(node)
        return
      case 'health':
        return yield* lose(node, world)
      case 'unready':
        return yield* markAll(node.metadata.name, world)
      case 'no-execute':
        yield* swapTaints(node, noExecuteSwap(readyOf(node)) ?? { add: [], remove: [] }, world)
        return
      case 'reachable':
        if (yield* removeTaints(node, [UNREACHABLE_TAINT], world)) yield* removeTaints(node, [NOT_READY_TAINT], world)
    }
  },
})

const readyOf = (node: Node): ReturnType<typeof conditionStatus> => conditionStatus(node.status?.conditions, 'Ready')

/** A Pod that comes to a node of which nothing is heard is not ready either. Source: processPod. */
function* podChanged(change: Change, { health }: Lifecycle): Generator<Wake> {
  const after = change.after as Pod | undefined
  const node = after?.spec.nodeName ?? ''
  if (node === '' || (change.before as Pod | undefined)?.spec.nodeName === node) return
  const ready = health.get(node)?.ready
  if (ready !== undefined && ready !== 'True') yield `pod/${keyFor(change.namespace, change.name)}`
}

function* markPod(key: string, world: LifecycleWorld): Sync {
  const { namespace, name } = splitKey(key)
  const pod = world.view.get('Pod', namespace, name)
  const ready = world.memory.health.get(pod?.spec.nodeName ?? '')?.ready
  if (pod === undefined || ready === undefined || ready === 'True') return
  if (!(yield* markPodsNotReady([pod], world))) return { retry: `unable to mark pod ${key} NotReady` }
}

/** Writes that nothing is known of a silent node any more, sees to its taint and marks its Pods. Source: monitorNodeHealth. */
function* lose(seen: Node, world: LifecycleWorld): Sync {
  const lost = yield* writeUnknown(seen, world)
  if (lost === undefined) return
  const { node, wasReady } = lost
  const { name, uid } = node.metadata
  const swap = noExecuteSwap('Unknown')
  if (swap?.remove.some((taint) => hasTaint(node.spec.taints, taint)) === true) yield* swapTaints(node, swap, world)
  else for (const wake of queueUp(node, world.memory.zones)) world.wake(wake)
  if (!wasReady) return
  world.event('Node', nodeReference(name, uid), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
  yield* markAll(name, world)
}

function* markAll(node: string, world: LifecycleWorld): Sync {
  const isDone = yield* markPodsNotReady(world.view.indexed('Pod', 'node', node), world)
  // The next look at the node tries again.
  if (isDone) world.memory.unmarked.delete(node)
  else world.memory.unmarked.add(node)
}

/** Taints the nodes whose zone's turn has come; comes back when the next one's has. Source: doNoExecuteTaintingPass. */
function* noExecutePass(world: LifecycleWorld): Sync {
  for (const zone of world.memory.zones.all()) {
    const name = zone.take(world.monotonic)
    const node = name === undefined ? undefined : world.view.get('Node', undefined, name)
    const swap = node === undefined ? undefined : noExecuteSwap(readyOf(node))
    const isDone = node === undefined || swap === undefined || (yield* swapTaints(node, swap, world))
    if (name !== undefined && isDone) zone.remove(name)
  }
  const due = world.memory.zones.nextAt()
  return due === undefined ? undefined : { after: Math.max(TAINT_PASS, due - world.monotonic) }
}

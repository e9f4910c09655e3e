import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { isConditionTrue } from '../../../kubernetes/conditions.ts'
import { isTerminal } from '../../../kubernetes/pods.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { patchPodStatus } from '../shared/pod-status.ts'
import { PodCensus } from './census.ts'

/** Source: pkg/controller/podgc/gc_controller.go, gcCheckPeriod and quarantineTime. */
const CHECK_PERIOD: Micros = seconds(20)
const QUARANTINE: Micros = seconds(40)
/** Source: podgc/config/v1alpha1/defaults.go, TerminatedPodGCThreshold. */
const TERMINATED_THRESHOLD = 12_500

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

interface Memory {
  /** Which Pods a round has to look at, kept up to date so that it need not look at all. */
  readonly census: PodCensus
  /** Nodes that Pods name and that are not there, with when this was noticed. */
  readonly missing: Map<string, Micros>
}

/**
 * Removes Pods that nobody else will: of nodes that are gone, on nodes that are out of service, unscheduled and terminating,
 * and the oldest of too many finished ones.
 *
 * Keys are Pods, or `node//name`: a node that is missing. Source: pkg/controller/podgc/gc_controller.go (v1.36).
 */
export const podGcController = defineController<Memory>({
  name: 'pod-garbage-collector-controller',
  account: 'pod-garbage-collector',
  component: 'pod-garbage-collector-controller',
  kinds: ['Pod', 'Node'],
  workers: 1,
  memory: () => ({ census: new PodCensus(), missing: new Map() }),
  wakes: (change, { memory }) => {
    if (change.kind === 'Pod') memory.census.note(change)
    return []
  },
  ticks: [{ name: 'gc', every: CHECK_PERIOD, run: collect }],

  *reconcile(key, world): Sync {
    if (key.startsWith(MISSING)) return yield* removeOrphans(key.slice(MISSING.length), world)
    const { namespace, name } = splitKey(key)
    const pod = world.view.get('Pod', namespace, name)
    if (pod !== undefined) yield* failAndDelete(pod, undefined, world)
  },
})

const MISSING = 'node//'

/** What fails is left to the next round. */
function* collect(world: World<Memory>): Generator<Wake> {
  const { view, memory } = world
  yield* terminated(memory.census, world)
  for (const key of memory.census.terminating) {
    const { namespace, name } = splitKey(key)
    const pod = view.get('Pod', namespace, name)
    if (pod !== undefined && isOnNodeOutOfService(pod, world)) yield key
  }
  yield* orphaned(world)
  for (const key of memory.census.unscheduledTerminating) yield key
}

function* terminated({ finished }: PodCensus, { view }: World<Memory>): Generator<Wake> {
  const surplus = finished.size - TERMINATED_THRESHOLD
  if (surplus <= 0) return
  const pods = [...finished].flatMap((key) => {
    const { namespace, name } = splitKey(key)
    return view.get('Pod', namespace, name) ?? []
  })
  const oldestFirst = pods.sort(byEvictionAndAge)
  for (const { metadata } of oldestFirst.slice(0, surplus)) yield keyFor(metadata.namespace, metadata.name)
}

/** Source: gc_controller.go, byEvictionAndCreationTimestamp. */
const byEvictionAndAge = (a: Pod, b: Pod): number => {
  const isEvicted = ({ status }: Pod): boolean => status?.reason === 'Evicted'
  if (isEvicted(a) !== isEvicted(b)) return isEvicted(a) ? -1 : 1
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
  if (left !== right) return left < right ? -1 : 1
  return a.metadata.name < b.metadata.name ? -1 : 1
}

/** Nobody on that node will ever say that the Pod has stopped. Source: gcTerminating. */
const isOnNodeOutOfService = (pod: Pod, { view }: World<Memory>): boolean => {
  const node = view.get('Node', undefined, pod.spec.nodeName ?? '')
  if (node === undefined || isConditionTrue(node.status?.conditions, 'Ready')) return false
  return node.spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) ?? false
}

/** A node that is missing stays under observation for a while before its Pods go. Source: gcOrphaned. */
function* orphaned({ view, memory, monotonic }: World<Memory>): Generator<Wake> {
  const { census, missing } = memory
  for (const node of [...missing.keys()]) {
    if (!census.nodes.has(node) || view.get('Node', undefined, node) !== undefined) missing.delete(node)
  }
  for (const node of census.nodes.keys()) {
    if (view.get('Node', undefined, node) !== undefined) continue
    const since = missing.get(node) ?? monotonic
    missing.set(node, since)
    if (monotonic - since < QUARANTINE) continue
    missing.delete(node)
    yield `${MISSING}${node}`
  }
}

/** Asks the API server itself before it believes that a node is gone. Source: discoverDeletedNodes. */
function* removeOrphans(node: string, world: World<Memory>): Sync {
  const answer = yield* call({ verb: 'get', kind: 'Node', name: node })
  if (answer.ok || answer.code !== 404) return
  for (const pod of world.view.indexed('Pod', 'node', node)) {
    yield* failAndDelete(pod, 'PodGC: node no longer exists', world)
  }
}

/** A Pod that did not finish is marked as failed first, with why it was disrupted. Source: markFailedAndDeletePodWithCondition. */
function* failAndDelete(pod: Pod, disruption: string | undefined, world: World<Memory>): Sync {
  const { namespace, name, generation } = pod.metadata
  if (!isTerminal(pod)) {
    const condition =
      disruption === undefined
        ? undefined
        : ({ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: disruption } as const)
    const change = { phase: 'Failed', observedGeneration: generation, condition } as const
    const patch = patchPodStatus(pod, change, rfc3339(world.now))
    if (patch !== undefined && !(yield* call(patch)).ok) return
  }
  yield* call({ verb: 'delete', kind: 'Pod', namespace, name, options: { gracePeriodSeconds: 0 } })
}

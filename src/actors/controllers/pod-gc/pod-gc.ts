import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import {
  call,
  defineController,
  keyOf,
  splitKey,
  type Sync,
  type Wake,
  type World,
} from '../../../engine/client/controller.ts'
import { findCondition, isConditionTrue } from '../../../kubernetes/conditions.ts'
import { isScheduled, isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { hasTaint } from '../../../kubernetes/tolerations.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/** Source: pkg/controller/podgc/gc_controller.go, gcCheckPeriod and quarantineTime. */
const CHECK_PERIOD: Micros = seconds(20)
const QUARANTINE: Micros = seconds(40)
/** Source: podgc/config/v1alpha1/defaults.go, TerminatedPodGCThreshold. */
const TERMINATED_THRESHOLD = 12_500

interface Memory {
  /** Nodes that Pods name and that are not there, with when this was noticed. */
  readonly missing: Map<string, Micros>
  /** Why a Pod goes, by key. */
  readonly reasons: Map<string, string>
}

/**
 * Removes Pods that nobody else will: of nodes that are gone, on nodes that are out of service, unscheduled and terminating,
 * and the oldest of too many finished ones.
 * Source: pkg/controller/podgc/gc_controller.go (v1.36).
 */
export const podGcController = defineController<Memory>({
  name: 'pod-garbage-collector-controller',
  account: 'pod-garbage-collector',
  component: 'pod-garbage-collector-controller',
  kinds: ['Pod', 'Node'],
  workers: 1,
  memory: () => ({ missing: new Map(), reasons: new Map() }),
  wakes: () => [],
  ticks: [{ name: 'gc', every: CHECK_PERIOD, run: collect }],

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const pod = world.view.get('Pod', namespace, name)
    const reason = world.memory.reasons.get(key)
    world.memory.reasons.delete(key)
    if (pod === undefined) return
    yield* fail(pod, reason, world)
    yield* call({
      verb: 'delete',
      kind: 'Pod',
      namespace,
      name,
      options: { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } },
    })
  },
})

/** A Pod that did not finish is marked as failed first, with why it was disrupted. */
function* fail(pod: Pod, disruption: string | undefined, world: World<Memory>): Sync {
  if (isTerminal(pod)) return
  const { namespace, name, uid, generation } = pod.metadata
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: disruption,
    observedGeneration: generation,
    lastTransitionTime: rfc3339(world.now),
  }
  const conditions = disruption === undefined ? undefined : [condition]
  const body = { metadata: { uid }, status: { phase: 'Failed', conditions } }
  yield* call({ verb: 'patch', kind: 'Pod', namespace, name, subresource: 'status', patchType: 'strategic', body })
}

function* collect(world: World<Memory>): Generator<Wake> {
  const pods = world.view.list('Pod')
  yield* terminated(pods)
  yield* onNodesOutOfService(pods, world)
  yield* orphaned(pods, world)
  for (const pod of pods) if (isTerminating(pod) && !isScheduled(pod)) yield keyOf(pod)
}

function* terminated(pods: readonly Pod[]): Generator<Wake> {
  const finished = pods.filter((pod) => isTerminal(pod))
  const surplus = finished.length - TERMINATED_THRESHOLD
  if (surplus <= 0) return
  const evicted = (pod: Pod): boolean => pod.status?.reason === 'Evicted'
  const oldestFirst = finished.toSorted((a, b) => {
    if (evicted(a) !== evicted(b)) return evicted(a) ? -1 : 1
    const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
    if (left !== right) return left < right ? -1 : 1
    return a.metadata.name < b.metadata.name ? -1 : 1
  })
  for (const pod of oldestFirst.slice(0, surplus)) yield keyOf(pod)
}

function* onNodesOutOfService(pods: readonly Pod[], world: World<Memory>): Generator<Wake> {
  for (const pod of pods) {
    if (!isTerminating(pod)) continue
    const node = world.view.get('Node', undefined, pod.spec.nodeName ?? '')
    if (node === undefined || isConditionTrue(node.status?.conditions, 'Ready')) continue
    if (findCondition(node.status?.conditions, 'Ready') === undefined) continue
    if (hasTaint(node.spec.taints, { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' })) yield keyOf(pod)
  }
}

function* orphaned(pods: readonly Pod[], world: World<Memory>): Generator<Wake> {
  const { missing, reasons } = world.memory
  const named = new Set<string>()
  for (const pod of pods) {
    const node = pod.spec.nodeName ?? ''
    if (node === '' || world.view.get('Node', undefined, node) !== undefined) continue
    named.add(node)
    const since = missing.get(node) ?? world.now
    missing.set(node, since)
    if (world.now - since < QUARANTINE) continue
    reasons.set(keyOf(pod), 'PodGC: node no longer exists')
    yield keyOf(pod)
  }
  for (const node of [...missing.keys()]) if (!named.has(node)) missing.delete(node)
}

import { seconds } from '../../../events/time.ts'
import { defineController, type Controller, type World } from '../../../engine/client/controller.ts'
import { keyOf, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { DaemonSet } from '../../../kubernetes/types/workloads.ts'
import { candidates, claim } from '../shared/claim.ts'
import { createPodCall } from '../shared/pod-control.ts'
import { podChanged, type PodOwners } from '../shared/pod-wakes.ts'
import { createPodsSlowly, deletePodsAtOnce } from '../shared/pod-writes.ts'
import { FailedPodBackOff } from './back-off.ts'
import { templateGeneration } from './generation.ts'
import { cleanupHistory, constructHistory, hashOf, type History } from './history.ts'
import { isRolling } from './limits.ts'
import { plan, podsByNode, type Changes } from './manage.ts'
import { templateFor } from './node-choice.ts'
import { planRollout } from './rolling.ts'
import { countNodes, writeStatus } from './status.ts'
import { daemonSetChanged, nodeChanged, revisionChanged } from './wakes.ts'

/** Most Pods that one pass creates, and deletes. Source: pkg/controller/daemon/daemon_controller.go, BurstReplicas. */
const BURST_REPLICAS = 250

const DAEMON_SETS: PodOwners<'DaemonSet'> = {
  kind: 'DaemonSet',
  selector: ({ spec }) => spec.selector,
  minReadySeconds: ({ spec }) => spec.minReadySeconds ?? 0,
}

/**
 * Keeps one Pod of each DaemonSet on each node that fits.
 * Source: pkg/controller/daemon/daemon_controller.go, syncDaemonSet (v1.36). Gate StaleControllerConsistencyDaemonSet: a key
 * waits until the view shows what was last written for it.
 */
export const daemonSetController = (readsOwnWrites: boolean): Controller =>
  defineController<FailedPodBackOff>({
    name: 'daemonset-controller',
    account: 'daemon-set-controller',
    kinds: ['DaemonSet', 'Pod', 'Node', 'ControllerRevision'],
    workers: 2,
    memory: () => new FailedPodBackOff(),
    readsOwnWrites,

    wakes(change, world) {
      if (change.kind === 'Pod') return podChanged(change, world, DAEMON_SETS)
      if (change.kind === 'Node') return nodeChanged(change, world)
      return change.kind === 'DaemonSet' ? daemonSetChanged(change, world) : revisionChanged(change, world)
    },

    *reconcile(key, world): Sync {
      const { namespace, name } = splitKey(key)
      const daemon = world.view.get('DaemonSet', namespace, name)
      if (daemon === undefined) {
        world.expectations.forget(key)
        return
      }
      if (selectsAll(daemon)) {
        const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
        world.event('DaemonSet', daemon, 'Warning', 'SelectingAll', message)
        return
      }
      // Its revisions may go before its Pods: nothing can be said of it any more.
      if (daemon.metadata.deletionTimestamp !== undefined) return
      const all = candidates('Pod', daemon, world.view)
      const history = yield* constructHistory(daemon, all, world)
      if ('failure' in history) return { retry: `failed to construct revisions of DaemonSet: ${history.failure}` }
      const { objects: pods, failure } = yield* claim('Pod', daemon, daemon.spec.selector, all)
      if (failure !== undefined) return { retry: failure }
      return yield* sync(daemon, pods, history, world)
    },
  })

const selectsAll = ({ spec: { selector } }: DaemonSet): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0

function* sync(daemon: DaemonSet, pods: readonly Pod[], history: History, world: World<FailedPodBackOff>): Sync {
  const { view } = world
  const key = keyOf(daemon)
  const nodes = view.list('Node')
  const hash = hashOf(history.current)
  const mayAct = world.expectations.satisfied(key, world.monotonic)
  const outcome: Outcome = mayAct ? yield* act(daemon, pods, nodes, history, world) : {}
  // Pods that were just written may be in view by now.
  const seen = mayAct ? view.indexed('Pod', 'controller', daemon.metadata.uid) : pods
  const counts = countNodes(daemon, nodes, podsByNode(seen), hash, world.now)
  const unwritten = yield* writeStatus(daemon, counts, mayAct)
  const failure = outcome.failure ?? unwritten
  if (failure !== undefined) return { retry: failure }
  const { minReadySeconds = 0 } = daemon.spec
  const isWaiting = minReadySeconds > 0 && counts.numberReady !== counts.numberAvailable
  const after = Math.min(outcome.after ?? Infinity, isWaiting ? seconds(minReadySeconds) : Infinity)
  return after === Infinity ? undefined : { after }
}

interface Outcome {
  readonly failure?: string
  readonly after?: number
}

/** Source: daemon_controller.go, updateDaemonSet. */
function* act(
  daemon: DaemonSet,
  pods: readonly Pod[],
  nodes: readonly Node[],
  { current, old }: History,
  world: World<FailedPodBackOff>,
): Sync<Outcome> {
  const hash = hashOf(current)
  const byNode = podsByNode(pods)
  const managed = plan(nodes, byNode, { daemon, hash, world })
  const failure = yield* carryOut(daemon, managed, hash, world)
  const { after } = managed
  if (failure !== undefined) return { failure, after }
  if (isRolling(daemon) && world.expectations.satisfied(keyOf(daemon), world.monotonic)) {
    const rollout = planRollout(daemon, nodes, byNode, hash, world.now)
    const problem = yield* carryOut(daemon, rollout, hash, world)
    if (problem !== undefined) return { failure: problem, after }
  }
  return { failure: yield* cleanupHistory(daemon, pods, old), after }
}

/** Source: daemon_controller.go, syncNodes. */
function* carryOut(daemon: DaemonSet, changes: Changes, hash: string, world: World): Sync<string | undefined> {
  const nodes = changes.create.slice(0, BURST_REPLICAS)
  const victims = changes.remove.slice(0, BURST_REPLICAS)
  if (nodes.length === 0 && victims.length === 0) return undefined
  const key = keyOf(daemon)
  world.expectations.expect(key, nodes.length, victims.map(keyOf), world.monotonic)
  const generation = templateGeneration(daemon)
  const calls = nodes.map((node) => createPodCall(daemon, templateFor(daemon.spec.template, node, generation, hash)))
  const created = yield* createPodsSlowly(key, daemon, calls, world)
  const deleted = yield* deletePodsAtOnce(key, daemon, victims, world)
  return created.failure ?? deleted.failure
}

import { defineController, type Controller, type World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Micros } from '../../events/envelope.ts'
import { minutes } from '../../events/time.ts'
import { sameJson } from '../../kubernetes/hash.ts'
import { amountOf, milliValue, value } from '../../kubernetes/quantity.ts'
import { parseTime, rfc3339 } from '../../kubernetes/time.ts'
import type { Container } from '../../kubernetes/types/container.ts'
import type { PodMetricsItem, PodMetricsList } from '../../kubernetes/types/metrics.ts'
import type { Condition } from '../../kubernetes/types/meta.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { ContainerState, MemoryWindow } from './container-state.ts'
import { checkpoints, saveCheckpoints } from './checkpoints.ts'
import { estimate } from './estimate.ts'
import { recommendation } from './policy.ts'
import { autoscalersIn, podsOfTarget, TARGET_KINDS } from './targets.ts'
import { CHECKPOINT_KIND, VPA_KIND, type RecommendedContainer, type VerticalPodAutoscaler } from './types.ts'

/** Source: pkg/recommender/main.go, recommender-interval (VPA 1.5). */
const INTERVAL: Micros = minutes(1)
const LOOP = 'loop'

/** What is known of one autoscaler's target, container by container. */
export interface Known {
  readonly states: Map<string, ContainerState>
  savedAt: Micros
}

/** What the recommender keeps in memory. Checkpoints hold the part that must outlive it. */
export interface Memory {
  /** By uid of the autoscaler. */
  readonly known: Map<string, Known>
  /** By Pod and container: when its last sample was taken, and its peak of memory. */
  readonly containers: Map<string, { sampledAt: Micros; readonly window: MemoryWindow; oomAt: Micros }>
}

/**
 * Looks at what Pods use and says what they should ask for.
 * Source: vertical-pod-autoscaler/pkg/recommender/routines/recommender.go, RunOnce (VPA 1.5).
 */
export const vpaRecommender: Controller = defineController<Memory>({
  // Its process bears the program's name.
  name: 'vpa-recommender-loop',
  account: 'vpa-recommender',
  component: 'vpa-recommender',
  kinds: [VPA_KIND, CHECKPOINT_KIND, 'Pod', ...TARGET_KINDS],
  workers: 1,
  memory: () => ({ known: new Map(), containers: new Map() }),
  wakes: () => [],
  ticks: [{ name: LOOP, every: INTERVAL, run: () => [LOOP] }],

  *reconcile(_key, world): Sync {
    const autoscalers = autoscalersIn(world.view)
    forgetGone(autoscalers, world)
    const namespaces = new Set(autoscalers.map(({ metadata }) => metadata.namespace ?? ''))
    for (const namespace of namespaces) {
      const answer = yield* call({
        verb: 'list',
        kind: 'pods.metrics.k8s.io',
        apiVersion: 'metrics.k8s.io/v1beta1',
        namespace,
      })
      if (!answer.ok) continue
      const items = new Map((answer.body as PodMetricsList).items.map((item) => [item.metadata.name, item]))
      for (const autoscaler of autoscalersIn(world.view, namespace)) learn(autoscaler, items, world)
    }
    for (const autoscaler of autoscalers) yield* advise(autoscaler, world)
    yield* saveCheckpoints(autoscalers, world)
  },
})

const forgetGone = (autoscalers: readonly VerticalPodAutoscaler[], { memory, view }: World<Memory>): void => {
  const uids = new Set(autoscalers.map(({ metadata }) => metadata.uid))
  for (const uid of memory.known.keys()) if (!uids.has(uid)) memory.known.delete(uid)
  const pods = new Set(view.list('Pod').map(({ metadata }) => metadata.uid))
  for (const key of memory.containers.keys()) {
    if (!pods.has(key.slice(0, key.indexOf('/')))) memory.containers.delete(key)
  }
}

const knownOf = (autoscaler: VerticalPodAutoscaler, { memory, view, now }: World<Memory>): Known => {
  const { uid } = autoscaler.metadata
  let known = memory.known.get(uid)
  if (known === undefined) {
    memory.known.set(uid, (known = { states: new Map(), savedAt: now }))
    for (const { spec, status } of checkpoints(autoscaler, view)) {
      const state = new ContainerState()
      if (status !== undefined) state.load(status)
      known.states.set(spec.containerName ?? '', state)
    }
  }
  return known
}

const learn = (
  autoscaler: VerticalPodAutoscaler,
  items: ReadonlyMap<string, PodMetricsItem>,
  world: World<Memory>,
): void => {
  const { states } = knownOf(autoscaler, world)
  for (const pod of podsOfTarget(autoscaler, world.view)) {
    const item = items.get(pod.metadata.name)
    for (const container of pod.spec.containers) {
      let state = states.get(container.name)
      if (state === undefined) states.set(container.name, (state = new ContainerState()))
      sample(pod, container, item, state, world)
    }
  }
}

const sample = (
  pod: Pod,
  { name, resources }: Container,
  item: PodMetricsItem | undefined,
  state: ContainerState,
  { memory }: World<Memory>,
): void => {
  const key = `${pod.metadata.uid}/${name}`
  let container = memory.containers.get(key)
  if (container === undefined) {
    memory.containers.set(key, (container = { sampledAt: -1, window: new MemoryWindow(), oomAt: -1 }))
  }
  const { cpu: requestedCPU = '0', memory: requestedMemory = '0' } = resources?.requests ?? {}
  const killed = oomOf(pod, name)
  if (killed !== undefined && killed > container.oomAt) {
    container.oomAt = killed
    container.window.recordOOM(value(requestedMemory), killed, state)
  }
  const usage = item?.containers.find((one) => one.name === name)?.usage
  const at = parseTime(item?.timestamp ?? '')
  if (usage === undefined || at === undefined || at <= container.sampledAt) return
  container.sampledAt = at
  state.addCPU(Number(amountOf(usage['cpu'] ?? '0').nanos), milliValue(requestedCPU), at)
  container.window.add(value(usage['memory'] ?? '0'), at, state)
}

/** When the container's last life ended for want of memory. */
const oomOf = ({ status }: Pod, container: string): Micros | undefined => {
  const one = status?.containerStatuses?.find(({ name }) => name === container)
  const ended = one?.lastState?.terminated ?? one?.state?.terminated
  return ended?.reason === 'OOMKilled' ? parseTime(ended.finishedAt ?? '') : undefined
}

/** Writes the recommendation where it is another. Source: routines/recommender.go, UpdateVPAs; model/vpa.go, UpdateConditions. */
function* advise(autoscaler: VerticalPodAutoscaler, world: World<Memory>): Sync<void> {
  const { states } = knownOf(autoscaler, world)
  const recommended: RecommendedContainer[] = []
  for (const name of [...states.keys()].sort(byCodeUnit)) {
    const state = states.get(name)
    if (state === undefined || state.samples === 0) continue
    const one = recommendation(autoscaler, name, estimate(state, states.size))
    if (one !== undefined) recommended.push(one)
  }
  const matches = podsOfTarget(autoscaler, world.view).length > 0
  const before = autoscaler.status?.conditions ?? []
  const conditions = [
    condition(before, 'RecommendationProvided', recommended.length > 0, '', '', world.now),
    ...(matches
      ? []
      : [condition(before, 'NoPodsMatched', true, 'NoPodsMatched', 'No pods match this VPA object', world.now)]),
  ]
  const status = {
    ...(recommended.length === 0 ? {} : { recommendation: { containerRecommendations: recommended } }),
    conditions,
  }
  if (sameJson(autoscaler.status ?? {}, status)) return
  const { namespace, name } = autoscaler.metadata
  const body = { status: { recommendation: null, ...status } }
  yield* call({ verb: 'patch', kind: VPA_KIND, namespace, name, subresource: 'status', patchType: 'merge', body })
}

const condition = (
  before: readonly Condition[],
  type: string,
  holds: boolean,
  reason: string,
  message: string,
  now: Micros,
): Condition => {
  const status = holds ? 'True' : 'False'
  const old = before.find((one) => one.type === type)
  const since = old?.status === status ? old.lastTransitionTime : undefined
  return { type, status, lastTransitionTime: since ?? rfc3339(now), reason, message }
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

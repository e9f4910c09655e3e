import { defineController, type Controller, type World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Micros } from '../../events/envelope.ts'
import { minutes } from '../../events/time.ts'
import { controllerOf } from '../../kubernetes/owners.ts'
import { isTerminating } from '../../kubernetes/pods.ts'
import { parseTime } from '../../kubernetes/time.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { View } from '../../kubernetes/view.ts'
import { EvictionBudget } from './eviction-budget.ts'
import { inPlaceDecision, isResizing, type ResizesSeen } from './in-place.ts'
import { resizePatch } from './pod-patch.ts'
import { autoscalersIn, podsOfTarget, TARGET_KINDS } from './targets.ts'
import { updateModeOf, VPA_KIND, type UpdateMode, type VerticalPodAutoscaler } from './types.ts'
import { mostUrgentFirst, updatePriority, type UpdatePriority } from './update-priority.ts'

/** Source: pkg/updater/main.go, updater-interval and min-replicas (VPA 1.5). */
const INTERVAL: Micros = minutes(1)
const MIN_REPLICAS = 2
const LOOP = 'loop'

/** The Lease by which the admission controller shows that it is there. Source: pkg/utils/status/status_object.go. */
export const ADMISSION_LEASE = 'vpa-admission-controller'
/** Source: pkg/utils/status/status_object.go, AdmissionControllerStatusTimeout. */
const ADMISSION_TIMEOUT: Micros = minutes(1)

const UPDATING: ReadonlySet<UpdateMode> = new Set(['Recreate', 'Auto', 'InPlaceOrRecreate'])

/** Source: pkg/utils/annotations/vpa.go. */
const IN_PLACE_UPDATED = 'vpaInPlaceUpdated'

interface Memory {
  readonly resizes: ResizesSeen
}

/**
 * Resizes Pods that have too much or too little, or evicts them, for new ones to be admitted with what is recommended.
 * Source: vertical-pod-autoscaler/pkg/updater/logic/updater.go, RunOnce (VPA 1.5).
 */
export const vpaUpdater: Controller = defineController({
  name: 'vpa-updater-loop',
  account: 'vpa-updater',
  component: 'vpa-updater',
  kinds: [VPA_KIND, 'Pod', ...TARGET_KINDS],
  workers: 1,
  memory: (): Memory => ({ resizes: new Map() }),
  wakes: () => [],
  ticks: [{ name: LOOP, every: INTERVAL, run: () => [LOOP] }],

  *reconcile(_key, world): Sync {
    // Without the admission controller new Pods would be as the old ones, for ever.
    if (!(yield* isAdmissionAlive(world))) return
    forgetResizes(world)
    for (const autoscaler of autoscalersIn(world.view)) {
      if (UPDATING.has(updateModeOf(autoscaler))) yield* updatePods(autoscaler, world)
    }
  },
})

/** What is known of resizes that are over. */
const forgetResizes = ({ memory: { resizes }, view }: World<Memory>): void => {
  if (resizes.size === 0) return
  const going = new Set(
    view
      .list('Pod')
      .filter(isResizing)
      .map(({ metadata }) => metadata.uid),
  )
  for (const uid of [...resizes.keys()]) if (!going.has(uid)) resizes.delete(uid)
}

function* isAdmissionAlive({ now }: World<Memory>): Sync<boolean> {
  const answer = yield* call({ verb: 'get', kind: 'Lease', namespace: 'kube-system', name: ADMISSION_LEASE })
  const renewed = answer.ok ? answer.object?.spec.renewTime : undefined
  return renewed !== undefined && (parseTime(renewed) ?? 0) + ADMISSION_TIMEOUT >= now
}

function* updatePods(autoscaler: VerticalPodAutoscaler, world: World<Memory>): Sync<void> {
  const recommended = autoscaler.status?.recommendation?.containerRecommendations ?? []
  if (recommended.length === 0) return
  const pods = podsOfTarget(autoscaler, world.view).filter((pod) => !isTerminating(pod))
  const budgets = budgetsOf(pods, autoscaler.spec.updatePolicy?.minReplicas ?? MIN_REPLICAS, world.view)
  const urgent: UpdatePriority[] = []
  for (const pod of pods) {
    const priority = updatePriority(autoscaler, pod, recommended, world.now)
    if (priority !== undefined) urgent.push(priority)
  }
  const isInPlace = updateModeOf(autoscaler) === 'InPlaceOrRecreate'
  const failed: Pod[] = []
  for (const { pod } of urgent.sort(mostUrgentFirst)) {
    const budget = budgets.get(controllerOf(pod)?.uid ?? '')
    const decision = isInPlace ? inPlaceDecision(pod, budget, world.memory.resizes, world.now) : 'evict'
    if (decision === 'evict') failed.push(pod)
    else if (decision === 'approved' && budget !== undefined) yield* resize(pod, autoscaler, budget, world)
  }
  for (const pod of failed) {
    const budget = budgets.get(controllerOf(pod)?.uid ?? '')
    if (budget?.allows(pod) === true) yield* evict(pod, autoscaler, budget, world)
  }
}

function* resize(
  pod: Pod,
  autoscaler: VerticalPodAutoscaler,
  budget: EvictionBudget,
  world: World<Memory>,
): Sync<void> {
  const steps = resizePatch(pod, autoscaler)
  if (steps.length === 0) return
  const { namespace, name, uid, annotations } = pod.metadata
  const about = { kind: 'Pod', namespace, name, patchType: 'json' } as const
  const answer = yield* call({ verb: 'patch', ...about, subresource: 'resize', body: steps })
  if (!answer.ok) return
  world.memory.resizes.delete(uid)
  budget.inPlaceUpdated()
  const empty = annotations === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} }] : []
  const mark = { op: 'add', path: `/metadata/annotations/${IN_PLACE_UPDATED}`, value: 'true' }
  yield* call({ verb: 'patch', ...about, body: [...empty, mark] })
  world.event('Pod', pod, 'Normal', 'InPlaceResizedByVPA', 'Pod was resized in place by VPA Updater.')
}

function* evict(pod: Pod, autoscaler: VerticalPodAutoscaler, budget: EvictionBudget, world: World<Memory>): Sync<void> {
  const { namespace, name, uid } = pod.metadata
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } }
  const answer = yield* call({ verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction', body })
  if (!answer.ok) return
  world.memory.resizes.delete(uid)
  budget.evicted(pod)
  const message = 'Pod was evicted by VPA Updater to apply resource recommendation.'
  world.event('Pod', pod, 'Normal', 'EvictedByVPA', message)
  const told = `VPA Updater evicted Pod ${name} to apply resource recommendation.`
  world.event(VPA_KIND, autoscaler, 'Normal', 'EvictedPod', told)
}

const budgetsOf = (pods: readonly Pod[], minReplicas: number, view: View): ReadonlyMap<string, EvictionBudget> => {
  const groups = new Map<string, Pod[]>()
  for (const pod of pods) {
    const { uid } = controllerOf(pod) ?? {}
    if (uid === undefined) continue
    const group = groups.get(uid)
    if (group === undefined) groups.set(uid, [pod])
    else group.push(pod)
  }
  const budgets = new Map<string, EvictionBudget>()
  for (const [uid, group] of groups) {
    if (group.length < minReplicas) continue
    budgets.set(uid, new EvictionBudget(group, configuredReplicas(group, view)))
  }
  return budgets
}

/** What the Pods' controller is to have; of others than those that say so, what there is. Source: pkg/updater/restriction/pods_restriction_factory.go. */
const configuredReplicas = (group: readonly Pod[], view: View): number => {
  const [first] = group
  const owner = first === undefined ? undefined : controllerOf(first)
  const namespace = first?.metadata.namespace
  switch (owner?.kind) {
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'ReplicationController':
      return view.get(owner.kind, namespace, owner.name)?.spec.replicas ?? 1
    default:
      return group.length
  }
}

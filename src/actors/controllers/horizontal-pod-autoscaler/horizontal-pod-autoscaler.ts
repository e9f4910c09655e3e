import { either } from 'fp-ts'
import { defineController, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { parseLabelSelector } from '../../../kubernetes/label-query.ts'
import { compileRequirements } from '../../../kubernetes/selectors.ts'
import type { HorizontalPodAutoscaler, MetricStatus } from '../../../kubernetes/types/autoscaling.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { historyOf, type Memory } from './memory.ts'
import { normalize } from './normalize.ts'
import { propose, type NoProposal, type Proposal, type Scaled } from './proposals.ts'
import { withScaleEvent } from './rates.ts'
import { Findings } from './status.ts'
import { readTarget, writeScale, type Scale, type Target } from './target.ts'

/** Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerSyncPeriod (v1.36). */
const SYNC_PERIOD: Micros = seconds(15)

/** What is decided about a target's size, and what was seen. */
interface Wish {
  readonly desired: number
  readonly because: string
  readonly metrics: readonly MetricStatus[]
}

/** Nothing can be decided. */
interface NoWish {
  readonly metrics: readonly MetricStatus[]
  readonly problem: string
}

/**
 * Sizes each autoscaler's target so that its metrics come near what is wanted of them.
 *
 * A key comes back every 15 s, whether it failed or not, and a change of the autoscaler waits for that long too.
 * Source: pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler (v1.36).
 */
export const horizontalPodAutoscalerController = defineController<Memory>({
  name: 'horizontal-pod-autoscaler-controller',
  account: 'horizontal-pod-autoscaler',
  clients: 2,
  component: 'horizontal-pod-autoscaler',
  kinds: ['HorizontalPodAutoscaler', 'Pod', 'CustomResourceDefinition'],
  workers: 5,
  memory: () => new Map(),

  wakes: ({ kind, namespace, name, after }, { memory }) => {
    if (kind !== 'HorizontalPodAutoscaler') return []
    const key = keyFor(namespace, name)
    if (after !== undefined) return [{ key, after: SYNC_PERIOD }]
    memory.delete(key)
    return []
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const autoscaler = world.view.get('HorizontalPodAutoscaler', namespace, name)
    if (autoscaler === undefined) return
    yield* scaleOnce(key, autoscaler, world)
    return { after: SYNC_PERIOD }
  },
})

function* scaleOnce(key: string, autoscaler: HorizontalPodAutoscaler, world: World<Memory>): Sync<void> {
  const findings = new Findings(autoscaler, world)
  const warn = (reason: string, message: string): void =>
    world.event('HorizontalPodAutoscaler', autoscaler, 'Warning', reason, message)
  const target = yield* readTarget(autoscaler, world)
  if ('problem' in target) {
    warn('FailedGetScale', target.problem)
    const message = `the HPA controller was unable to get the target's current scale: ${target.problem}`
    findings.note('AbleToScale', false, 'FailedGetScale', message)
    yield* findings.write()
    return
  }
  findings.note(
    'AbleToScale',
    true,
    'SucceededGetScale',
    "the HPA controller was able to get the target's current scale",
  )
  const current = target.scale.spec.replicas ?? 0
  const history = historyOf(world.memory, key)
  if (history.recommendations.length === 0) history.recommendations = [{ replicas: current, at: world.now }]
  const wish = yield* decide(key, autoscaler, target.scale, findings, world)
  if ('problem' in wish) {
    yield* findings.write({ current, metrics: wish.metrics, isRescaled: false })
    warn('FailedComputeMetricsReplicas', wish.problem)
    return
  }
  const { desired, metrics } = wish
  const isRescaled = desired !== current
  if (isRescaled && !(yield* rescale(key, autoscaler, target, wish, findings, world))) {
    yield* findings.write({ current, metrics, isRescaled: false })
    return
  }
  yield* findings.write({ current, desired, metrics, isRescaled })
}

/** What size the target should have, and why. */
function* decide(
  key: string,
  autoscaler: HorizontalPodAutoscaler,
  scale: Scale,
  findings: Findings,
  world: World<Memory>,
): Sync<Wish | NoWish> {
  const current = scale.spec.replicas ?? 0
  const { minReplicas: min = 1, maxReplicas } = autoscaler.spec
  if (current === 0 && min !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero'
    findings.note('ScalingActive', false, 'ScalingDisabled', message)
    return { desired: 0, because: '', metrics: [] }
  }
  if (current > maxReplicas) {
    return { desired: maxReplicas, because: 'Current number of replicas above Spec.MaxReplicas', metrics: [] }
  }
  if (current < min) return { desired: min, because: 'Current number of replicas below Spec.MinReplicas', metrics: [] }
  const measured = yield* measure(key, autoscaler, scale, findings, world)
  if ('problem' in measured) return measured
  const proposed = { autoscaler, current, desired: measured.desired, min, now: world.now }
  const { replicas, able, limited, limit } = normalize(proposed, historyOf(world.memory, key))
  findings.note('AbleToScale', true, able.reason, able.message)
  findings.note('ScalingLimited', limited, limit.reason, limit.message)
  const because =
    measured.desired > current
      ? `${measured.because} above target`
      : measured.desired < current
        ? 'All metrics below target'
        : ''
  return { ...measured, desired: replicas, because }
}

/** The place of a metric that says nothing stays empty: readers match metrics with their specs by position. */
const NOTHING_KNOWN: MetricStatus = { type: '' }

/** The largest of what the metrics ask for. Source: horizontal.go, computeReplicasForMetrics (v1.36). */
function* measure(
  key: string,
  autoscaler: HorizontalPodAutoscaler,
  { spec, status }: Scale,
  findings: Findings,
  world: World<Memory>,
): Sync<Wish | NoWish> {
  const { namespace = '' } = autoscaler.metadata
  const { metrics: specs = [] } = autoscaler.spec
  const selector = status.selector ?? ''
  const pods = selectPods(key, autoscaler, selector, findings, world)
  if (either.isLeft(pods)) return { metrics: [], problem: pods.left }
  const wanted = spec.replicas ?? 0
  const selected = { namespace, selector }
  const scaled: Scaled = { autoscaler, selected, pods: pods.right, wanted, present: status.replicas, now: world.now }
  const metrics: MetricStatus[] = []
  let largest: Proposal | undefined
  let first: NoProposal | undefined
  let unknown = 0
  for (const one of specs) {
    const proposal = yield* propose(one, scaled)
    if ('error' in proposal) {
      world.event('HorizontalPodAutoscaler', autoscaler, 'Warning', proposal.reason, proposal.message)
      first ??= proposal
      unknown++
      metrics.push(NOTHING_KNOWN)
      continue
    }
    metrics.push(proposal.status)
    if (largest === undefined || proposal.replicas > largest.replicas) largest = proposal
  }
  if (largest === undefined || (first !== undefined && largest.replicas < wanted)) {
    const message = `the HPA was unable to compute the replica count: ${first?.message ?? ''}`
    findings.note('ScalingActive', false, first?.reason ?? 'InvalidMetricSourceType', message)
    const error = first?.error ?? ''
    return { metrics, problem: `invalid metrics (${unknown} invalid out of ${specs.length}), first error is: ${error}` }
  }
  const message = `the HPA was able to successfully calculate a replica count from ${largest.metric}`
  findings.note('ScalingActive', true, 'ValidMetricFound', message)
  return { desired: largest.replicas, because: largest.metric, metrics }
}

/** The Pods of the target, unless another autoscaler's target has one of them. Source: horizontal.go, validateAndParseSelector. */
const selectPods = (
  key: string,
  autoscaler: HorizontalPodAutoscaler,
  selector: string,
  findings: Findings,
  world: World<Memory>,
): either.Either<string, readonly Pod[]> => {
  const refuse = (reason: string, event: string, message: string, told = message): either.Either<string, never> => {
    world.event('HorizontalPodAutoscaler', autoscaler, 'Warning', event, told)
    findings.note('ScalingActive', false, reason, message)
    return either.left(told)
  }
  if (selector === '') {
    const message = "the HPA target's scale is missing a selector"
    return refuse('InvalidSelector', 'SelectorRequired', message, 'selector is required')
  }
  const requirements = parseLabelSelector(selector)
  if (either.isLeft(requirements)) {
    const message = `couldn't convert selector into a corresponding internal selector object: ${requirements.left}`
    return refuse('InvalidSelector', 'InvalidSelector', message)
  }
  historyOf(world.memory, key).selector = selector
  const matches = compileRequirements(requirements.right)
  const { namespace } = autoscaler.metadata
  const pods = world.view.list('Pod', namespace).filter(({ metadata }) => matches(metadata.labels))
  const rivals = rivalsFor(pods, namespace ?? '', world.memory)
  if (rivals.length <= 1) return either.right(pods)
  const named = rivals.join(' ')
  const message = `pods by selector ${selector} are controlled by multiple HPAs: [${named}]`
  return refuse('AmbiguousSelector', 'AmbiguousSelector', message)
}

/** The autoscalers of a namespace whose selectors match one of the Pods, by key. */
const rivalsFor = (pods: readonly Pod[], namespace: string, memory: Memory): readonly string[] => {
  const rivals: string[] = []
  for (const [key, { selector }] of memory) {
    if (selector === '' || splitKey(key).namespace !== namespace) continue
    const requirements = parseLabelSelector(selector)
    if (either.isLeft(requirements)) continue
    const matches = compileRequirements(requirements.right)
    if (pods.some(({ metadata }) => matches(metadata.labels))) rivals.push(key)
  }
  return rivals
}

/** Asks for the size; whether that was granted. */
function* rescale(
  key: string,
  autoscaler: HorizontalPodAutoscaler,
  target: Target,
  { desired, because }: Wish,
  findings: Findings,
  world: World<Memory>,
): Sync<boolean> {
  const current = target.scale.spec.replicas ?? 0
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    world.event('HorizontalPodAutoscaler', autoscaler, type, reason, message)
  const answer = yield* writeScale(target, autoscaler, desired)
  if (!answer.ok) {
    tell('Warning', 'FailedRescale', `New size: ${desired}; reason: ${because}; error: ${answer.message}`)
    const message = `the HPA controller was unable to update the target scale: ${answer.message}`
    findings.note('AbleToScale', false, 'FailedUpdateScale', message)
    return false
  }
  const message = `the HPA controller was able to update the target scale to ${desired}`
  findings.note('AbleToScale', true, 'SucceededRescale', message)
  tell('Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${because}`)
  const { behavior } = autoscaler.spec
  const history = historyOf(world.memory, key)
  if (behavior === undefined) return true
  if (desired > current) history.ups = withScaleEvent(history.ups, desired - current, behavior.scaleUp, world.now)
  else history.downs = withScaleEvent(history.downs, current - desired, behavior.scaleDown, world.now)
  return true
}

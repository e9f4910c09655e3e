import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import { goSelector } from '../../../kubernetes/go-selector.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { CoveredPods, podKey, podOf } from './covered-pods.ts'
import { expectedOf } from './expected.ts'
import { clearStale, staleIn } from './stale-condition.ts'
import { countHealthy, failedSafe, stillDisrupted, withStatus } from './status.ts'

const CONFLICT = 409

/**
 * Tells in each PodDisruptionBudget's status how many of its Pods may be evicted. It only counts: what it allows is taken
 * off by the API server's eviction handler, one eviction at a time, over the same object.
 * Source: pkg/controller/disruption/disruption.go, sync and trySync (v1.36).
 */
export const disruptionController = defineController<CoveredPods>({
  name: 'disruption-controller',
  component: 'controllermanager',
  clients: 2,
  kinds: ['PodDisruptionBudget', 'Pod', 'ReplicationController', 'ReplicaSet', 'Deployment', 'StatefulSet'],
  workers: 1,
  memory: () => new CoveredPods(),

  wakes: (change, world) => {
    const { kind, namespace = '', name, after } = change
    if (kind === 'Pod') return podChanged(change, world)
    if (kind !== 'PodDisruptionBudget') return []
    world.memory.budgetChanged(name, namespace, after as PodDisruptionBudget | undefined, world.view)
    return [keyFor(namespace, name)]
  },

  *reconcile(key, world): Sync {
    const pod = podOf(key)
    if (pod !== undefined) return yield* clearStale(pod, world)
    const { namespace, name } = splitKey(key)
    const budget = world.view.get('PodDisruptionBudget', namespace, name)
    if (budget === undefined) return
    return yield* syncBudget(budget, world)
  },
})

const podChanged = (change: Change, world: World<CoveredPods>): readonly Wake[] => {
  const { namespace = '', name } = change
  const pod = change.after as Pod | undefined
  const covering = world.memory.podChanged(change)
  const wait = pod === undefined ? undefined : staleIn(pod, world.now)
  const [budget] = covering
  const wakes: Wake[] = budget === undefined ? [] : [keyFor(namespace, budget)]
  if (wait !== undefined) wakes.push({ key: podKey(namespace, name), after: wait })
  if (budget !== undefined && covering.length > 1) {
    const chosen = `Chose ${JSON.stringify(budget)} arbitrarily.`
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  ${chosen}`
    const about = pod ?? change.before
    if (about !== undefined) world.event('Pod', about, 'Warning', 'MultiplePodDisruptionBudgets', message)
  }
  return wakes
}

function* syncBudget(budget: PodDisruptionBudget, world: World<CoveredPods>): Sync {
  const { view } = world
  const pods = world.memory.podsOf(budget, view)
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    world.event('PodDisruptionBudget', budget, type, reason, message)
  if (pods.length === 0) tell('Normal', 'NoPods', 'No matching pods found')
  const expected = yield* expectedOf(budget, pods, view)
  if (typeof expected === 'string') {
    const why = `Failed to calculate the number of expected pods: ${expected}`
    tell('Warning', 'CalculateExpectedPodCountFailed', why)
    return yield* write(failedSafe(budget, expected, world.now))
  }
  if (expected.unmanaged.length > 0) tell('Warning', 'UnmanagedPods', unmanagedMessage(budget))
  const { now } = world
  const disrupted = stillDisrupted(budget, pods, now)
  for (const pod of disrupted.notDeleted) {
    // Upstream names the budget's namespace twice.
    const { namespace = '' } = budget.metadata
    const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
    world.event('Pod', pod, 'Warning', 'NotDeleted', message)
  }
  const next = withStatus(budget, expected, countHealthy(pods, disrupted.pods, now), disrupted.pods, now)
  if (next !== undefined) {
    const failure = yield* writeStatus(next)
    if (failure?.code === CONFLICT) return { retry: failure.message }
    if (failure !== undefined) return yield* write(failedSafe(budget, failure.message, now))
  }
  if (disrupted.until !== undefined) return { after: disrupted.until - now }
}

const unmanagedMessage = ({ spec }: PodDisruptionBudget): string =>
  `Pods selected by this PodDisruptionBudget (selector: ${goSelector(spec.selector)}) were found to be unmanaged. As a ` +
  'result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for ' +
  'these pods please set ".spec.minAvailable" field of the PDB to an integer value.'

/** The last word on a budget: when it is not heard, the whole sync is tried again. */
function* write(budget: PodDisruptionBudget): Sync {
  const failure = yield* writeStatus(budget)
  if (failure !== undefined) return { retry: failure.message }
}

function* writeStatus(
  body: PodDisruptionBudget,
): Sync<{ readonly code: number; readonly message: string } | undefined> {
  const { namespace, name } = body.metadata
  const answer = yield* call({
    verb: 'update',
    kind: 'PodDisruptionBudget',
    namespace,
    name,
    subresource: 'status',
    body,
  })
  return answer.ok ? undefined : answer
}

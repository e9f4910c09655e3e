import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import {
  call,
  defineController,
  type Controller,
  type Sync,
  type SyncResult,
  type World,
} from '../../../engine/client/controller.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'

/** Source: pkg/controller/namespace/namespace_controller.go, namespaceDeletionGracePeriod and nsControllerRateLimiter. */
const GRACE: Micros = seconds(5)
const RETRY_BASE: Micros = millis(5)
const RETRY_MAX: Micros = seconds(60)

/** The finalizer in `spec` that this controller takes away. */
const KUBERNETES = 'kubernetes'

/** What is left after one pass: objects by kind, and how long the slowest of them may take. */
interface Remaining {
  readonly counts: readonly (readonly [Kind, number])[]
  readonly seconds: number
}

/**
 * Empties namespaces that are being deleted, Pods first, and lets them go when nothing is left.
 * Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, Delete and deleteAllContent (v1.36).
 */
export const namespaceController = (namespacedKinds: readonly Kind[]): Controller =>
  defineController({
    name: 'namespace-controller',
    kinds: ['Namespace', 'Pod'],
    workers: 10,
    memory: () => undefined,
    queue: { base: RETRY_BASE, max: RETRY_MAX },
    wakes: (change) =>
      change.kind === 'Namespace' && change.after?.metadata.deletionTimestamp !== undefined
        ? [{ key: change.name, after: GRACE }]
        : [],

    *reconcile(name, world): Sync {
      const seen = world.view.get('Namespace', undefined, name)
      if (seen?.metadata.deletionTimestamp === undefined) return
      const live = yield* call({ verb: 'get', kind: 'Namespace', name })
      if (!live.ok) return live.code === 404 ? undefined : { retry: live.message }
      const namespace = live.object
      if (namespace === undefined || !finalizersOf(namespace).includes(KUBERNETES)) return
      const remaining = yield* deleteContent(name, namespacedKinds, world)
      if (typeof remaining === 'string') return { retry: remaining }
      const failure = yield* report(namespace, remaining, world)
      if (failure !== undefined) return failure
      if (remaining.counts.length === 0) return yield* finalize(name)
      // Half of what the slowest needs, and a second for it to be written down.
      return { after: seconds(Math.floor(remaining.seconds / 2) + 1) }
    },
  })

const finalizersOf = (namespace: Namespace): readonly string[] => namespace.spec?.finalizers ?? []

function* deleteContent(namespace: string, kinds: readonly Kind[], world: World): Sync<Remaining | string> {
  const pods = yield* deleteKind('Pod', namespace)
  if (typeof pods === 'string') return pods
  if (pods > 0) return { counts: [['Pod', pods]], seconds: graceOfPods(namespace, world) }
  const counts: (readonly [Kind, number])[] = []
  for (const kind of kinds) {
    if (kind === 'Pod') continue
    const left = yield* deleteKind(kind, namespace)
    if (typeof left === 'string') return left
    if (left > 0) counts.push([kind, left])
  }
  // Source: namespaced_resources_deleter.go, finalizerEstimateSeconds.
  return { counts, seconds: counts.length === 0 ? 0 : 15 }
}

/** Deletes all of a kind; how many are still there after that, or why not. */
function* deleteKind(kind: Kind, namespace: string): Sync<number | string> {
  const before = yield* call({ verb: 'list', kind, namespace })
  if (!before.ok) return before.message
  if (before.items === 0) return 0
  const deleted = yield* call({
    verb: 'deletecollection',
    kind,
    namespace,
    options: { propagationPolicy: 'Background' },
  })
  if (!deleted.ok) return deleted.message
  const after = yield* call({ verb: 'list', kind, namespace })
  return after.ok ? after.items : after.message
}

/** Source: estimateGracefulTerminationForPods: the longest grace period of a Pod that runs. */
const graceOfPods = (namespace: string, world: World): number =>
  world.view
    .list('Pod', namespace)
    .reduce((most, pod) => Math.max(most, pod.spec.terminationGracePeriodSeconds ?? 0), 0)

/** Says in the conditions what is left. */
function* report(namespace: Namespace, { counts }: Remaining, world: World): Sync<SyncResult> {
  const now = rfc3339(world.now)
  const { name } = namespace.metadata
  const left = counts.map(([kind, count]) => `${kind.toLowerCase()}s. has ${count} resource instances`)
  const remaining =
    counts.length === 0
      ? { status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' }
      : { status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${left.join(', ')}` }
  const before = namespace.status?.conditions
  let conditions = before
  for (const condition of [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      status: 'False',
      reason: 'ResourcesDiscovered',
      message: 'All resources successfully discovered',
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      status: 'False',
      reason: 'ParsedGroupVersions',
      message: 'All legacy kube types successfully parsed',
    },
    {
      type: 'NamespaceDeletionContentFailure',
      status: 'False',
      reason: 'ContentDeleted',
      message: 'All content successfully deleted, may be waiting on finalization',
    },
    { type: 'NamespaceContentRemaining', ...remaining },
    {
      type: 'NamespaceFinalizersRemaining',
      status: 'False',
      reason: 'ContentHasNoFinalizers',
      message: 'All content-preserving finalizers finished',
    },
  ] as const) {
    conditions = setCondition(conditions, condition as NonNullable<typeof conditions>[number], now)
  }
  if (conditions === before) return
  const body = { ...namespace, status: { ...namespace.status, conditions } }
  const answer = yield* call({ verb: 'update', kind: 'Namespace', name, subresource: 'status', body })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

function* finalize(name: string): Sync {
  const live = yield* call({ verb: 'get', kind: 'Namespace', name })
  if (!live.ok || live.object === undefined) return
  const finalizers = finalizersOf(live.object).filter((finalizer) => finalizer !== KUBERNETES)
  const body = { ...live.object, spec: { ...live.object.spec, finalizers } }
  const answer = yield* call({ verb: 'update', kind: 'Namespace', name, subresource: 'finalize', body })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

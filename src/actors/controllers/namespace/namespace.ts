import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { defineController, type Controller } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'
import { conditionsAfter, discoveryFailure } from './conditions.ts'
import { deleteContent } from './content.ts'

/** Source: pkg/controller/namespace/namespace_controller.go, namespaceDeletionGracePeriod and nsControllerRateLimiter. */
const GRACE: Micros = seconds(5)
const RETRY_BASE: Micros = millis(5)
const RETRY_MAX: Micros = seconds(60)

/** The finalizer in `spec` that this controller takes away. */
const KUBERNETES = 'kubernetes'

/**
 * Empties namespaces that are being deleted, Pods first, and lets them go when nothing is left.
 *
 * It acts five seconds after each change of a namespace, its own writes included, so that all API servers know by then that
 * nothing may be created there any more.
 * Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, Delete (v1.36).
 */
export const namespaceController = (namespacedKinds: readonly Kind[]): Controller =>
  defineController({
    name: 'namespace-controller',
    asks: 'when built',
    kinds: ['Namespace', 'CustomResourceDefinition'],
    workers: 10,
    // Source: cmd/kube-controller-manager/app/core.go, newNamespaceController: it makes a great many calls.
    haste: { qps: 20, burst: 100 },
    memory: () => undefined,
    queue: { base: RETRY_BASE, max: RETRY_MAX },
    wakes: ({ kind, name, after }) =>
      kind !== 'Namespace' || after?.metadata.deletionTimestamp === undefined ? [] : [{ key: name, after: GRACE }],

    *reconcile(name, world): Sync {
      if (world.view.get('Namespace', undefined, name) === undefined) return
      const live = yield* call({ verb: 'get', kind: 'Namespace', name })
      if (!live.ok) return live.code === 404 ? undefined : { retry: live.message }
      const namespace = live.object
      if (namespace?.metadata.deletionTimestamp === undefined || isFinalized(namespace)) return
      const left = yield* deleteContent(namespace, namespacedKinds, world)
      yield* report(namespace, conditionsAfter(namespace, left, rfc3339(world.now)))
      const failure = left.undiscovered.length > 0 ? discoveryFailure(left.undiscovered) : left.failures[0]
      if (failure !== undefined) return { retry: failure }
      // Half of what the slowest needs, and a second for it to be written down.
      if (left.estimateSeconds > 0) return { after: seconds(Math.floor(left.estimateSeconds / 2) + 1) }
      return yield* finalize(namespace)
    },
  })

const isFinalized = ({ spec }: Namespace): boolean => (spec?.finalizers ?? []).length === 0

/** Writes the conditions if they say something new. Nothing hangs on it: the next pass says it again. */
function* report(namespace: Namespace, conditions: readonly Condition[]): Sync<void> {
  if (conditions === namespace.status?.conditions) return
  const { name } = namespace.metadata
  const body = { ...namespace, status: { ...namespace.status, conditions } }
  yield* call({ verb: 'update', kind: 'Namespace', name, subresource: 'status', body })
}

/** Takes the finalizer away. A conflict, as after the report, starts it again. Source: finalizeNamespace and retryOnConflictError. */
function* finalize(seen: Namespace): Sync {
  const { name, uid } = seen.metadata
  for (let namespace = seen; ;) {
    const { apiVersion, kind, metadata, spec } = namespace
    const finalizers = (spec?.finalizers ?? []).filter((finalizer) => finalizer !== KUBERNETES)
    const body = { apiVersion, kind, metadata, spec: finalizers.length === 0 ? {} : { finalizers } }
    const answer = yield* call({ verb: 'update', kind: 'Namespace', name, subresource: 'finalize', body })
    if (answer.ok || answer.code === 404) return
    if (answer.code !== 409) return { retry: answer.message }
    const fresh = yield* call({ verb: 'get', kind: 'Namespace', name })
    if (!fresh.ok || fresh.object === undefined)
      return fresh.ok || fresh.code === 404 ? undefined : { retry: fresh.message }
    if (fresh.object.metadata.uid !== uid) return { retry: `namespace uid has changed across retries` }
    namespace = fresh.object
  }
}

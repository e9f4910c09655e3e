import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { seconds } from '../../../events/time.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { isTerminal } from '../../../kubernetes/pods.ts'
import { customRows } from '../../../kubernetes/custom-resources/rows.ts'
import { kindRow, type KindRow } from '../../../kubernetes/registry.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'
import type { View } from '../../../kubernetes/view.ts'

/** How long something with a finalizer may take. Source: namespaced_resources_deleter.go, finalizerEstimateSeconds. */
const FINALIZER_ESTIMATE_SECONDS = 15

/** What one pass over a namespace leaves. */
export interface Left {
  /** Objects by resource (`configmaps.`, `deployments.apps`). */
  readonly byResource: ReadonlyMap<string, number>
  /** Objects by the finalizers that hold them. */
  readonly byFinalizer: ReadonlyMap<string, number>
  /** How long the slowest may take. */
  readonly estimateSeconds: number
  readonly failures: readonly string[]
  /** Versions of groups whose server cannot be reached: there may be something of theirs. */
  readonly undiscovered: readonly string[]
}

/** What is left of one kind. */
interface LeftOfKind {
  readonly count: number
  readonly byFinalizer: ReadonlyMap<string, number>
  readonly estimateSeconds: number
  readonly failure?: string
}

const NONE: ReadonlyMap<string, number> = new Map()

/**
 * Deletes everything in a namespace; as long as there are Pods, only Pods, and of them nothing is told but failures.
 * Upstream takes the other kinds in random order.
 * Source: namespaced_resources_deleter.go, deleteAllContent, gate OrderedNamespaceDeletion (v1.36).
 */
export function* deleteContent(namespace: Namespace, kinds: readonly Kind[], world: World): Sync<Left> {
  const undiscovered = unavailableVersions(world.view)
  const pods = yield* deleteKind(kindRow('Pod'), namespace, world)
  if (pods.count > 0 || pods.failure !== undefined) {
    const failures = pods.failure === undefined ? [] : [pods.failure]
    return { byResource: NONE, byFinalizer: NONE, estimateSeconds: pods.estimateSeconds, failures, undiscovered }
  }
  const byResource = new Map<string, number>()
  const byFinalizer = new Map<string, number>()
  const failures: string[] = []
  let estimateSeconds = 0
  for (const row of [...kinds.map(kindRow), ...customRowsIn(world.view)]) {
    const { kind, resource, group } = row
    if (kind === 'Pod') continue
    for (const apiVersion of otherGroupsOf(row)) yield* deleteKind(row, namespace, world, apiVersion)
    const left = yield* deleteKind(row, namespace, world)
    estimateSeconds = Math.max(estimateSeconds, left.estimateSeconds)
    if (left.failure !== undefined) failures.push(left.failure)
    if (left.count > 0) byResource.set(`${resource}.${group}`, left.count)
    for (const [finalizer, count] of left.byFinalizer)
      byFinalizer.set(finalizer, (byFinalizer.get(finalizer) ?? 0) + count)
  }
  return { byResource, byFinalizer, estimateSeconds, failures, undiscovered }
}

/** Discovery names a kind in each of its groups, so Events are deleted twice: as v1 and as events.k8s.io/v1. */
const otherGroupsOf = ({ group, others }: KindRow): readonly string[] =>
  others.filter((one) => one.group !== group).map(({ apiVersion }) => apiVersion)

/** Of what another server should serve and does not, discovery tells nothing. The garbage collector watches APIServices. */
const unavailableVersions = (view: View): readonly string[] =>
  view
    .list('APIService')
    .filter(({ status }) => findCondition(status?.conditions ?? [], 'Available')?.status === 'False')
    .map(({ spec: { group = '', version = '' } }) => `${group}/${version}`)

/** What definitions add to a namespace, each kind once. */
const customRowsIn = (view: View): readonly KindRow[] => {
  const byKind = new Map<Kind, KindRow>()
  for (const row of customRows(view)) if (row.namespaced) byKind.set(row.kind, row)
  return [...byKind.values()]
}

/** Source: namespaced_resources_deleter.go, deleteAllContentForGroupVersionResource. */
function* deleteKind(row: KindRow, namespace: Namespace, world: World, apiVersion?: string): Sync<LeftOfKind> {
  const { kind, group, version, resource } = row
  const { name } = namespace.metadata
  const patience = kind === 'Pod' ? graceOfPods(namespace, world) : 0
  const deleted = yield* call({
    verb: 'deletecollection',
    kind,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    namespace: name,
    options: { propagationPolicy: 'Background' },
  })
  if (!deleted.ok) return { count: 0, byFinalizer: NONE, estimateSeconds: patience, failure: deleted.message }
  const after = yield* call({ verb: 'list', kind, namespace: name })
  if (!after.ok) return { count: 0, byFinalizer: NONE, estimateSeconds: patience, failure: after.message }
  const count = after.items
  if (count === 0) return { count, byFinalizer: NONE, estimateSeconds: 0 }
  const byFinalizer = finalizersOf(kind, name, world)
  if (patience > 0) return { count, byFinalizer, estimateSeconds: patience }
  if (byFinalizer.size > 0) return { count, byFinalizer, estimateSeconds: FINALIZER_ESTIMATE_SECONDS }
  const failure = `unexpected items still remain in namespace: ${name} for gvr: ${group}/${version}, Resource=${resource}`
  return { count, byFinalizer, estimateSeconds: 0, failure }
}

/**
 * How many objects each finalizer holds. Abridged: upstream reads them from the list; an answer here tells only how many
 * objects a list has, so they are read from what this process's informers show.
 */
const finalizersOf = (kind: Kind, namespace: string, world: World): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { metadata } of world.view.list(kind, namespace)) {
    for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1)
  }
  return counts
}

/** The longest grace period of a Pod that runs, in seconds; 0 when that is over already. Source: estimateGracefulTermination. */
const graceOfPods = ({ metadata }: Namespace, world: World): number => {
  const longest = world.view
    .list('Pod', metadata.name)
    .filter((pod) => !isTerminal(pod))
    .reduce((most, { spec }) => Math.max(most, spec.terminationGracePeriodSeconds ?? 0), 0)
  const deletedAt = parseTime(metadata.deletionTimestamp ?? '') ?? world.now
  return world.now - deletedAt >= seconds(longest) ? 0 : longest
}

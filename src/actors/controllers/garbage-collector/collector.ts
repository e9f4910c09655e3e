import { call, pause, type Sync } from '../../../engine/client/sync.ts'
import type { LruMap } from '../../../engine/client/lru-map.ts'
import type { ApiAnswer } from '../../../engine/client/api-client.ts'
import { millis } from '../../../events/time.ts'
import { customRowByKind } from '../../../kubernetes/custom-resources/rows.ts'
import { rowByApiVersion, type KindRow } from '../../../kubernetes/registry.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { Coordinates, GraphNode, OwnershipGraph } from './graph.ts'

/** What the garbage collector keeps in memory. */
export interface Collector {
  readonly graph: OwnershipGraph
  /** Owners that are known to be gone, by `absentKey`. */
  readonly absentOwners: LruMap<true>
}

/** Where an absent owner was looked for. */
export const absentKey = (
  { apiVersion, kind, name }: Omit<Coordinates, 'namespace'>,
  uid: string,
  namespace: string | undefined,
): string => `${namespace ?? ''}/${apiVersion}/${kind}/${name}/${uid}`

/** The kind that coordinates name, or why there is none: it may yet be defined. Source: operations.go, apiResource. */
export const rowOf = ({ apiVersion, kind }: Pick<Coordinates, 'apiVersion' | 'kind'>, view: View): KindRow | string =>
  rowByApiVersion(apiVersion, kind) ??
  customRowByKind(view, apiVersion, kind) ??
  `unable to get REST mapping for ${apiVersion}/${kind}.`

/** The object as the API server has it. */
export function* getLive({ kind, namespaced }: KindRow, { namespace, name }: Coordinates): Sync<ApiAnswer> {
  return yield* call({ verb: 'get', kind, namespace: namespaced ? namespace : undefined, name })
}

/** Source: client-go/util/retry/util.go, DefaultBackoff: four tries, 10 ms and five times as long each time. */
const TRIES = 4
const FIRST_PAUSE = millis(10)

/**
 * Takes a finalizer from an object, over the version that was read. Gives why that failed.
 * Source: operations.go, removeFinalizer (v1.36).
 */
export function* removeFinalizer(node: GraphNode, finalizer: string, view: View): Sync<string | undefined> {
  const row = rowOf(node.at, view)
  if (typeof row === 'string') return row
  let wait = FIRST_PAUSE
  for (let attempt = 1; ; attempt++) {
    const live = yield* getLive(row, node.at)
    if (!live.ok) return live.code === 404 ? undefined : live.message
    const { finalizers = [], resourceVersion } = live.object?.metadata ?? {}
    const rest = finalizers.filter((one) => one !== finalizer)
    if (rest.length === finalizers.length) return undefined
    const answer = yield* call({
      verb: 'patch',
      kind: row.kind,
      namespace: node.at.namespace,
      name: node.at.name,
      patchType: 'merge',
      body: { metadata: { resourceVersion, finalizers: rest.length === 0 ? null : rest } },
    })
    if (answer.ok) return undefined
    if (answer.code !== 409) return answer.message
    if (attempt === TRIES) return `updateMaxRetries(${TRIES}) has reached. The garbage collector will retry later`
    yield* pause(wait)
    wait *= 5
  }
}

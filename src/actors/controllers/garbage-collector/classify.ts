import type { ApiObject, OwnerReference } from '../../../events/json.ts'
import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { absentKey, getLive, rowOf, type Collector } from './collector.ts'
import { FOREGROUND, isDeletedWith, type GraphNode } from './graph.ts'

export interface Owners {
  /** They live: the object stays. */
  readonly solid: readonly OwnerReference[]
  /** They are gone. */
  readonly dangling: readonly OwnerReference[]
  /** They wait for this object to go. */
  readonly waiting: readonly OwnerReference[]
}

/**
 * Sorts an object's owners by what the API server says of them. A text if that cannot be known now; undefined for an object
 * of the cluster that names an owner in a namespace, which no waiting mends.
 * Source: garbagecollector.go, classifyReferences and isDangling (v1.36).
 */
export function* classify(
  node: GraphNode,
  references: readonly OwnerReference[],
  world: World<Collector>,
): Sync<Owners | string | undefined> {
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  for (const reference of references) {
    const owner = yield* findOwner(node, reference, world)
    if (owner === NEVER) return undefined
    if (typeof owner === 'string') return owner
    if (owner === undefined) dangling.push(reference)
    else if (isDeletedWith(owner, FOREGROUND)) waiting.push(reference)
    else solid.push(reference)
  }
  return { solid, dangling, waiting }
}

const NEVER = 'cluster-scoped objects cannot refer to namespaced owners'

/** The owner as the API server has it; undefined if it is gone, another one bears its name, or it is in another namespace. */
function* findOwner(
  { at: { namespace } }: GraphNode,
  reference: OwnerReference,
  world: World<Collector>,
): Sync<ApiObject | undefined | string> {
  const { absentOwners } = world.memory
  const { uid, name, apiVersion, kind } = reference
  if (absentOwners.has(absentKey(reference, uid, undefined))) return undefined
  if (absentOwners.has(absentKey(reference, uid, namespace))) return undefined
  const row = rowOf(reference, world.view)
  if (typeof row === 'string') return row
  if (row.namespaced && namespace === undefined) return NEVER
  const answer = yield* getLive(row, { apiVersion, kind, namespace, name })
  if (!answer.ok && answer.code !== 404) return answer.message
  if (answer.ok && answer.object?.metadata.uid === uid) return answer.object
  absentOwners.set(absentKey(reference, uid, row.namespaced ? namespace : undefined), true)
  return undefined
}

import type { Json } from '../../events/json.ts'
import { findCondition } from '../../kubernetes/conditions.ts'
import type { Pod, PodCondition } from '../../kubernetes/types/pod.ts'
import type { ApiWrite } from './framework/plugin.ts'

/** A write of the status alone, as the scheduler patches it. */
export const statusPatch = (pod: Pod, status: Json): ApiWrite => ({
  verb: 'patch',
  kind: 'Pod',
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
  subresource: 'status',
  patchType: 'strategic',
  body: { status },
})

type NewCondition = { readonly type: string; readonly [key: string]: Json | undefined }

/**
 * A condition as it changes a Pod's status: of one that is there already only what is different, and the order of all, unless
 * it is the first. Source: apimachinery/pkg/util/strategicpatch/patch.go, CreateTwoWayMergePatch (v1.36).
 */
export const conditionPatch = (pod: Pod, condition: NewCondition): { readonly [key: string]: Json } => {
  const conditions = pod.status?.conditions ?? []
  if (conditions.length === 0) return { conditions: [condition] }
  const before = findCondition(conditions, condition.type)
  const order = before === undefined ? [...conditions, condition] : conditions
  return {
    '$setElementOrder/conditions': order.map(({ type }) => ({ type })),
    conditions: [before === undefined ? condition : changedIn(before, condition)],
  }
}

const changedIn = (before: PodCondition, after: NewCondition): Json => {
  const changed: Record<string, Json | undefined> = {}
  const old = new Map<string, unknown>(Object.entries(before))
  for (const [key, value] of Object.entries(after)) {
    if (key === 'type' || (value ?? null) !== (old.get(key) ?? null)) changed[key] = value
  }
  return changed
}

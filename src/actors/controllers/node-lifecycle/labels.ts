import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Node } from '../../../kubernetes/types/node.ts'

/** Labels that have an older name. Source: node_lifecycle_controller.go, labelReconcileInfo (v1.36). */
const OLDER_NAMES: readonly (readonly [string, string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
]

/** Gives a node's labels under their older names the same values. Source: node_lifecycle_controller.go, reconcileNodeLabels. */
export function* reconcileLabels({ metadata }: Node): Sync<void> {
  const { name, labels = {} } = metadata
  const wanted = OLDER_NAMES.flatMap(([now, before]) => {
    const value = labels[now]
    return value === undefined || labels[before] === value ? [] : [[before, value] as const]
  })
  if (wanted.length === 0) return
  const body = { metadata: { labels: Object.fromEntries(wanted) } }
  yield* call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body })
}

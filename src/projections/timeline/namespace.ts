import { findCondition } from '../../kubernetes/conditions.ts'
import type { Namespace } from '../../kubernetes/types/core.ts'
import { becameTrue, saying } from './conditions.ts'

/** Conditions that say what a terminating namespace waits for. Source: api/core/v1/types.go, NamespaceConditionType. */
const OBSTACLES = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
]

/** A Namespace's creation and its end, which may be long. */
export const describeNamespace = (before: Namespace | undefined, after: Namespace | undefined): readonly string[] => {
  if (after === undefined) return before === undefined ? [] : ['deleted']
  if (before === undefined) return ['created']
  const lines: string[] = []
  if (after.metadata.deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined) {
    lines.push('terminating')
  }
  for (const obstacle of OBSTACLES) {
    if (!becameTrue(obstacle, before.status?.conditions, after.status?.conditions)) continue
    lines.push(`not gone yet${saying(findCondition(after.status?.conditions, obstacle))}`)
  }
  return lines
}

import type { PersistentVolumeClaim } from '../../kubernetes/types/storage.ts'
import { describeDeletion } from './lifecycle.ts'

/** Whether a claim has its volume. */
export const describePersistentVolumeClaim = (
  before: PersistentVolumeClaim | undefined,
  after: PersistentVolumeClaim | undefined,
): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  const lines = before === undefined ? ['created'] : [...describeDeletion(before, after)]
  const was = before?.status?.phase ?? 'Pending'
  const is = after.status?.phase ?? 'Pending'
  if (was !== is) lines.push(is === 'Bound' ? `bound to ${after.spec.volumeName ?? 'a volume'}` : `${was} → ${is}`)
  return lines
}

import { ipProblems } from '../../net.ts'
import type { Draft } from '../../draft.ts'
import type { Pod } from '../../types/pod.ts'
import type { FieldErrors } from '../field-error.ts'
import { validateMetadataUpdate } from '../metadata.ts'

/**
 * Source: pkg/apis/core/validation/validation.go, ValidatePodStatusUpdate (v1.36).
 * Abridged: of the status only addresses are checked.
 */
export const validatePodStatusUpdate = (next: Draft<Pod>, before: Draft<Pod>, errors: FieldErrors): void => {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const podIPs = next.status?.podIPs
  // A kubelet's patch leaves what it does not change as it was.
  if (podIPs === undefined || podIPs === before.status?.podIPs) return
  for (const [i, one] of podIPs.entries())
    errors.invalids(`status.podIPs[${i}]`, one?.ip ?? '', ipProblems(one?.ip ?? ''))
}

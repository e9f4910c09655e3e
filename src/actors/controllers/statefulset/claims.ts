import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { claimName, podName } from './identity.ts'

/** The claims of an ordinal that the view shows. */
export const claimsOf = (
  set: StatefulSet,
  ordinal: number,
  world: World,
): readonly (PersistentVolumeClaim | undefined)[] =>
  (set.spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) =>
    world.view.get('PersistentVolumeClaim', set.metadata.namespace, claimName(set, name, ordinal)),
  )

/**
 * Creates the claims of a Pod that are missing; gives why it could not.
 * Source: pkg/controller/statefulset/stateful_pod_control.go, createPersistentVolumeClaims (v1.36).
 */
export function* createClaims(set: StatefulSet, ordinal: number, world: World): Sync<string | undefined> {
  const existing = claimsOf(set, ordinal, world)
  let failure: string | undefined
  for (const [i, template] of (set.spec.volumeClaimTemplates ?? []).entries()) {
    const { namespace } = set.metadata
    const name = claimName(set, template.metadata.name, ordinal)
    const claim = existing[i]
    if (claim !== undefined) {
      if (claim.metadata.deletionTimestamp !== undefined) failure ??= `pvc ${name} is being deleted`
      continue
    }
    const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels }
    const body = { ...template, metadata: { ...template.metadata, name, namespace, labels } }
    const answer = yield* call({ verb: 'create', kind: 'PersistentVolumeClaim', namespace, name, body })
    const about = `Create Claim ${name}`
    if (answer.ok) {
      const message = `${about} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name} success`
      world.event('StatefulSet', set, 'Normal', 'SuccessfulCreate', message)
      continue
    }
    failure ??= `failed to create PVC ${name}: ${answer.message}`
    if (answer.reason === 'AlreadyExists') continue
    const where = `for Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`
    world.event('StatefulSet', set, 'Warning', 'FailedCreate', `${about} ${where} failed error: ${answer.message}`)
  }
  return failure
}

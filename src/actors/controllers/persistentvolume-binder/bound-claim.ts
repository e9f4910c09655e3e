import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import { bind } from './bind.ts'
import { loseClaim } from './phases.ts'

/** A claim that was bound once: it stays so, or its data are lost. Source: pv_controller.go, syncBoundClaim (v1.36). */
export function* syncBoundClaim(claim: PersistentVolumeClaim, world: World): Sync {
  const failure = yield* keep(claim, world)
  return failure === undefined ? undefined : { retry: failure }
}

function* keep(claim: PersistentVolumeClaim, world: World): Sync<string | undefined> {
  const { volumeName = '' } = claim.spec
  if (volumeName === '') {
    const message = 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!'
    return yield* loseClaim(claim, 'ClaimLost', message, world)
  }
  const volume = world.view.get('PersistentVolume', undefined, volumeName)
  if (volume === undefined) {
    const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!'
    return yield* loseClaim(claim, 'ClaimLost', message, world)
  }
  const { claimRef } = volume.spec
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return yield* bind(volume, claim, world)
  const message = 'Two claims are bound to the same volume, this one is bound incorrectly'
  return yield* loseClaim(claim, 'ClaimMisbound', message, world)
}

import { MIGRATED } from '../../../kubernetes/csi-migration.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { PersistentVolumeClaim, StorageClass } from '../../../kubernetes/types/storage.ts'
import { BETA_STORAGE_PROVISIONER, STORAGE_PROVISIONER } from '../../../kubernetes/volumes.ts'

/** Provisioners of Kubernetes' own have this prefix; none is left but those that CSI drivers have taken over. */
const IN_TREE = 'kubernetes.io/'

/**
 * Says on the claim who is to make its volume. What fails is told, and waits for the claim's next look.
 * Source: pv_controller.go, provisionClaim, findProvisionablePlugin and provisionClaimOperationExternal (v1.36).
 */
export function* provision(
  claim: PersistentVolumeClaim,
  className: string,
  storageClass: StorageClass | undefined,
  world: World,
): Sync<void> {
  // Nothing to try again at once: the claim comes back with its usual period.
  const refuse = (why: string): void =>
    world.event('PersistentVolumeClaim', claim, 'Warning', 'ProvisioningFailed', why)
  if (storageClass === undefined) return refuse(`storageclass.storage.k8s.io "${className}" not found`)
  const provisioner = MIGRATED.get(storageClass.provisioner) ?? storageClass.provisioner
  if (provisioner.startsWith(IN_TREE)) return refuse(`no volume plugin matched name: ${provisioner}`)
  const { namespace, name, annotations } = claim.metadata
  if (annotations?.[STORAGE_PROVISIONER] !== provisioner) {
    const wanted = { [BETA_STORAGE_PROVISIONER]: provisioner, [STORAGE_PROVISIONER]: provisioner }
    const body = { ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, ...wanted } } }
    const answer = yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', namespace, name, body })
    if (!answer.ok) return refuse(`Error saving claim: ${answer.message}`)
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  world.event('PersistentVolumeClaim', claim, 'Normal', 'ExternalProvisioning', message)
}

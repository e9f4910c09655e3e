import type { ApiAnswer, ApiClient } from '../../../engine/client/api-client.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { Volume } from '../../../kubernetes/types/volume.ts'
import { claimOfVolume, foreignClaim } from '../../../kubernetes/volumes.ts'

/** What keeps a claimed volume from being mounted: it is not attached yet, or something is wrong. */
export type Unmounted = { readonly volume: string; readonly problem?: string } | undefined

interface Claimed {
  readonly volume: Volume
  readonly claim: string
}

const claimed = (pod: Pod): readonly Claimed[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => {
    const claim = claimOfVolume(pod, volume)
    return claim === undefined ? [] : [{ volume, claim }]
  })

const keyOf = ({ metadata }: Pod, claim: string): string => `${metadata.uid}/${claim}`

/**
 * Whether the volumes that a Pod claims are attached to this node.
 * Source: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, getPVCExtractPV;
 * operationexecutor, VerifyControllerAttachedVolume (v1.36).
 */
export class Claims {
  private readonly client: ApiClient
  private readonly context: ActorContext
  private readonly node: () => Node | undefined
  /**
   * What a volume must be attached as; '' where it need not be. By `uid/claim` while the Pod waits: what is bound stays so, but
   * the next Pod of this name may come with another claim of this name.
   */
  private readonly handles = new Map<string, string>()

  constructor(client: ApiClient, context: ActorContext, node: () => Node | undefined) {
    this.client = client
    this.context = context
    this.node = node
  }

  /** Gives the first that cannot be mounted; undefined when all can, at once when there are none. */
  check(pod: Pod, done: (unmounted: Unmounted) => void): void {
    const all = claimed(pod)
    this.next(pod, all, (unmounted) => {
      if (unmounted === undefined) for (const { claim } of all) this.handles.delete(keyOf(pod, claim))
      done(unmounted)
    })
  }

  private next(pod: Pod, wanted: readonly Claimed[], done: (unmounted: Unmounted) => void): void {
    const [first, ...rest] = wanted
    if (first === undefined) return done(undefined)
    const { name: volume } = first.volume
    this.handleOf(pod, first, (handle, problem) => {
      if (problem !== undefined) return done({ volume, problem })
      if (handle === '' || this.isAttached(handle)) return this.next(pod, rest, done)
      done({ volume })
    })
  }

  private isAttached(handle: string): boolean {
    return this.node()?.status?.volumesAttached?.some(({ name }) => name === handle) === true
  }

  private handleOf(
    pod: Pod,
    { volume: wanted, claim: name }: Claimed,
    done: (handle: string, problem?: string) => void,
  ): void {
    const { namespace = '' } = pod.metadata
    const key = keyOf(pod, name)
    const known = this.handles.get(key)
    if (known !== undefined) return done(known)
    const fail = (why: string): void => done('', `error processing PVC ${namespace}/${name}: ${why}`)
    const absent = (what: string, answer: ApiAnswer): void =>
      fail(`failed to fetch ${what} from API server: ${answer.ok ? 'no object' : answer.message}`)
    this.read('PersistentVolumeClaim', namespace, name, (claim, answer) => {
      if (claim === undefined) return absent('PVC', answer)
      const foreign = foreignClaim(pod, wanted, claim)
      if (foreign !== undefined) return done('', foreign)
      const { volumeName = '' } = claim.spec
      const problem = problemOf(claim)
      if (problem !== undefined) return fail(problem)
      this.read('PersistentVolume', undefined, volumeName, (volume, answerOfVolume) => {
        if (volume === undefined) return absent(`PV ${volumeName}`, answerOfVolume)
        const unbound = notBoundTo(claim, volume)
        if (unbound !== undefined) return fail(unbound)
        const { csi } = volume.spec
        if (csi === undefined) return done(this.keep(key, ''))
        this.read('CSIDriver', undefined, csi.driver, (driver) => {
          const isFree = driver?.spec.attachRequired === false
          done(this.keep(key, isFree ? '' : `kubernetes.io/csi/${csi.driver}^${csi.volumeHandle}`))
        })
      })
    })
  }

  private read<K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    done: (object: Extract<ApiAnswer<K>, { ok: true }>['object'], answer: ApiAnswer) => void,
  ): void {
    this.client.call(this.context, { verb: 'get', kind, namespace, name }, (answer) =>
      done(answer.ok ? answer.object : undefined, answer as ApiAnswer),
    )
  }

  private keep(key: string, handle: string): string {
    this.handles.set(key, handle)
    return handle
  }
}

/** Why a Pod must not start with a claim. Source: getPVCExtractPV. */
const problemOf = ({ metadata, spec, status }: PersistentVolumeClaim): string | undefined => {
  if (metadata.deletionTimestamp !== undefined) return 'PVC is being deleted'
  if (status?.phase !== 'Bound') return 'PVC is not bound'
  return (spec.volumeName ?? '') === '' ? 'PVC has empty pvc.Spec.VolumeName' : undefined
}

/** Source: getPVSpec. */
const notBoundTo = (claim: PersistentVolumeClaim, { metadata, spec }: PersistentVolume): string | undefined => {
  const found = `found PV object ${metadata.name} but`
  const { claimRef } = spec
  if (claimRef === undefined) {
    return `${found} it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`
  }
  const { uid } = claim.metadata
  if (claimRef.uid === uid) return undefined
  return `${found} its pv.Spec.ClaimRef.UID ${claimRef.uid ?? ''} does not point to claim.UID ${uid}`
}

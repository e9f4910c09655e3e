/** What becomes of a claim when its users go. Source: pkg/controller/resourceclaim/controller.go, syncClaim (v1.36). */
import { splitKey } from '../../../engine/client/keys.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { DELETE_PROTECTION } from '../../../kubernetes/resource-claims.ts'
import type { ResourceClaim, ResourceClaimStatus } from '../../../kubernetes/types/resource.ts'
import { isDone, type Memory } from './rules.ts'

type Consumer = NonNullable<ResourceClaimStatus['reservedFor']>[number]

export function* releaseClaim(key: string, world: World<Memory>): Sync {
  const { namespace, name } = splitKey(key)
  const claim = world.view.get('ResourceClaim', namespace, name)
  if (claim === undefined) return
  const reserved = claim.status?.reservedFor ?? []
  const valid: Consumer[] = []
  for (const consumer of reserved) {
    const { apiGroup = '', resource, name: user, uid } = consumer
    if (apiGroup !== '' || resource !== 'pods') {
      return { retry: `unsupported ReservedFor entry: {${apiGroup} ${resource} ${user} ${uid}}` }
    }
    const kept = yield* needsIt(claim, consumer, world)
    if (typeof kept === 'string') return { retry: kept }
    if (kept) valid.push(consumer)
  }
  const problem = yield* giveBack(claim, valid)
  if (problem !== undefined) return { retry: problem }
  if (valid.length > 0 || !belongsToDonePod(claim, world)) return
  const answer = yield* call({ verb: 'delete', kind: 'ResourceClaim', namespace, name })
  if (!answer.ok) return { retry: `delete claim ${key}: ${answer.message}` }
}

/** Whether a Pod still needs the claim; a text where that could not be found out. */
function* needsIt(
  { metadata }: ResourceClaim,
  { name, uid }: Consumer,
  { memory, view }: World<Memory>,
): Sync<boolean | string> {
  const { namespace } = metadata
  if (memory.gone.has(uid)) return false
  const pod = view.get('Pod', namespace, name)
  if (pod !== undefined) return pod.metadata.uid === uid && !isDone(pod)
  // The view may not show it yet. To take it off while the scheduler binds it would be bad, so the API server is asked.
  const answer = yield* call({ verb: 'get', kind: 'Pod', namespace, name })
  if (!answer.ok) return answer.code === 404 ? false : answer.message
  return answer.object?.metadata.uid === uid
}

/**
 * With its last user a claim loses its devices, so that the next user may be scheduled elsewhere. Claims that nobody used
 * keep theirs until they are deleted. Gives what went wrong.
 */
function* giveBack(claim: ResourceClaim, valid: readonly Consumer[]): Sync<string | undefined> {
  const { finalizers = [], deletionTimestamp } = claim.metadata
  const isGuarded = finalizers.includes(DELETE_PROTECTION)
  if (valid.length < (claim.status?.reservedFor?.length ?? 0)) {
    const frees = valid.length === 0 && isGuarded
    const { reservedFor: _, allocation, ...rest } = claim.status ?? {}
    const status = {
      ...rest,
      ...(valid.length === 0 ? {} : { reservedFor: valid }),
      ...(frees || allocation === undefined ? {} : { allocation }),
    }
    const written = yield* writeStatus(claim, status)
    if (typeof written === 'string') return written
    return written.status?.allocation === undefined ? yield* letGo(written) : undefined
  }
  if (!isGuarded || deletionTimestamp === undefined || valid.length > 0) return undefined
  if (claim.status?.allocation === undefined) return yield* letGo(claim)
  const { allocation: _, ...status } = claim.status
  const written = yield* writeStatus(claim, status)
  return typeof written === 'string' ? written : yield* letGo(written)
}

/** An update of the whole, so that it fails when anything has changed meanwhile. */
function* writeStatus(claim: ResourceClaim, status: ResourceClaimStatus): Sync<ResourceClaim | string> {
  const { namespace, name } = claim.metadata
  const body = { ...claim, status }
  const answer = yield* call({ verb: 'update', kind: 'ResourceClaim', namespace, name, subresource: 'status', body })
  return answer.ok ? (answer.object ?? claim) : answer.message
}

/** Takes the finalizer off, if it is there. */
function* letGo(claim: ResourceClaim): Sync<string | undefined> {
  const { namespace, name, finalizers = [] } = claim.metadata
  if (!finalizers.includes(DELETE_PROTECTION)) return undefined
  const kept = finalizers.filter((one) => one !== DELETE_PROTECTION)
  const body = { ...claim, metadata: { ...claim.metadata, finalizers: kept } }
  const answer = yield* call({ verb: 'update', kind: 'ResourceClaim', namespace, name, body })
  return answer.ok ? undefined : answer.message
}

/** It was made for a Pod that will not run. Where the Pod is not in view it may be yet to come: the garbage collector knows. */
function belongsToDonePod({ metadata }: ResourceClaim, { view }: World<Memory>): boolean {
  const owner = metadata.ownerReferences?.find(
    ({ controller, apiVersion, kind }) => controller === true && apiVersion === 'v1' && kind === 'Pod',
  )
  if (owner === undefined) return false
  const pod = view.get('Pod', metadata.namespace, owner.name)
  return pod !== undefined && (pod.metadata.uid !== owner.uid || isDone(pod))
}

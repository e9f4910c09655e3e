import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { isScheduled } from '../../../kubernetes/pods.ts'
import { claimNamesOf, claimOf, foreignResourceClaim } from '../../../kubernetes/resource-claims.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change, View } from '../../../kubernetes/view.ts'
import { CreatedClaims } from './created-claims.ts'
import { GonePods } from './gone-pods.ts'
import { ensureClaims } from './pod-claims.ts'
import { releaseClaim } from './release.ts'
import { isDone, mayReserve, type Memory } from './rules.ts'
import { ClaimUsers } from './users.ts'

/** Source: pkg/controller/resourceclaim/config/v1alpha1/defaults.go (v1.36). */
const WORKERS = 50

const CLAIM = 'claim:'
const POD = 'pod:'

/**
 * Makes the ResourceClaims of Pods that name templates, and takes back what Pods no longer use: their reservations, then
 * the devices, then the claims that were made for them. Who gets which devices is the scheduler's business.
 *
 * Two kinds of keys, as upstream: a Pod that may need claims or reservations, a claim that may be free.
 * Source: pkg/controller/resourceclaim/controller.go (v1.36; gates DRAExtendedResource on, DRAWorkloadResourceClaims off).
 */
export const resourceClaimController = defineController<Memory>({
  name: 'resourceclaim-controller',
  account: 'resource-claim-controller',
  component: 'resource_claim',
  kinds: ['Pod', 'ResourceClaim', 'ResourceClaimTemplate'],
  workers: WORKERS,
  memory: () => ({ created: new CreatedClaims(), gone: new GonePods(), users: new ClaimUsers() }),

  wakes(change, world) {
    if (change.kind === 'Pod') return isAboutClaims(change) ? podChanged(change, world) : []
    // A template that comes wakes nobody: the Pods that want it try again by themselves.
    return change.kind === 'ResourceClaim' ? claimChanged(change, world) : []
  },

  reconcile(key, world): Sync {
    if (key.startsWith(POD)) return ensureClaims(key.slice(POD.length), world)
    return releaseClaim(key.slice(CLAIM.length), world)
  },
})

/** Most Pods have no claims, and must cost nothing. */
const isAboutClaims = ({ before, after }: Change): boolean =>
  (after !== undefined && hasClaims(after as Pod)) || (before !== undefined && hasClaims(before as Pod))

/** Source: enqueuePod. */
function* podChanged(change: Change, { memory, view }: World<Memory>): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (before !== undefined) memory.users.remove(before)
  if (after !== undefined) memory.users.add(after)
  const pod = after ?? before
  if (pod === undefined) return
  if (after === undefined) memory.gone.add(pod.metadata.uid)
  yield* podWakes(pod, after === undefined, view)
}

const hasClaims = ({ spec, status }: Pod): boolean =>
  (spec.resourceClaims?.length ?? 0) > 0 || status?.extendedResourceClaimStatus !== undefined

function* podWakes(pod: Pod, isGone: boolean, view: View): Generator<Wake> {
  const { namespace } = pod.metadata
  if (isGone || isDone(pod)) for (const name of claimNamesOf(pod)) yield CLAIM + keyFor(namespace, name)
  if (needsWork(pod, view)) yield POD + keyOf(pod)
}

/**
 * A Pod that has ended is not left out, so that of two Pods that share a claim the one that has ended is taken off and put
 * on again for as long as the other runs: kubernetes/kubernetes#141274. Source: podNeedsWork.
 */
function needsWork(pod: Pod, view: View): boolean {
  const { deletionTimestamp, namespace } = pod.metadata
  if (deletionTimestamp !== undefined) return false
  for (const reference of pod.spec.resourceClaims ?? []) {
    const named = claimOf(pod, reference)
    if (named === 'missing') return true
    if (named === 'none') return false
    const claim = view.get('ResourceClaim', namespace, named.name)
    if (claim === undefined) return reference.resourceClaimTemplateName !== undefined
    // It cannot go on before that other claim is gone.
    if (named.made && foreignResourceClaim(pod, claim) !== undefined) return false
    if (isScheduled(pod) && mayReserve(pod, claim)) return true
  }
  return false
}

/** Source: enqueueResourceClaim. */
function* claimChanged({ namespace, name, after }: Change, { memory, view }: World<Memory>): Generator<Wake> {
  const key = keyFor(namespace, name)
  // A Pod may have been written in that was gone by then.
  if (after !== undefined) yield CLAIM + key
  for (const user of memory.users.of(key)) {
    const pod = view.get('Pod', splitKey(user).namespace, splitKey(user).name)
    if (pod !== undefined) yield* podWakes(pod, false, view)
  }
}

/** What a Pod that is to run needs of claims. Source: pkg/controller/resourceclaim/controller.go, syncPod (v1.36). */
import { splitKey } from '../../../engine/client/keys.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync, type SyncResult } from '../../../engine/client/sync.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import { isScheduled } from '../../../kubernetes/pods.ts'
import { claimOf, consumerOf, foreignResourceClaim, notMadeYet } from '../../../kubernetes/resource-claims.ts'
import type { Pod, PodResourceClaim } from '../../../kubernetes/types/pod.ts'
import type { ResourceClaim, ResourceClaimTemplate } from '../../../kubernetes/types/resource.ts'
import { mayReserve, type Memory } from './rules.ts'

/** Says for which of the Pod's claims one was made. */
const POD_CLAIM_NAME = 'resource.kubernetes.io/pod-claim-name'
const FIELD_MANAGER = 'ResourceClaimController'

export function* ensureClaims(key: string, world: World<Memory>): Sync {
  const { namespace, name } = splitKey(key)
  const pod = world.view.get('Pod', namespace, name)
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return
  const news = new Map<string, string>()
  for (const reference of pod.spec.resourceClaims ?? []) {
    const made = yield* ensureClaim(pod, reference, world)
    if (made === undefined) continue
    if ('name' in made) {
      news.set(reference.name, made.name)
      continue
    }
    const message = `PodResourceClaim ${reference.name}: ${made.problem}`
    world.event('Pod', pod, 'Warning', 'FailedResourceClaimCreation', message)
    return { retry: `pod ${key}, ${message}` }
  }
  if (news.size > 0) {
    const problem = yield* tellNames(pod, news)
    if (problem !== undefined) return { retry: `update pod ${key} ResourceClaimStatuses: ${problem}` }
  }
  // Until it is bound the scheduler reserves.
  if (isScheduled(pod)) return yield* reserveAll(pod, world)
}

/** A claim that is news to the Pod's status, or why there is none; undefined: nothing to do. Source: handleClaim. */
function* ensureClaim(
  pod: Pod,
  reference: PodResourceClaim,
  world: World<Memory>,
): Sync<{ readonly name: string } | { readonly problem: string } | undefined> {
  const { namespace } = pod.metadata
  const named = claimOf(pod, reference)
  if (named === 'none') return undefined
  if (named !== 'missing') {
    const known = world.view.get('ResourceClaim', namespace, named.name)
    if (known !== undefined && (!named.made || foreignResourceClaim(pod, known) === undefined)) return undefined
  }
  const { resourceClaimTemplateName: templateName } = reference
  if (templateName === undefined) return undefined
  const orphan = ownedClaim(pod, reference, world)
  if (orphan !== undefined) return { name: orphan.metadata.name }
  const template = world.view.get('ResourceClaimTemplate', namespace, templateName)
  if (template === undefined) {
    const why = `resourceclaimtemplate.resource.k8s.io "${templateName}" not found`
    return { problem: `resource claim template "${templateName}": ${why}` }
  }
  const body = claimBody(pod, reference, template)
  const answer = yield* call({ verb: 'create', kind: 'ResourceClaim', namespace, body })
  // Upstream names the claim here, which has no name yet.
  if (!answer.ok) return { problem: `create ResourceClaim : ${answer.message}` }
  if (answer.object === undefined) return { problem: 'create ResourceClaim : no object' }
  world.memory.created.add(answer.object, world.monotonic)
  return { name: answer.object.metadata.name }
}

/** One that was made before a crash, or before the Pod's status could be written. Source: findPodResourceClaim. */
const ownedClaim = (
  { metadata }: Pod,
  { name }: PodResourceClaim,
  { memory, view, monotonic }: World<Memory>,
): ResourceClaim | undefined =>
  memory.created
    .ownedBy(metadata.uid, view, monotonic)
    .find((claim) => claim.metadata.annotations?.[POD_CLAIM_NAME] === name)

const claimBody = (pod: Pod, { name }: PodResourceClaim, { spec }: ResourceClaimTemplate): object => {
  const { labels, annotations } = spec.metadata ?? {}
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      generateName: namePrefix(pod.metadata.name, name),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [POD_CLAIM_NAME]: name },
      ownerReferences: [controllerReference(pod)],
    },
    spec: spec.spec,
  }
}

/** Room for a dash and five random letters in a name of 63. */
const PREFIX_MAX = 57

/** Where both together are too long, each is cut in proportion, so that something of both stays. */
export const namePrefix = (pod: string, claim: string): string => {
  const whole = `${pod}-${claim}-`
  if (whole.length <= PREFIX_MAX) return whole
  const part = pod.slice(0, Math.floor((pod.length * PREFIX_MAX) / whole.length))
  return `${part}-${claim.slice(0, Math.floor((claim.length * PREFIX_MAX) / whole.length))}`
}

/**
 * What stands in the status already is applied as well: what a manager leaves out of an apply it gives up.
 * Source: syncPod, as kubernetes/kubernetes#138408 has mended it.
 */
function* tellNames(pod: Pod, news: ReadonlyMap<string, string>): Sync<string | undefined> {
  const { namespace, name } = pod.metadata
  const known = (pod.status?.resourceClaimStatuses ?? []).filter((one) => !news.has(one.name))
  const told = [...news].map(([claim, resourceClaimName]) => ({ name: claim, resourceClaimName }))
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    status: { resourceClaimStatuses: [...known, ...told] },
  }
  const options = { fieldManager: FIELD_MANAGER, force: true }
  const target = { verb: 'patch', patchType: 'apply', kind: 'Pod', namespace, name, subresource: 'status' } as const
  const answer = yield* call({ ...target, body, options })
  return answer.ok ? undefined : answer.message
}

function* reserveAll(pod: Pod, { view }: World<Memory>): Sync<SyncResult> {
  const { namespace } = pod.metadata
  for (const reference of pod.spec.resourceClaims ?? []) {
    const named = claimOf(pod, reference)
    // The names that were told just now are not in view yet; the Pod comes again with them.
    if (named === 'missing') return { retry: notMadeYet(pod) }
    if (named === 'none') continue
    const claim = view.get('ResourceClaim', namespace, named.name)
    if (claim === undefined) return
    const foreign = named.made ? foreignResourceClaim(pod, claim) : undefined
    if (foreign !== undefined) return { retry: foreign }
    if (!mayReserve(pod, claim)) continue
    const problem = yield* reserve(pod, claim)
    if (problem !== undefined) return { retry: problem }
  }
}

/** Source: reserveForPod. */
function* reserve(pod: Pod, claim: ResourceClaim): Sync<string | undefined> {
  const { namespace, name } = claim.metadata
  const reservedFor = [...(claim.status?.reservedFor ?? []), consumerOf(pod)]
  const body = { ...claim, status: { ...claim.status, reservedFor } }
  const answer = yield* call({ verb: 'update', kind: 'ResourceClaim', namespace, name, subresource: 'status', body })
  return answer.ok ? undefined : `reserve claim ${namespace ?? ''}/${name} for pod: ${answer.message}`
}

import { resourceClaimController } from '../../../src/actors/controllers/resource-claim/resource-claim.ts'
import { DELETE_PROTECTION } from '../../../src/kubernetes/resource-claims.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { ResourceClaim } from '../../../src/kubernetes/types/resource.ts'
import { made, readyPod, withPhase } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const group = { apiVersion: 'resource.k8s.io/v1' }
const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } }
const resourceClaims = [{ name: 'gpu', resourceClaimTemplateName: 'one-gpu' }]

const waiting = (
  name: string,
  metadata: object = {},
  claims: readonly object[] = resourceClaims,
): ReturnType<typeof made> => readyPod(name, { nodeName: undefined, resourceClaims: claims }, metadata)

const claimsOf = (pod: Pod, stage: Stage): readonly ResourceClaim[] =>
  (pod.spec.resourceClaims ?? []).flatMap(({ name, resourceClaimName }) => {
    const told = pod.status?.resourceClaimStatuses?.find((status) => status.name === name)?.resourceClaimName
    return stage.get('ResourceClaim', resourceClaimName ?? told ?? '') ?? []
  })

/** The scheduler: gives a Pod's claims their devices, writes the Pod in, and binds it. */
const scheduler = (stage: Stage): void => {
  for (const pod of stage.list('Pod')) {
    const claims = claimsOf(pod, stage)
    const isWaiting = pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined
    const isGoing = claims.some(({ metadata }) => metadata.deletionTimestamp !== undefined)
    if (!isWaiting || isGoing || claims.length < (pod.spec.resourceClaims ?? []).length) continue
    const { name, uid } = pod.metadata
    for (const { metadata } of claims) {
      stage.change('ResourceClaim', metadata.name, (claim) => ({
        ...claim,
        metadata: { ...claim.metadata, finalizers: [DELETE_PROTECTION] },
        status: {
          allocation: { devices: { results: [] } },
          reservedFor: [...(claim.status?.reservedFor ?? []), { resource: 'pods', name, uid }],
        },
      }))
    }
    stage.edit('Pod', name, { nodeName: 'node-1' })
  }
}

/** The kubelet lets go what is to go, the garbage collector takes claims whose Pods are gone. */
const others = (stage: Stage): void => {
  scheduler(stage)
  for (const { metadata } of stage.list('Pod')) {
    if (metadata.deletionTimestamp !== undefined) stage.remove('Pod', metadata.name)
  }
  const pods = new Set(stage.list('Pod').map(({ metadata }) => metadata.uid))
  for (const { metadata } of stage.list('ResourceClaim')) {
    const owner = metadata.ownerReferences?.[0]?.uid
    const isGoing = metadata.deletionTimestamp !== undefined
    if (owner !== undefined && !pods.has(owner) && !isGoing) stage.delete('ResourceClaim', metadata.name)
  }
}

/** No two claims for one of a Pod's, and no running Pod whose claim lost its devices. */
const never = (stage: Stage): string | undefined => {
  const owners = stage
    .list('ResourceClaim')
    .flatMap(({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [])
  if (new Set(owners).size < owners.length) return 'a Pod has two claims where it asked for one'
  for (const pod of stage.list('Pod')) {
    if (pod.spec.nodeName === undefined || pod.status?.phase !== 'Running') continue
    for (const claim of claimsOf(pod, stage)) {
      if (claim.status?.allocation === undefined) return `${pod.metadata.name} runs and its claim has no devices`
      if (claim.status.reservedFor?.some(({ uid }) => uid === pod.metadata.uid) !== true)
        return `${pod.metadata.name} runs and its claim is not reserved for it`
    }
  }
  return undefined
}

/**
 * Pods that end, that are deleted before and after they have a node, that make way for another of their name; one with a claim
 * that somebody made, and that is used twice, one after the other.
 */
export const resourceClaim: SmallWorld = {
  name: 'resourceclaim-controller',
  controllers: () => [resourceClaimController],
  given: [
    made('ResourceClaimTemplate', 'one-gpu', { ...group, spec: { spec } }),
    made('ResourceClaim', 'shared', { ...group, spec }),
    waiting('ends'),
    waiting('goes'),
    waiting('again'),
    waiting('stays'),
    waiting('first', {}, [{ name: 'gpu', resourceClaimName: 'shared' }]),
  ],
  steps: 14,
  around: others,
  script: {
    2: (stage) => stage.change('Pod', 'ends', (pod) => ended(pod, stage)),
    3: (stage) => stage.delete('Pod', 'goes'),
    4: (stage) => {
      stage.remove('Pod', 'again')
      stage.put(waiting('again', { uid: 'uid-of-the-second' }))
    },
    5: (stage) => stage.change('Pod', 'first', (pod) => ended(pod, stage)),
    // While it stood beside the second, it would be taken off and put on for ever: kubernetes/kubernetes#141274.
    7: (stage) => stage.remove('Pod', 'first'),
    8: (stage) => stage.put(waiting('second', {}, [{ name: 'gpu', resourceClaimName: 'shared' }])),
  },
  never,
  finally: (stage) => {
    const left = stage.list('ResourceClaim').map(({ metadata }) => metadata.ownerReferences?.[0]?.name ?? metadata.name)
    const names = left.sort().join(' ')
    return names === 'again shared stays' ? undefined : `claims are left of: ${names}`
  },
}

const ended = (pod: Pod, stage: Stage): Pod => ({
  ...withPhase(pod, 'Succeeded', stage),
  status: { ...pod.status, ...withPhase(pod, 'Succeeded', stage).status },
})

import { seconds } from '../../../events/time.ts'
import { compileNodeSelector } from '../../../kubernetes/node-selector.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { AllocationResult, ResourceClaim } from '../../../kubernetes/types/resource.ts'
import { AssumeCache } from '../framework/assume-cache.ts'
import { StateKey } from '../framework/cycle-state.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import { normalizeByHighest } from '../framework/scoring.ts'
import { failure, SKIP, unresolvable, unschedulable, type Status } from '../framework/status.ts'
import { allocateDevices, deviceKey, type DeviceWorld } from './device-allocator.ts'
import { claimWrites } from './dynamic-resources-writes.ts'
import { dynamicResourcesHints } from './dynamic-resources-hints.ts'
import { claimOf, foreignResourceClaim, isReservedFor, notMadeYet } from '../../../kubernetes/resource-claims.ts'
import { notFound } from '../../../kubernetes/volumes.ts'

const NAME = 'DynamicResources'
/** Source: api/resource/v1/types.go, ResourceClaimReservedForMaxSize. */
const MAX_CONSUMERS = 256
/** Source: api/resource/v1/types.go, FirstAvailableDeviceRequestMaxSize. */
const MAX_ALTERNATIVES = 8

const CANNOT_ALLOCATE = unresolvable(NAME, 'cannot allocate all claims')
const NOT_HERE = unresolvable(NAME, 'resourceclaim not available on the node')
const IN_USE = unresolvable(NAME, 'resourceclaim in use')

interface ClaimsState {
  readonly claims: readonly ResourceClaim[]
  readonly toAllocate: readonly ResourceClaim[]
  readonly world: DeviceWorld | undefined
  /** By node: what would be allocated there. */
  readonly allocations: Map<string, readonly AllocationResult[]>
  /** Allocated claims that some node could not use. */
  readonly unavailable: Set<ResourceClaim>
}

const claimsState = new StateKey<ClaimsState>(NAME)

const noClaims = (): ClaimsState => ({
  claims: [],
  toAllocate: [],
  world: undefined,
  allocations: new Map(),
  unavailable: new Set(),
})

/**
 * Devices that Pods claim: allocated with the node, from what drivers publish about theirs.
 *
 * Abridged: no extended resources backed by devices, no device binding conditions, no claims of Pod groups.
 *
 * Source: plugins/dynamicresources/dynamicresources.go (v1.36).
 */
export const dynamicResources = (_args: unknown, { view }: PluginHandle): SchedulerPlugin => {
  const claims = new AssumeCache('ResourceClaim', view)
  /** Decided here and not yet written: the claim's devices are taken, the claim itself has to wait. */
  const inFlight = new Map<string, AllocationResult>()

  /** The Pod's claims; one that was not generated, because none is needed, is left out. */
  const claimsOf = (pod: Pod): readonly ResourceClaim[] | string => {
    const found: ResourceClaim[] = []
    for (const reference of pod.spec.resourceClaims ?? []) {
      const named = claimOf(pod, reference)
      if (named === 'none') continue
      if (named === 'missing') return notMadeYet(pod)
      const { name, made } = named
      const claim = claims.get(pod.metadata.namespace, name)
      if (claim === undefined) return notFound('resourceclaim.resource.k8s.io', name)
      if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim "${name}" is being deleted`
      const foreign = made ? foreignResourceClaim(pod, claim) : undefined
      if (foreign !== undefined) return foreign
      found.push(claim)
    }
    return found
  }

  const allocatedDevices = (): ReadonlySet<string> => {
    const allocated = new Set<string>()
    const take = ({ devices }: AllocationResult): void => {
      for (const { driver, pool, device, adminAccess } of devices?.results ?? []) {
        if (adminAccess !== true) allocated.add(deviceKey(driver, pool, device))
      }
    }
    for (const { status } of claims.list()) if (status?.allocation !== undefined) take(status.allocation)
    for (const allocation of inFlight.values()) take(allocation)
    return allocated
  }

  /** Why a claim cannot be allocated for any node; undefined if it may. */
  const claimProblem = (pod: Pod, claim: ResourceClaim): Status | undefined => {
    if (claim.status?.allocation !== undefined) {
      const full = (claim.status.reservedFor?.length ?? 0) >= MAX_CONSUMERS
      return full && !isReservedFor(claim, pod) ? IN_USE : undefined
    }
    if (inFlight.has(claim.metadata.uid)) {
      const name = `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`
      return unresolvable(NAME, `resource claim ${name} is in the process of being allocated`)
    }
    for (const { name, exactly, firstAvailable } of claim.spec.devices?.requests ?? []) {
      const classes =
        exactly === undefined
          ? (firstAvailable ?? []).map((alternative) => [`${name}/${alternative.name}`, alternative.deviceClassName])
          : [[name, exactly.deviceClassName]]
      for (const [request = '', className = ''] of classes) {
        if (view.get('DeviceClass', undefined, className) !== undefined) continue
        return unresolvable(NAME, `request ${request}: device class ${className} does not exist`)
      }
    }
    return undefined
  }

  const isUsableOn = ({ status }: ResourceClaim, node: Node): boolean => {
    const selector = status?.allocation?.nodeSelector
    return selector === undefined || compileNodeSelector(selector).matches(node)
  }

  return {
    name: NAME,
    preEnqueue: (pod) => {
      const found = claimsOf(pod)
      return typeof found === 'string' ? unresolvable(NAME, found) : undefined
    },
    preFilter: (cycle, { pod }) => {
      cycle.write(claimsState, noClaims())
      const found = claimsOf(pod)
      if (typeof found === 'string') return unresolvable(NAME, found)
      if (found.length === 0) return SKIP
      for (const claim of found) {
        const problem = claimProblem(pod, claim)
        if (problem !== undefined) return problem
      }
      const toAllocate = found.filter(({ status }) => status?.allocation === undefined)
      const world: DeviceWorld = {
        slices: view.list('ResourceSlice'),
        allocated: allocatedDevices(),
        deviceClass: (name) => view.get('DeviceClass', undefined, name),
      }
      cycle.write(claimsState, { ...noClaims(), claims: found, toAllocate, world })
      return undefined
    },
    filter: (cycle, _pod, { node, name }) => {
      const state = cycle.read(claimsState)
      if (state === undefined || node === undefined) return undefined
      const unavailable = state.claims.filter((claim) => !isUsableOn(claim, node))
      if (state.world !== undefined && state.toAllocate.length > 0) {
        const allocations = allocateDevices(state.world, state.toAllocate, node)
        if (allocations === undefined) return CANNOT_ALLOCATE
        if ('problem' in allocations) {
          return allocations.here ? unresolvable(NAME, allocations.problem) : failure(NAME, allocations.problem)
        }
        if (unavailable.length === 0) state.allocations.set(name, allocations)
      }
      for (const claim of unavailable) state.unavailable.add(claim)
      return unavailable.length > 0 ? NOT_HERE : undefined
    },
    postFilter: (cycle, { pod }) => {
      const state = cycle.read(claimsState)
      // PreFilter did not come this far: the framework has no state of that key.
      if (state === undefined) return { status: failure(NAME, 'not found') }
      if (state.claims.length === 0) return { status: unschedulable(NAME, 'no new claims to deallocate') }
      for (const claim of state.unavailable) {
        const users = claim.status?.reservedFor ?? []
        if (users.length > 1 || (users.length === 1 && !isReservedFor(claim, pod))) continue
        const writes = [deallocation(claim)]
        return { status: unschedulable(NAME, 'deallocation of ResourceClaim completed'), writes }
      }
      return { status: unschedulable(NAME, 'still not schedulable') }
    },
    score: (cycle, _pod, { name }) => {
      const state = cycle.read(claimsState)
      const allocations = state?.allocations.get(name)
      return state === undefined || allocations === undefined ? 0 : preference(state.claims, allocations)
    },
    uniformScore: (cycle) => ((cycle.read(claimsState)?.toAllocate.length ?? 0) === 0 ? 0 : undefined),
    normalize: (_cycle, _pod, _nodes, scores) => normalizeByHighest(scores, false),
    reserve: (cycle, _pod, nodeName) => {
      const state = cycle.read(claimsState)
      if (state === undefined || state.toAllocate.length === 0) return undefined
      const allocations = state.allocations.get(nodeName)
      if (allocations === undefined) return failure(NAME, 'claim allocation not found for node')
      state.toAllocate.forEach(({ metadata }, i) => {
        const allocation = allocations[i]
        if (allocation !== undefined) inFlight.set(metadata.uid, allocation)
      })
      return undefined
    },
    unreserve: (cycle) => {
      for (const { metadata } of cycle.read(claimsState)?.toAllocate ?? []) {
        inFlight.delete(metadata.uid)
        claims.restore(metadata.namespace, metadata.name)
      }
    },
    preBind: (cycle, { pod }) => {
      const state = cycle.read(claimsState)
      const writes = (state?.claims ?? [])
        .filter((claim) => !isReservedFor(claim, pod))
        .flatMap((claim) => claimWrites(pod, claim, inFlight.get(claim.metadata.uid)))
      return writes.length === 0 ? undefined : { writes, timeout: seconds(600) }
    },
    postBind: (cycle) => {
      for (const { metadata } of cycle.read(claimsState)?.toAllocate ?? []) {
        const allocation = inFlight.get(metadata.uid)
        inFlight.delete(metadata.uid)
        const claim = view.get('ResourceClaim', metadata.namespace, metadata.name)
        if (claim === undefined || allocation === undefined || claim.status?.allocation !== undefined) continue
        // Written, and not yet seen.
        claims.assume({ ...claim, status: { ...claim.status, allocation } })
      }
    },
    sign: (pod) => ((pod.spec.resourceClaims?.length ?? 0) > 0 ? undefined : ''),
    hints: dynamicResourcesHints,
  }
}

const deallocation = ({ metadata }: ResourceClaim) => ({
  verb: 'patch' as const,
  patchType: 'merge' as const,
  kind: 'ResourceClaim' as const,
  namespace: metadata.namespace,
  name: metadata.name,
  subresource: 'status',
  body: {
    metadata: { resourceVersion: metadata.resourceVersion },
    status: { allocation: null, reservedFor: null, devices: null },
  },
})

/** The earlier an alternative stands in its list, the better. Source: dynamicresources.go, computeScore. */
function preference(claims: readonly ResourceClaim[], allocations: readonly AllocationResult[]): number {
  let score = 0
  claims.forEach((claim, c) => {
    const used = new Set(allocations[c]?.devices?.results?.map(({ request }) => request))
    for (const { name, firstAvailable } of claim.spec.devices?.requests ?? []) {
      firstAvailable?.forEach((alternative, i) => {
        if (used.has(`${name}/${alternative.name}`)) score += MAX_ALTERNATIVES - i
      })
    }
  })
  return score
}

import type { EndpointAddress, EndpointSubset } from '../../../kubernetes/types/networking.ts'

/** Most addresses in one Endpoints object. Source: pkg/controller/endpoint/endpoints_controller.go, maxCapacity (v1.36). */
const MAX_CAPACITY = 1000

/** How many addresses subsets hold, ready or not. */
const sizeOf = (subsets: readonly EndpointSubset[]): { readonly ready: number; readonly notReady: number } => {
  let ready = 0
  let notReady = 0
  for (const subset of subsets) {
    ready += subset.addresses?.length ?? 0
    notReady += subset.notReadyAddresses?.length ?? 0
  }
  return { ready, notReady }
}

export const isOverCapacity = (subsets: readonly EndpointSubset[]): boolean => {
  const { ready, notReady } = sizeOf(subsets)
  return ready + notReady > MAX_CAPACITY
}

/**
 * The subsets cut down to what one object may hold: unready addresses go first, and each subset gives up its share.
 * Source: endpoints_controller.go, truncateEndpoints.
 */
export const truncated = (subsets: readonly EndpointSubset[]): readonly EndpointSubset[] => {
  if (!isOverCapacity(subsets)) return subsets
  const { ready, notReady } = sizeOf(subsets)
  const cutsReady = ready > MAX_CAPACITY
  const room = cutsReady ? MAX_CAPACITY : MAX_CAPACITY - ready
  const total = cutsReady ? ready : notReady
  let left = room
  const share = (addresses: readonly EndpointAddress[]): readonly EndpointAddress[] => {
    const kept = addresses.slice(0, Math.min(left, Math.ceil((addresses.length * room) / total)))
    left -= kept.length
    return kept
  }
  return subsets.map(({ addresses = [], notReadyAddresses = [], ports }) => {
    const keptReady = cutsReady ? share(addresses) : addresses
    const keptNotReady = cutsReady ? [] : share(notReadyAddresses)
    return {
      ...(keptReady.length === 0 ? {} : { addresses: keptReady }),
      ...(keptNotReady.length === 0 ? {} : { notReadyAddresses: keptNotReady }),
      ...(ports === undefined ? {} : { ports }),
    }
  })
}

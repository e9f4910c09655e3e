import type { ApiObject } from '../../events/json.ts'
import { sameJson } from '../../kubernetes/hash.ts'
import { controllerReference } from '../../kubernetes/owners.ts'
import type { Device, ResourceSlice } from '../../kubernetes/types/resource.ts'
import type { DeviceDriverShape } from './shape.ts'

/** Abridged: upstream's slices have names with a random end, as a pool may need several. */
export const sliceName = (node: string, { driver }: DeviceDriverShape): string => `${node}-${driver}`

/**
 * The devices of one node, as its driver publishes them; undefined when `published` says the same already.
 *
 * Taints that stand in the slice stay: whoever writes one there plays the part of the driver's own watch over its devices.
 * Source: dynamic-resource-allocation/resourceslice/resourceslicecontroller.go (v1.36).
 */
export function sliceFor(
  shape: DeviceDriverShape,
  node: ApiObject,
  published: ResourceSlice | undefined,
): ResourceSlice | Omit<ResourceSlice, 'metadata'> | undefined {
  const { name } = node.metadata
  const known = new Map(published?.spec.devices?.map((device) => [device.name, device]))
  const devices = Array.from({ length: shape.perNode }, (_, i) => device(shape, i, known.get(`${shape.prefix}-${i}`)))
  const isSame = sameJson(devices, published?.spec.devices ?? [])
  if (published !== undefined && isSame) return undefined
  const generation = (published?.spec.pool.generation ?? 0) + 1
  const spec = { driver: shape.driver, nodeName: name, pool: { name, generation, resourceSliceCount: 1 }, devices }
  if (published !== undefined) return { ...published, spec }
  const metadata = { name: sliceName(name, shape), ownerReferences: [controllerReference(node)] }
  return { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', ...{ metadata }, spec }
}

function device({ prefix, attributes, capacity }: DeviceDriverShape, i: number, known: Device | undefined): Device {
  const quantities = Object.entries(capacity).map(([name, value]) => [name, { value }] as const)
  return {
    name: `${prefix}-${i}`,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(quantities.length === 0 ? {} : { capacity: Object.fromEntries(quantities) }),
    ...(known?.taints === undefined ? {} : { taints: known.taints }),
  }
}

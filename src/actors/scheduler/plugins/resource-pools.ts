/** Which devices a node can reach. Source: dynamic-resource-allocation/structured/internal/stable/pools_stable.go (v1.36). */
import { compileNodeSelector } from '../../../kubernetes/node-selector.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { NodeSelector } from '../../../kubernetes/types/scheduling.ts'
import type { Device, ResourceSlice } from '../../../kubernetes/types/resource.ts'

/** The devices that one driver manages together, as far as a node can reach them. */
export interface ResourcePool {
  readonly driver: string
  readonly name: string
  /** Slices that target the node. */
  readonly slices: readonly ResourceSlice[]
  /** Every slice of the pool, as counters are shared over all of them. */
  readonly allSlices: readonly ResourceSlice[]
  /** Some slices of the newest generation have not come yet. */
  readonly incomplete: boolean
  /** Two devices of one name. */
  readonly invalid: boolean
}

interface Targets {
  readonly nodeName?: string
  readonly nodeSelector?: NodeSelector
  readonly allNodes?: boolean
}

function targets({ nodeName, nodeSelector, allNodes }: Targets, node: Node): boolean {
  if (allNodes === true) return true
  if (nodeName !== undefined && nodeName !== '') return nodeName === node.metadata.name
  return nodeSelector !== undefined && compileNodeSelector(nodeSelector).matches(node)
}

/** Whether one device is within the node's reach, where slices leave that to their devices. */
export const deviceTargets = (slice: ResourceSlice, device: Device, node: Node): boolean =>
  slice.spec.perDeviceNodeSelection === true ? targets(device, node) : true

const sliceTargets = ({ spec }: ResourceSlice, node: Node): boolean =>
  spec.perDeviceNodeSelection === true
    ? (spec.devices ?? []).some((device) => targets(device, node))
    : targets(spec, node)

/** Pools in order of driver and name, slices in order of creation: where upstream walks a map, any order is right. */
export function gatherPools(slices: readonly ResourceSlice[], node: Node): readonly ResourcePool[] {
  const byPool = new Map<string, ResourceSlice[]>()
  for (const slice of slices) {
    const key = `${slice.spec.driver}/${slice.spec.pool.name}`
    const known = byPool.get(key)
    if (known === undefined) byPool.set(key, [slice])
    else known.push(slice)
  }
  const keys = [...byPool.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const pools: ResourcePool[] = []
  for (const key of keys) {
    const pool = toPool(byPool.get(key) ?? [], node)
    if (pool !== undefined) pools.push(pool)
  }
  return pools
}

function toPool(slices: readonly ResourceSlice[], node: Node): ResourcePool | undefined {
  const generation = Math.max(...slices.map(({ spec }) => spec.pool.generation))
  const current = slices.filter(({ spec }) => spec.pool.generation === generation)
  const reachable = current.filter((slice) => sliceTargets(slice, node))
  const [first] = reachable
  if (first === undefined) return undefined
  const names = current.flatMap(({ spec }) => (spec.devices ?? []).map(({ name }) => name))
  return {
    driver: first.spec.driver,
    name: first.spec.pool.name,
    slices: reachable,
    allSlices: current,
    incomplete: current.length !== first.spec.pool.resourceSliceCount,
    invalid: new Set(names).size !== names.length,
  }
}

/**
 * Picks devices for claims: an exhaustive search in order, whose first solution is taken.
 *
 * Source: dynamic-resource-allocation/structured/internal/stable/allocator_stable.go, allocateOne (v1.36).
 * Abridged: no consumable capacity and no device binding conditions; devices are not given config.
 */
import { value } from '../../../kubernetes/quantity.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type {
  AllocationResult,
  Device,
  DeviceClass,
  DeviceSelector,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceSlice,
} from '../../../kubernetes/types/resource.ts'
import {
  constraintsHold,
  isAdmin,
  tolerable,
  toResult,
  type Candidate,
  type Picked,
  type Wanted,
} from './device-rules.ts'
import { deviceSelector } from './device-selector.ts'
import { deviceTargets, gatherPools, type ResourcePool } from './resource-pools.ts'

/** Most devices in one claim. Source: api/resource/v1/types.go, AllocationResultsMaxSize. */
const MAX_RESULTS = 32

export interface DeviceWorld {
  readonly slices: readonly ResourceSlice[]
  /** `driver/pool/device` of what is taken. */
  readonly allocated: ReadonlySet<string>
  deviceClass(name: string): DeviceClass | undefined
}

/** One result per claim; no list: it cannot be done here; a problem: something is wrong with claim, class or slices. */
export type Allocations = readonly AllocationResult[] | undefined | { readonly problem: string; readonly here: boolean }

export const deviceKey = (driver: string, pool: string, device: string): string => `${driver}/${pool}/${device}`

/** Raised by the search where it makes no sense to go on; caught in `allocateDevices`. */
class Stop extends Error {}

const TOO_MANY = 'too many'

/** Searches devices for all claims on one node. */
export function allocateDevices(world: DeviceWorld, claims: readonly ResourceClaim[], node: Node): Allocations {
  const search = new Search(world, claims, node)
  try {
    return search.run()
  } catch (error) {
    if (error instanceof Stop) return { problem: error.message, here: false }
    throw error
  }
}

class Search {
  private readonly world: DeviceWorld
  private readonly claims: readonly ResourceClaim[]
  private readonly node: Node
  private readonly pools: readonly ResourcePool[]
  /** By claim and request: the alternatives. */
  private readonly wanted: Wanted[][][] = []
  private readonly taking = new Set<string>()
  private readonly results: Picked[][]

  constructor(world: DeviceWorld, claims: readonly ResourceClaim[], node: Node) {
    this.world = world
    this.claims = claims
    this.node = node
    this.pools = gatherPools(world.slices, node)
    this.results = claims.map(() => [])
  }

  run(): Allocations {
    this.claims.forEach((claim) => this.wanted.push(this.requestsOf(claim)))
    if (this.step(0, 0, undefined, 0) !== true) {
      const broken = this.pools.some(({ invalid }) => invalid)
      return broken ? { problem: 'invalid resource pools were encountered', here: true } : undefined
    }
    return this.results.map((devices) => toResult(devices))
  }

  private requestsOf(claim: ResourceClaim): Wanted[][] {
    return (claim.spec.devices?.requests ?? []).map(({ name, exactly, firstAvailable }) =>
      exactly === undefined
        ? (firstAvailable ?? []).map((spec) => this.toWanted(claim, name, `${name}/${spec.name}`, spec))
        : [this.toWanted(claim, name, name, exactly)],
    )
  }

  private toWanted(claim: ResourceClaim, request: string, name: string, spec: ExactDeviceRequest): Wanted {
    const where = `claim ${claim.metadata.namespace ?? ''}/${claim.metadata.name}, request ${name}`
    if (this.world.deviceClass(spec.deviceClassName) === undefined) {
      throw new Stop(`${where}: could not retrieve device class ${spec.deviceClassName}`)
    }
    const wanted = { name, request, spec, count: spec.count ?? 1, all: undefined, selectable: new Map() }
    if (spec.allocationMode !== 'All') return wanted
    const all: Candidate[] = []
    for (const pool of this.pools) {
      const state = pool.incomplete ? 'being updated' : pool.invalid ? 'invalid' : undefined
      if (state !== undefined) {
        throw new Stop(
          `${where}: asks for all devices, but resource pool ${pool.driver}/${pool.name} is currently ${state}`,
        )
      }
      for (const candidate of candidatesOf(pool)) if (this.isSelectable(wanted, candidate)) all.push(candidate)
    }
    return { ...wanted, all, count: all.length }
  }

  /**
   * Finds one device more, and all that is to come after it.
   * @param chosen the alternative in hand; undefined before one is picked
   */
  private step(c: number, r: number, chosen: number | undefined, d: number): boolean | typeof TOO_MANY {
    const requests = this.wanted[c]
    if (requests === undefined) return true
    const alternatives = requests[r]
    if (alternatives === undefined) return this.step(c + 1, 0, undefined, 0) === true
    if (chosen === undefined) return this.firstAlternative(c, r, alternatives.length)
    const wanted = alternatives[chosen]
    if (wanted === undefined || (wanted.all !== undefined && wanted.all.length === 0)) return false
    if (d >= wanted.count) return this.step(c, r + 1, undefined, 0)
    if ((this.results[c]?.length ?? 0) + wanted.count - d > MAX_RESULTS) return TOO_MANY
    if (wanted.all !== undefined) {
      const candidate = wanted.all[d]
      return candidate === undefined ? false : this.tryDevice(c, r, chosen, d, wanted, candidate, true)
    }
    for (const pool of this.pools) {
      if (pool.incomplete || pool.invalid) continue
      for (const candidate of candidatesOf(pool)) {
        if (this.isTaken(wanted, c, candidate) || !this.isSelectable(wanted, candidate)) continue
        const done = this.tryDevice(c, r, chosen, d, wanted, candidate, false)
        if (done !== false) return done
      }
    }
    return false
  }

  private firstAlternative(c: number, r: number, count: number): boolean | typeof TOO_MANY {
    let exceeded = true
    for (let chosen = 0; chosen < count; chosen++) {
      const done = this.step(c, r, chosen, 0)
      if (done === true) return true
      if (done === false) exceeded = false
    }
    return exceeded ? TOO_MANY : false
  }

  private tryDevice(
    c: number,
    r: number,
    chosen: number,
    d: number,
    wanted: Wanted,
    candidate: Candidate,
    must: boolean,
  ): boolean | typeof TOO_MANY {
    if (this.isTaken(wanted, c, candidate) || !tolerable(candidate.device, wanted.spec.tolerations)) return false
    if (!this.countersSuffice(candidate)) return false
    const claim = this.claims[c]
    const results = this.results[c]
    if (claim === undefined || results === undefined) return false
    results.push({ wanted, candidate })
    if (!constraintsHold(claim.spec.devices?.constraints ?? [], results)) {
      results.pop()
      const whose = `claim ${claim.metadata.namespace ?? ''}/${claim.metadata.name}, request ${wanted.name}`
      if (must)
        throw new Stop(`${whose}: cannot add device ${candidate.key} because a claim constraint would not be satisfied`)
      return false
    }
    const admin = isAdmin(wanted)
    if (!admin) this.taking.add(candidate.key)
    const done = this.step(c, r, chosen, d + 1)
    if (done !== true) {
      results.pop()
      if (!admin) this.taking.delete(candidate.key)
    }
    return done
  }

  private isTaken(wanted: Wanted, c: number, { key }: Candidate): boolean {
    if (isAdmin(wanted)) return this.results[c]?.some(({ candidate }) => candidate.key === key) ?? false
    return this.taking.has(key) || this.world.allocated.has(key)
  }

  private isSelectable(wanted: Wanted, candidate: Candidate): boolean {
    const known = wanted.selectable.get(candidate.key)
    if (known !== undefined) return known
    const { device, slice, pool } = candidate
    const { deviceClassName, selectors } = wanted.spec
    const classSelectors = this.world.deviceClass(deviceClassName)?.spec.selectors ?? []
    const selectable =
      matchesAll(`class ${deviceClassName}`, classSelectors, pool.driver, device) &&
      matchesAll(`request ${wanted.name}`, selectors ?? [], pool.driver, device) &&
      deviceTargets(slice, device, this.node)
    wanted.selectable.set(candidate.key, selectable)
    return selectable
  }

  /** Devices that are parts of one piece of hardware share its counters. */
  private countersSuffice({ device, pool }: Candidate): boolean {
    if (device.consumesCounters === undefined) return true
    const left = new Map<string, number>()
    const change = (part: Device, sign: 1 | -1): void => {
      for (const { counterSet, counters } of part.consumesCounters ?? []) {
        for (const [name, counter] of Object.entries(counters)) {
          const key = `${counterSet}/${name}`
          left.set(key, (left.get(key) ?? 0) + sign * value(counter.value))
        }
      }
    }
    for (const { spec } of pool.allSlices) {
      for (const { name, counters } of spec.sharedCounters ?? []) {
        for (const [counter, amount] of Object.entries(counters)) left.set(`${name}/${counter}`, value(amount.value))
      }
    }
    for (const { spec } of pool.allSlices) {
      for (const other of spec.devices ?? []) {
        const key = deviceKey(pool.driver, pool.name, other.name)
        if (this.world.allocated.has(key) || this.taking.has(key)) change(other, -1)
      }
    }
    change(device, -1)
    for (const amount of left.values()) if (amount < 0) return false
    return true
  }
}

function* candidatesOf(pool: ResourcePool): Iterable<Candidate> {
  for (const slice of pool.slices) {
    for (const device of slice.spec.devices ?? []) {
      yield { device, slice, pool, key: deviceKey(pool.driver, pool.name, device.name) }
    }
  }
}

function matchesAll(whose: string, selectors: readonly DeviceSelector[], driver: string, device: Device): boolean {
  return selectors.every(({ cel }, i) => {
    if (cel === undefined) throw new Stop(`${whose}, selector #${i}: CEL expression empty (unsupported selector type?)`)
    const verdict = deviceSelector(cel.expression)(driver, device)
    if (typeof verdict === 'boolean') return verdict
    throw new Stop(`${whose}: selector #${i} on device ${device.name}: ${verdict.problem}`)
  })
}

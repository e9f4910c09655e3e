/** Which devices are tainted. Source: pkg/controller/devicetainteviction/device_taint_eviction.go, pool (v1.36). */
import { sameJson } from '../../../kubernetes/hash.ts'
import type { Device, DeviceTaint, ResourceSlice } from '../../../kubernetes/types/resource.ts'

const NO_TAINTS: readonly DeviceTaint[] = []

/** One device among all. */
export const deviceKey = (driver: string, pool: string, device: string): string => `${driver}/${pool}/${device}`

/** All slices of a pool, by name. Only those of the newest generation count. */
type Slices = Map<string, ResourceSlice>

/** The NoExecute taints of all devices, pool by pool, as slices come and go. */
export class DevicePools {
  private readonly pools = new Map<string, Slices>()
  /** Taints that make Pods leave, by device; without devices that have none. */
  private readonly taints = new Map<string, readonly DeviceTaint[]>()

  /** Takes a slice in another version. Gives the devices whose taints are others now. */
  take(before: ResourceSlice | undefined, after: ResourceSlice | undefined): ReadonlySet<string> {
    const old = before === undefined ? undefined : poolOf(before)
    const changed = new Set<string>()
    if (after === undefined || (old !== undefined && old !== poolOf(after))) {
      if (before !== undefined) this.change(before, (slices) => slices.delete(before.metadata.name), changed)
    }
    if (after !== undefined) this.change(after, (slices) => slices.set(after.metadata.name, after), changed)
    return changed
  }

  taintsOf(device: string): readonly DeviceTaint[] {
    return this.taints.get(device) ?? NO_TAINTS
  }

  private change(slice: ResourceSlice, act: (slices: Slices) => void, changed: Set<string>): void {
    const key = poolOf(slice)
    const slices = this.pools.get(key) ?? new Map<string, ResourceSlice>()
    const old = taintsOfPool(slices)
    act(slices)
    if (slices.size === 0) this.pools.delete(key)
    else this.pools.set(key, slices)
    const taints = taintsOfPool(slices)
    for (const device of new Set([...old.keys(), ...taints.keys()])) {
      if (sameJson(old.get(device) ?? NO_TAINTS, taints.get(device) ?? NO_TAINTS)) continue
      const now = taints.get(device)
      if (now === undefined) this.taints.delete(device)
      else this.taints.set(device, now)
      changed.add(device)
    }
  }
}

const poolOf = ({ spec }: ResourceSlice): string => `${spec.driver}/${spec.pool.name}`

function taintsOfPool(slices: Slices): ReadonlyMap<string, readonly DeviceTaint[]> {
  const found = new Map<string, readonly DeviceTaint[]>()
  let newest = -1
  for (const { spec } of slices.values()) newest = Math.max(newest, spec.pool.generation)
  for (const { spec } of slices.values()) {
    if (spec.pool.generation !== newest) continue
    for (const device of spec.devices ?? []) {
      const evicting = evictingTaints(device)
      if (evicting.length > 0) found.set(deviceKey(spec.driver, spec.pool.name, device.name), evicting)
    }
  }
  return found
}

const evictingTaints = ({ taints = NO_TAINTS }: Device): readonly DeviceTaint[] =>
  taints.some(({ effect }) => effect === 'NoExecute')
    ? taints.filter(({ effect }) => effect === 'NoExecute')
    : NO_TAINTS

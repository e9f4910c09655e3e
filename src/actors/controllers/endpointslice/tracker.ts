import type { EndpointSlice } from '../../../kubernetes/types/networking.ts'

/** Stands for a generation: the slice was deleted and will be seen to go. */
const DELETION_EXPECTED = -1

/**
 * What this controller wrote of each Service's slices. Until its view shows that, it would plan on slices that are no
 * longer so; and a change that it made itself need not wake it.
 * Source: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go, EndpointSliceTracker (v1.36).
 */
export class SliceTracker {
  /** Generations by uid, by Service. */
  private readonly byService = new Map<string, Map<string, number>>()

  wrote(service: string, { metadata: { uid, generation = 0 } }: EndpointSlice): void {
    this.of(service).set(uid, generation)
  }

  deleted(service: string, { metadata: { uid } }: EndpointSlice): void {
    this.of(service).set(uid, DELETION_EXPECTED)
  }

  forget(service: string): void {
    this.byService.delete(service)
  }

  /** Whether this version is news to us. */
  isNews(service: string, { metadata: { uid, generation = 0 } }: EndpointSlice): boolean {
    const known = this.byService.get(service)?.get(uid)
    return known === undefined || generation > known
  }

  /** A slice is gone. Whether that was somebody else's doing. */
  isLost(service: string, { metadata: { uid } }: EndpointSlice): boolean {
    const generations = this.byService.get(service)
    const known = generations?.get(uid)
    generations?.delete(uid)
    return known !== undefined && known !== DELETION_EXPECTED
  }

  /** Whether these are older than what was written. */
  areStale(service: string, slices: readonly EndpointSlice[]): boolean {
    const generations = this.byService.get(service)
    if (generations === undefined) return false
    const shown = new Set<string>()
    for (const { metadata } of slices) {
      shown.add(metadata.uid)
      const known = generations.get(metadata.uid)
      if (known === DELETION_EXPECTED || (known ?? 0) > (metadata.generation ?? 0)) return true
    }
    for (const [uid, generation] of generations) if (generation !== DELETION_EXPECTED && !shown.has(uid)) return true
    return false
  }

  private of(service: string): Map<string, number> {
    let generations = this.byService.get(service)
    if (generations === undefined) this.byService.set(service, (generations = new Map()))
    return generations
  }
}

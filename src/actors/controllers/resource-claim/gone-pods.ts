import { dropOldest } from '../shared/drop-oldest.ts'

/** Source: pkg/controller/resourceclaim/controller.go, maxUIDCacheEntries (v1.36). */
const MOST = 500

/** Pods that the controller has seen go: of them it need not ask the API server. Source: uid_cache.go (v1.36). */
export class GonePods {
  private readonly uids = new Set<string>()

  add(uid: string): void {
    this.uids.delete(uid)
    this.uids.add(uid)
    dropOldest(this.uids, MOST)
  }

  has(uid: string): boolean {
    if (!this.uids.has(uid)) return false
    this.add(uid)
    return true
  }
}

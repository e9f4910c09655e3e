import type { BackOffRecord } from './back-off.ts'

/** What the controller keeps of each Job besides its queue; lost in a crash, and with it the failures that were counted. */
export class JobMemory {
  private readonly records = new Map<string, BackOffRecord>()
  private readonly letGo = new Map<string, Set<string>>()

  record(key: string): BackOffRecord | undefined {
    return this.records.get(key)
  }

  keep(key: string, record: BackOffRecord): void {
    this.records.set(key, record)
  }

  /** Pods whose finalizer was taken away, though the view may not show it yet. Source: job/tracking_utils.go. */
  lettingGo(key: string): ReadonlySet<string> | undefined {
    return this.letGo.get(key)
  }

  lets(key: string, uids: readonly string[]): void {
    const known = this.letGo.get(key)
    if (known === undefined) this.letGo.set(key, new Set(uids))
    else for (const uid of uids) known.add(uid)
  }

  /** It is seen, or it failed. */
  gone(key: string, uid: string): void {
    const known = this.letGo.get(key)
    known?.delete(uid)
    if (known?.size === 0) this.letGo.delete(key)
  }

  /** The Job has ended or is gone. */
  forget(key: string): void {
    this.records.delete(key)
    this.letGo.delete(key)
  }
}

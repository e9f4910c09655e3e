import type { Disk } from '../../../engine/kernel/disk.ts'
import { NO_ALLOCATION, type PodAllocation } from '../../../kubernetes/pod-allocation.ts'

/** What a kubelet has granted one Pod. */
export interface Granted {
  /** When it took the Pod: what containers were started with of which the runtime says nothing else. */
  readonly admitted: PodAllocation
  /** Now; the same object if the Pod was never resized. */
  readonly allocated: PodAllocation
}

type CheckpointRecord =
  | { readonly type: 'admitted'; readonly uid: string; readonly allocation: PodAllocation }
  | { readonly type: 'resized'; readonly uid: string; readonly allocation: PodAllocation }
  | { readonly type: 'removed'; readonly uid: string }
  | { readonly type: 'snapshot'; readonly pods: readonly (readonly [string, Granted])[] }

/** The file is replaced by a snapshot when it is this many times as long as what it says. */
const COMPACT_FACTOR = 4
const COMPACT_MIN = 1024

/**
 * What a kubelet has granted its Pods, on its disk: after a restart Pods keep what they had, whatever their specs ask for by
 * then. Source: pkg/kubelet/allocation/state/state_checkpoint.go, allocated_pods_state (v1.36).
 * Abridged: what a Pod was admitted with becomes durable with the next resize of any, so that a Pod that is never resized costs
 * no sync. It survives the kubelet; when the machine has lost power, the Pod's status is believed, if it says anything.
 */
export class AllocationCheckpoint {
  private readonly disk: Disk
  private readonly granted = new Map<string, Granted>()
  /** Position of a snapshot that is not yet known to be on disk. */
  private snapshotAt = -1

  /** Begins (again) with what the disk holds. */
  constructor(disk: Disk) {
    this.disk = disk
    for (const record of disk.records()) this.apply(record as CheckpointRecord)
  }

  get(uid: string): Granted | undefined {
    return this.granted.get(uid)
  }

  admit(uid: string, allocation: PodAllocation): void {
    if (allocation !== NO_ALLOCATION) this.note({ type: 'admitted', uid, allocation })
  }

  /** False when it could not be written. */
  resize(uid: string, allocation: PodAllocation): boolean {
    const isWritten = this.note({ type: 'resized', uid, allocation })
    if (isWritten) this.disk.sync()
    return isWritten
  }

  remove(uid: string): void {
    if (this.granted.has(uid)) this.note({ type: 'removed', uid })
  }

  /** Forgets all but these. Source: allocation_manager.go, RemoveOrphanedPods. */
  keepOnly(isThere: (uid: string) => boolean): void {
    for (const uid of [...this.granted.keys()]) if (!isThere(uid)) this.remove(uid)
  }

  /** A sync is done: what stands in front of a snapshot is not needed any more. */
  synced(position: number): void {
    if (this.snapshotAt < 0 || position <= this.snapshotAt) return
    this.disk.dropBefore(this.snapshotAt)
    this.snapshotAt = -1
  }

  private note(record: CheckpointRecord): boolean {
    const { disk } = this
    const isWritten = disk.append(record) >= 0
    if (!isWritten && record.type === 'resized') return false
    this.apply(record)
    const length = disk.position - disk.start
    if (this.snapshotAt < 0 && length > COMPACT_MIN && length > COMPACT_FACTOR * this.granted.size) this.compact()
    return isWritten
  }

  private compact(): void {
    const { disk } = this
    const at = disk.position
    const snapshot: CheckpointRecord = { type: 'snapshot', pods: [...this.granted] }
    if (disk.append(snapshot) < 0) return
    this.snapshotAt = at
    disk.sync()
  }

  private apply(record: CheckpointRecord): void {
    switch (record.type) {
      case 'admitted':
        this.granted.set(record.uid, { admitted: record.allocation, allocated: record.allocation })
        return
      case 'resized': {
        const { admitted = record.allocation } = this.granted.get(record.uid) ?? {}
        this.granted.set(record.uid, { admitted, allocated: record.allocation })
        return
      }
      case 'removed':
        this.granted.delete(record.uid)
        return
      case 'snapshot':
        this.granted.clear()
        for (const [uid, granted] of record.pods) this.granted.set(uid, granted)
    }
  }
}

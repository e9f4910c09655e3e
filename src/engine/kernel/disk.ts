import { invariant } from '../invariant.ts'

/**
 * A process's append-only file. What is written survives the process; only what is synced survives a power cut.
 * `DiskSynced {position}` tells the owner when a sync is done, `DiskFailed` that a write was refused.
 */
export interface Disk {
  /** Number of records ever written, dropped ones included. */
  readonly position: number
  /** Writes a record to the operating system's cache and gives the position behind it; -1 when the disk is full. */
  append(record: unknown): number
  /** Asks for everything written so far to become durable. Syncs asked for while one runs are served by the next. */
  sync(): void
  /** What the file holds, oldest first. */
  records(): readonly unknown[]
  /** Position of the first record that the file still holds. */
  readonly start: number
  /** Drops the synced records in front of `position`, as when a snapshot has replaced them. */
  dropBefore(position: number): void
}

/** What the kernel keeps of one process's disk. */
export class DiskFile implements Disk {
  private content: unknown[] = []
  private dropped = 0
  private synced = 0
  private syncing = -1
  private wanted = -1

  private readonly isFull: () => boolean
  private readonly startSync: (position: number) => void
  private readonly refuse: (position: number) => void

  constructor(hooks: {
    isFull: () => boolean
    startSync: (position: number) => void
    refuse: (position: number) => void
  }) {
    this.isFull = hooks.isFull
    this.startSync = hooks.startSync
    this.refuse = hooks.refuse
  }

  get position(): number {
    return this.dropped + this.content.length
  }

  get start(): number {
    return this.dropped
  }

  append(record: unknown): number {
    if (this.isFull()) {
      this.refuse(this.position)
      return -1
    }
    this.content.push(record)
    return this.position
  }

  sync(): void {
    const upTo = this.position
    if (this.syncing >= 0) {
      this.wanted = upTo
      return
    }
    this.syncing = upTo
    this.startSync(upTo)
  }

  records(): readonly unknown[] {
    return this.content
  }

  dropBefore(position: number): void {
    invariant(position <= this.synced, 'only synced records may be dropped: nothing else is known to be replaced')
    if (position <= this.dropped) return
    this.content = this.content.slice(position - this.dropped)
    this.dropped = position
  }

  /** While its owner is down somebody puts other content in its place, and sees that it is durable. */
  replace(content: readonly unknown[]): void {
    this.dropped = this.position
    this.content = [...content]
    this.synced = this.position
    this.syncing = -1
    this.wanted = -1
  }

  /** The kernel says that the running sync is done. Starts the next one if more was asked for meanwhile. */
  completeSync(position: number): void {
    this.synced = Math.max(this.synced, position)
    this.syncing = -1
    if (this.wanted >= 0) {
      const upTo = this.wanted
      this.wanted = -1
      this.syncing = upTo
      this.startSync(upTo)
    }
  }

  /** The process died: nobody waits for the sync any more, but the operating system still finishes it. */
  abandonSync(): void {
    this.synced = this.position
    this.syncing = -1
    this.wanted = -1
  }

  /** Power is gone: only what was synced is left. */
  losePower(): void {
    this.content.length = Math.max(0, this.synced - this.dropped)
    this.syncing = -1
    this.wanted = -1
  }
}

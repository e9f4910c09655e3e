import type { Disk } from '../../engine/kernel/disk.ts'
import type { RaftMessage } from './raft/message.ts'
import type { WalRecord } from './raft/storage.ts'

/** What may be sent once everything up to `position` is durable. */
interface Held {
  readonly position: number
  readonly messages: readonly RaftMessage[]
}

const NOTHING: readonly RaftMessage[] = []

/** A member's write-ahead log: what is on its disk, and which promises have to wait until it is. */
export class Wal {
  private readonly disk: Disk
  private held: Held[] = []
  private syncedTo: number
  /** Up to where the disk must be synced before a promise may leave: behind the last record that had to be. */
  private promisable = 0
  /** Where the last checkpoint begins: what stands before it may go once it is synced. */
  private checkpoint: { readonly start: number; readonly end: number } | undefined

  constructor(disk: Disk) {
    this.disk = disk
    this.syncedTo = disk.position
  }

  /** Whether something is being written that must be durable. */
  get isSyncing(): boolean {
    return this.promisable > this.syncedTo
  }

  /** What this member wrote before it started. */
  records(): readonly WalRecord[] {
    // The disk holds what this actor wrote: records of this type.
    return this.disk.records() as readonly WalRecord[]
  }

  /** False if the disk refused: then nothing that follows from the record may be told to anyone. */
  append(record: WalRecord | undefined, mustSync: boolean): boolean {
    if (record !== undefined && this.disk.append(record) < 0) return false
    if (mustSync) {
      this.promisable = this.disk.position
      this.disk.sync()
    }
    return true
  }

  /** A checkpoint makes all records before it unnecessary. */
  appendCheckpoint(record: WalRecord): void {
    const start = this.disk.position
    const end = this.disk.append(record)
    if (end < 0) return
    this.checkpoint = { start, end }
    this.disk.sync()
  }

  /** Those of the messages that may be sent now: all of them or, while they wait for the disk, none. */
  hold(messages: readonly RaftMessage[]): readonly RaftMessage[] {
    if (this.promisable <= this.syncedTo) return messages
    this.held.push({ position: this.promisable, messages })
    return NOTHING
  }

  /** The disk is durable up to a position: the messages that waited for that. */
  synced(position: number): readonly RaftMessage[] {
    this.syncedTo = Math.max(this.syncedTo, position)
    const due = this.held.filter((one) => one.position <= this.syncedTo)
    this.held = this.held.filter((one) => one.position > this.syncedTo)
    if (this.checkpoint !== undefined && this.checkpoint.end <= this.syncedTo) {
      this.disk.dropBefore(this.checkpoint.start)
      this.checkpoint = undefined
    }
    return due.flatMap(({ messages }) => messages)
  }
}

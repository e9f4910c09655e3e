import type { ActorContext } from '../../engine/actor.ts'
import { Holdings, type HoldingsRecord } from './holdings.ts'

/** The journal is replaced by a snapshot when it is this many times as long as what it says. */
const COMPACT_FACTOR = 4
const COMPACT_MIN = 256

/** What must survive a power cut. */
const DURABLE: ReadonlySet<HoldingsRecord['type']> = new Set(['image', 'sandbox', 'container', 'resources'])

/**
 * containerd's metadata on disk: every change is appended; what must survive a power cut is synced as well. When the
 * journal has grown long, a snapshot takes its place.
 */
export class Journal {
  readonly holdings = new Holdings()
  private readonly context: ActorContext
  /** Position of a snapshot that is not yet known to be on disk. */
  private snapshotAt = -1

  /** Begins (again) with what the disk holds. */
  constructor(context: ActorContext) {
    this.context = context
    for (const record of context.disk.records()) this.holdings.apply(record as HoldingsRecord)
    this.note({ type: 'booted', boot: context.boot, now: context.now })
  }

  note(record: HoldingsRecord): void {
    this.holdings.apply(record)
    const { disk } = this.context
    disk.append(record)
    if (DURABLE.has(record.type)) disk.sync()
    const length = disk.position - disk.start
    if (this.snapshotAt < 0 && length > COMPACT_MIN && length > COMPACT_FACTOR * this.holdings.size) this.compact()
  }

  /** A sync is done: what stands in front of a snapshot is not needed any more. */
  synced(position: number): void {
    if (this.snapshotAt < 0 || position <= this.snapshotAt) return
    this.context.disk.dropBefore(this.snapshotAt)
    this.snapshotAt = -1
  }

  private compact(): void {
    const { disk } = this.context
    const at = disk.position
    if (disk.append({ type: 'snapshot', holdings: this.holdings.snapshot() } satisfies HoldingsRecord) < 0) return
    this.snapshotAt = at
    disk.sync()
  }
}

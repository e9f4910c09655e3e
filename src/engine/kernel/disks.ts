import type { ActorId, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import type { EventData } from '../../events/catalogue/index.ts'
import { DiskFile } from './disk.ts'
import { KERNEL, type Journal } from './journal.ts'
import type { Process } from './process.ts'
import type { EventQueue } from './queue.ts'
import type { Random } from './random.ts'

/** Time of one sync on a healthy disk: 0.8 to 1.6 ms, a cloud SSD. */
const SYNC_MIN: Micros = 800
const SYNC_JITTER: Micros = 800

/** What disks reach of the world. */
export interface DiskWorld {
  readonly journal: Journal
  readonly queue: EventQueue<() => void>
  readonly random: Random
  /** Hands an event to its actor, if that still lives by then. */
  deliver(event: LogEvent, to: ActorId): void
}

/** The disks below the processes' files: how long a sync takes, and who hears how it went. */
export class Disks {
  private readonly world: DiskWorld

  constructor(world: DiskWorld) {
    this.world = world
  }

  /** An empty file; `owner` is asked for the process only once somebody writes. */
  file(owner: () => Process): DiskFile {
    return new DiskFile({
      isFull: () => owner().host.diskFull,
      startSync: (position) => this.startSync(owner(), position),
      refuse: (position) => this.tell(owner(), 'DiskFailed', { position, reason: 'no space left on device' }),
    })
  }

  private startSync(process: Process, position: number): void {
    const { journal, queue, random } = this.world
    const { incarnation } = process
    const jitter = random.fork(`disk/${process.spec.id}/${position}`).below(SYNC_JITTER)
    const { cause } = journal
    queue.push(journal.now + (SYNC_MIN + jitter) * process.host.diskFactor, () => {
      if (process.incarnation !== incarnation || process.state === 'dead') return
      process.disk.completeSync(position)
      this.tell(process, 'DiskSynced', { position }, cause)
    })
  }

  private tell<T extends 'DiskSynced' | 'DiskFailed'>(
    process: Process,
    type: T,
    data: EventData<T>,
    cause?: Seq,
  ): void {
    const { journal, queue, deliver } = this.world
    const { id } = process.spec
    const event = journal.append(KERNEL, type, data, id, cause ?? journal.cause)
    queue.push(journal.now, () => deliver(event, id))
  }
}

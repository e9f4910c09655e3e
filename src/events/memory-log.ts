import { DigestChain, type Checkpoint } from './digest.ts'
import { encodeEvent } from './encode.ts'
import type { LogEvent, Micros, Seq } from './envelope.ts'
import { invariant } from './invariant.ts'
import type { EventLog, LogOptions, LogSink } from './log.ts'
import { isKept, type Retain } from './retention.ts'
import { SeqColumn } from './seq-column.ts'

/** A log in the memory of this process. By default it keeps everything and knows its digest. */
export const createMemoryLog = (options: Partial<LogOptions> = {}): EventLog =>
  new MemoryLog({ retain: 'all', digest: true, ...options })

class MemoryLog implements EventLog {
  readonly retain: Retain
  private readonly chain: DigestChain | undefined
  private readonly sinks: readonly LogSink[]
  private readonly causes = new SeqColumn()
  /** By position: dense from 1 when everything is retained, else found by bisection. */
  private readonly kept: LogEvent[] = []
  private lastAt: Micros = 0

  constructor({ retain, digest, sinks = [] }: LogOptions) {
    this.retain = retain
    this.chain = digest ? new DigestChain() : undefined
    this.sinks = sinks
  }

  get length(): number {
    return this.causes.length
  }

  get nextSeq(): Seq {
    return this.causes.length + 1
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.chain?.checkpoints ?? []
  }

  append(event: LogEvent): void {
    const { seq, at, cause } = event
    // The sentences are built only when they are needed: this is the hottest path of a run.
    if (seq !== this.nextSeq) invariant(false, `event ${this.nextSeq} comes next, not ${seq}`)
    if (!(Number.isInteger(cause) && cause >= 0 && cause < seq))
      invariant(false, `the cause of event ${seq} stands before it, not at ${cause}`)
    if (!(Number.isSafeInteger(at) && at >= this.lastAt))
      invariant(false, `time stands still or goes on, not from ${this.lastAt} to ${at}`)
    this.lastAt = at
    this.causes.push(cause)
    if (isKept(this.retain, event)) this.kept.push(event)
    if (this.chain === undefined && this.sinks.length === 0) return
    const line = encodeEvent(event)
    this.chain?.append(line)
    for (const sink of this.sinks) sink(event, line)
  }

  get(seq: Seq): LogEvent | undefined {
    const event = this.kept[this.indexOf(seq)]
    return event?.seq === seq ? event : undefined
  }

  *range(from: Seq, to: Seq = this.nextSeq): Generator<LogEvent> {
    for (let index = this.indexOf(from); index < this.kept.length; index++) {
      const event = this.kept[index]
      if (event === undefined || event.seq >= to) return
      yield event
    }
  }

  causeOf(seq: Seq): Seq {
    return this.causes.at(seq - 1)
  }

  digest(): string {
    invariant(this.chain !== undefined, 'a log that was created without a digest is not asked for it')
    return this.chain.digest()
  }

  /** Index of the first retained event at `seq` or later. */
  private indexOf(seq: Seq): number {
    if (this.retain === 'all') return Math.max(seq - 1, 0)
    let low = 0
    let high = this.kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.kept[middle]?.seq ?? seq) < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}

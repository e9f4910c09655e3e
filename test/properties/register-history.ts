import type { Micros } from '../../src/events/envelope.ts'

/** One client's operation on the register. */
interface Operation {
  /** What it writes; undefined for a read. */
  readonly write: unknown
  readonly invoked: Micros
  /** When its answer came, and the revision it wrote or saw; undefined while it is open, perhaps for ever. */
  done?: { readonly at: Micros; readonly revision: number; readonly value: unknown }
}

/**
 * What clients saw of one register, and whether one order of all operations explains it (linearizability).
 *
 * The store numbers all writes, so the order is known and need not be searched for: operations in order of their revision,
 * a read behind the write it saw. It is legal by itself if reads see what was written under their revision; it is left
 * to show that it respects time: what was answered before something else was asked must not stand behind it.
 */
export class RegisterHistory {
  private readonly operations = new Map<number, Operation>()
  private early = new Map<number, NonNullable<Operation['done']>>()

  /** `start` gives the operation's number; its answer may come before it returns. */
  invoke(start: () => number, { write, at }: { readonly write: unknown; readonly at: Micros }): number {
    const number = start()
    this.operations.set(number, { write, invoked: at, done: this.early.get(number) })
    this.early = new Map()
    return number
  }

  written(number: number, revision: number, at: Micros): void {
    this.finish(number, { at, revision, value: undefined })
  }

  read(number: number, revision: number, value: unknown, at: Micros): void {
    this.finish(number, { at, revision, value })
  }

  isDone(number: number): boolean {
    return this.operations.get(number)?.done !== undefined
  }

  get answered(): number {
    return [...this.operations.values()].filter(({ done }) => done !== undefined).length
  }

  /** The first thing that no order explains; undefined if there is none. */
  anomaly(): string | undefined {
    const writers = new Map<number, { readonly number: number; readonly operation: Operation }>()
    for (const [number, operation] of this.operations) {
      const revision = operation.done?.revision
      if (operation.write === undefined || revision === undefined) continue
      const other = writers.get(revision)
      if (other !== undefined) return `writes ${other.number} and ${number} both wrote revision ${revision}`
      writers.set(revision, { number, operation })
    }
    return this.readOfNothing(writers) ?? this.againstTime()
  }

  private readOfNothing(writers: ReadonlyMap<number, { readonly operation: Operation }>): string | undefined {
    for (const [number, { write, done }] of this.operations) {
      if (write !== undefined || done === undefined || done.revision === 0) continue
      const writer = writers.get(done.revision)?.operation
      if (writer === undefined) {
        // Its write was never answered; somebody must have asked for it, and before.
        const asked = [...this.operations.values()].find((operation) => operation.write === done.value)
        if (asked === undefined || asked.invoked > done.at)
          return `read ${number} saw ${String(done.value)}, which nobody wrote`
      } else if (writer.write !== done.value)
        return `read ${number} saw another value than revision ${done.revision} wrote`
    }
    return undefined
  }

  private againstTime(): string | undefined {
    const answered = [...this.operations].flatMap(([number, { write, invoked, done }]) =>
      done === undefined ? [] : [{ number, isWrite: write !== undefined, invoked, ...done }],
    )
    const byEnd = answered.toSorted((a, b) => a.at - b.at)
    const byStart = answered.toSorted((a, b) => a.invoked - b.invoked)
    let seen = { revision: 0, number: 0 }
    let ended = 0
    for (const operation of byStart) {
      for (; ended < byEnd.length; ended++) {
        const before = byEnd[ended]
        if (before === undefined || before.at >= operation.invoked) break
        if (before.revision > seen.revision) seen = before
      }
      const stale = operation.isWrite ? operation.revision <= seen.revision : operation.revision < seen.revision
      if (stale && seen.revision > 0) {
        const what = operation.isWrite ? 'write' : 'read'
        return `${what} ${operation.number} at revision ${operation.revision} began after ${seen.number} had shown ${seen.revision}`
      }
    }
    return undefined
  }

  /** The first member to apply a write, or to answer a read, settles it. */
  private finish(number: number, done: NonNullable<Operation['done']>): void {
    const operation = this.operations.get(number)
    if (operation === undefined) this.early.set(number, done)
    else operation.done ??= done
  }
}

import { isInside } from './inside.ts'
import type { RecordedWrite, Write } from './writes.ts'

/**
 * Pods of one ReplicaSet are alike: which of them goes first may hang on a millisecond. When ours takes another one than the real
 * controller took, each stands in for the other from then on: what is recorded about the one is about the other here.
 */
export class StandIns {
  private readonly takenThen = new Map<string, string[]>()
  private readonly byRecorded = new Map<string, string>()
  private readonly byOurs = new Map<string, string>()

  constructor(writes: readonly RecordedWrite[]) {
    for (const write of writes) {
      if (!isRemoval(write) || write.code >= 300) continue
      const owner = ownerOf(write)
      const known = this.takenThen.get(owner)
      if (known === undefined) this.takenThen.set(owner, [write.name])
      else if (!known.includes(write.name)) known.push(write.name)
    }
  }

  /** What a recorded Pod is called here. */
  ours(recorded: string): string {
    return this.byRecorded.get(recorded) ?? recorded
  }

  /** What one of our Pods is called in the recording. */
  recorded(ours: string): string {
    return this.byOurs.get(ours) ?? ours
  }

  /** A text about our Pods as the recording would say it. */
  recordedText(text: string): string {
    if (this.byOurs.size === 0) return text
    return text.replace(new RegExp([...this.byOurs.keys()].join('|'), 'g'), (name) => this.recorded(name))
  }

  /** One of our controllers takes a Pod away. */
  taken(write: Omit<Write, 'code'>): void {
    if (!isRemoval(write)) return
    const next = this.takenThen.get(ownerOf(write))
    const then = next?.[0]
    if (next === undefined || then === undefined) return
    // Who is already on his way is no new choice.
    const stood = this.recorded(write.name)
    const place = next.indexOf(stood)
    if (place >= 0) {
      next.splice(place, 1)
      return
    }
    next.shift()
    const other = this.ours(then)
    this.set(then, write.name)
    this.set(stood, other)
  }

  private set(recorded: string, ours: string): void {
    this.byRecorded.set(recorded, ours)
    this.byOurs.set(ours, recorded)
  }
}

const isRemoval = ({ verb, row, subresource, user }: Omit<Write, 'code'>): boolean =>
  verb === 'delete' &&
  row.kind === 'Pod' &&
  subresource === '' &&
  isInside(user) &&
  user.endsWith(':replicaset-controller')

/** A generated name without what was drawn. */
const ownerOf = ({ namespace, name }: Omit<Write, 'code'>): string =>
  `${namespace ?? ''}/${name.replace(/-[a-z0-9]{5}$/, '')}`

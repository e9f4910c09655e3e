import type { Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { isInside } from './inside.ts'
import { isRecord, metadataOf, type RecordedWrite, type Write } from './writes.ts'

/** A Pod that was taken away, or given a node. */
interface Choice {
  readonly at: Micros
  readonly name: string
  readonly node: string | undefined
}

/** Removals within this time are of one pass. */
const TOGETHER: Micros = millis(200)
/** Who gets a node later than this after another is not one that might have got it in his place. */
const MEANWHILE: Micros = seconds(1)

/**
 * Pods of one owner are alike: which of them goes first, or is scheduled first, may hang on a millisecond. When ours takes another
 * one than the real component took, each stands in for the other from then on: what is recorded about the one is about the other
 * here.
 */
export class StandIns {
  private readonly takenThen = new Map<string, Choice[]>()
  /** Our Pods that were taken. */
  private readonly gone = new Set<string>()
  private readonly boundThen = new Map<string, Choice[]>()
  private readonly byRecorded = new Map<string, string>()
  private readonly byOurs = new Map<string, string>()
  private pattern: RegExp | undefined

  constructor(writes: readonly RecordedWrite[]) {
    const alike = generatedNames(writes)
    for (const write of writes) {
      if (write.code >= 300 || !alike.has(placeOf(write))) continue
      if (isRemoval(write)) {
        const known = this.takenThen.get(ownerOf(write)) ?? []
        if (!known.some(({ name }) => name === write.name)) known.push(choiceIn(write))
        this.takenThen.set(ownerOf(write), known)
      }
      if (isBinding(write)) {
        const known = this.boundThen.get(ownerOf(write)) ?? []
        known.push(choiceIn(write))
        this.boundThen.set(ownerOf(write), known)
      }
    }
  }

  /** Whether any Pod stands in for another. */
  get any(): boolean {
    return this.byOurs.size > 0
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
    if (!this.any) return text
    this.pattern ??= new RegExp(`\\b(?:${[...this.byOurs.keys()].join('|')})\\b`, 'g')
    return text.replace(this.pattern, (name) => this.recorded(name))
  }

  /** One of our components takes a Pod away, or gives it a node. */
  chosen(write: Omit<Write, 'code'>): void {
    if (isRemoval(write)) this.taken(write)
    else if (isBinding(write)) this.bound(write)
  }

  /** Whoever was taken next then is taken now, unless this one went with him. */
  private taken(write: Omit<Write, 'code'>): void {
    const next = this.takenThen.get(ownerOf(write)) ?? []
    // Who is already on his way is no new choice.
    if (this.gone.has(placeOf(write))) return
    this.gone.add(placeOf(write))
    const stood = this.recorded(write.name)
    const [first] = next
    if (first === undefined) return
    const then = next.find(({ name, at }) => name === stood && at < first.at + TOGETHER) ?? first
    next.splice(next.indexOf(then), 1)
    if (then.name !== stood) this.swap(write.name, then.name)
  }

  /** The Pod is the one that went to this node then, if one did that has none here yet; else the next that went to any. */
  private bound(write: Omit<Write, 'code'>): void {
    const next = this.boundThen.get(ownerOf(write)) ?? []
    const stood = this.recorded(write.name)
    const node = nodeOf(write)
    const now = next.filter(({ at }) => at < write.at + MEANWHILE)
    const then =
      now.find((one) => one.name === stood && one.node === node) ??
      now.find((one) => one.node === node) ??
      next.find((one) => one.name === stood) ??
      now[0]
    if (then === undefined) return
    next.splice(next.indexOf(then), 1)
    if (then.name !== stood) this.swap(write.name, then.name)
  }

  /** From now on one of our Pods is what a recorded one was, and whoever was that one here is what ours was. */
  private swap(ours: string, then: string): void {
    const [stood, other] = [this.recorded(ours), this.ours(then)]
    this.set(then, ours)
    this.set(stood, other)
    this.pattern = undefined
  }

  private set(recorded: string, ours: string): void {
    this.byRecorded.set(recorded, ours)
    this.byOurs.set(ours, recorded)
  }
}

const choiceIn = (write: RecordedWrite): Choice => ({ at: write.at, name: write.name, node: nodeOf(write) })

const isRemoval = ({ verb, row, subresource, user }: Omit<Write, 'code'>): boolean =>
  verb === 'delete' &&
  row.kind === 'Pod' &&
  subresource === '' &&
  isInside(user) &&
  user.endsWith(':replicaset-controller')

const isBinding = ({ row, subresource }: Omit<Write, 'code'>): boolean =>
  row.kind === 'Pod' && subresource === 'binding'

const nodeOf = ({ body }: Omit<Write, 'code'>): string | undefined => {
  const target = isRecord(body) ? body['target'] : undefined
  return isRecord(target) && typeof target['name'] === 'string' ? target['name'] : undefined
}

/** Only who got his name from his owner is like others. */
const generatedNames = (writes: readonly RecordedWrite[]): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const write of writes) {
    if (write.row.kind !== 'Pod' || write.verb !== 'create' || write.subresource !== '') continue
    const { generateName } = metadataOf(write.body)
    if (typeof generateName === 'string' && generateName !== '') names.add(placeOf(write))
  }
  return names
}

const placeOf = ({ namespace, name }: Omit<Write, 'code'>): string => `${namespace ?? ''}/${name}`

/** A generated name without what was drawn. */
const ownerOf = ({ namespace, name }: Omit<Write, 'code'>): string =>
  `${namespace ?? ''}/${name.replace(/-[a-z0-9]{5}$/, '')}`

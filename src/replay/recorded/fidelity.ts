import { isInside } from './inside.ts'
import { basesIn, contentOf, drawnNames, nameForm, type DrawnNames } from './normal-form.ts'
import type { Incident } from './recording.ts'
import type { Rule } from './rules.ts'
import { targetOf, type Write } from './writes.ts'

/** One write as it is compared. */
export interface Compared {
  readonly write: Write
  /** Verb, kind and object. */
  readonly what: string
  readonly content: string
}

/** How much of what one component wrote was written again. */
export interface ActorFidelity {
  readonly actor: string
  readonly recorded: number
  /** Writes of the same verb to the same object, in the same order. */
  readonly same: number
  /** Of these, those with the same content. */
  readonly equal: number
  /** Writes of ours that the recording does not have. */
  readonly extra: number
}

export interface Fidelity {
  readonly actors: readonly ActorFidelity[]
  /** Recorded writes that nobody made, or made otherwise, and ours that were not recorded; in order of time. */
  readonly missing: readonly Compared[]
  readonly extra: readonly Compared[]
}

/** Written, and by the control plane: refusals are races, Leases are heartbeats, tokens are how components log in. */
const counts = ({ user, row, subresource, code }: Write): boolean =>
  isInside(user) && code >= 200 && code < 300 && row.kind !== 'Lease' && subresource !== 'token'

/** The part of a component's name that people use. */
export const actorOf = ({ user }: Write): string => user.slice(user.lastIndexOf(':') + 1)

/** Compares what the control plane wrote in the recording's window with what ours wrote in it; `without` one of the rules. */
export const compareWrites = ({ writes, window }: Incident, ours: readonly Write[], without?: Rule): Fidelity => {
  const drawn = drawnNames(new Set([...basesIn(writes), ...basesIn(ours)]), without)
  const [left, right] = [writes, ours].map((side) =>
    grouped(
      side.filter((one) => counts(one) && isIn(one, window)),
      drawn,
      without,
    ),
  )
  const actors = new Map<string, { recorded: number; same: number; equal: number; extra: number }>()
  const missing: Compared[] = []
  const extra: Compared[] = []
  for (const key of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) {
    const [recorded, run] = [left?.get(key) ?? [], right?.get(key) ?? []]
    const sample = recorded[0] ?? run[0]
    if (sample === undefined) continue
    const actor = actorOf(sample.write)
    const sums = actors.get(actor) ?? { recorded: 0, same: 0, equal: 0, extra: 0 }
    actors.set(actor, sums)
    const same = aligned(recorded, run, (a, b) => a.what === b.what)
    const equal = aligned(recorded, run, (a, b) => a.what === b.what && a.content === b.content)
    sums.recorded += recorded.length
    sums.same += same.length
    sums.equal += equal.length
    sums.extra += run.length - same.length
    const [found, matched] = [new Set(equal.map(([a]) => a)), new Set(equal.map(([, b]) => b))]
    missing.push(...recorded.filter((one) => !found.has(one)))
    extra.push(...run.filter((one) => !matched.has(one)))
  }
  const byTime = (a: Compared, b: Compared): number => a.write.at - b.write.at
  return {
    actors: [...actors].map(([actor, sums]) => ({ actor, ...sums })).toSorted((a, b) => (a.actor < b.actor ? -1 : 1)),
    missing: missing.toSorted(byTime),
    extra: extra.toSorted(byTime),
  }
}

const isIn = ({ at }: Write, { from, to }: Incident['window']): boolean => at >= from && at <= to

/** By component and object: what different components do, or one does to different objects, has no order. */
const grouped = (
  writes: readonly Write[],
  drawn: DrawnNames,
  without: Rule | undefined,
): ReadonlyMap<string, readonly Compared[]> => {
  const groups = new Map<string, Compared[]>()
  for (const write of writes) {
    const target = targetOf({ ...write, name: nameForm(write, without) })
    const one: Compared = { write, what: `${write.verb} ${target}`, content: contentOf(write, drawn, without) }
    const key = `${actorOf(write)} ${write.row.resource} ${write.namespace ?? ''} ${nameForm(write, without)}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [one])
    else known.push(one)
  }
  // Events are told on the side: they have no order among themselves.
  if (without === 'told') return groups
  for (const [key, group] of groups)
    if (group[0]?.write.row.kind === 'Event') groups.set(key, group.toSorted(byContent))
  return groups
}

const byContent = (a: Compared, b: Compared): number =>
  a.what === b.what ? compareText(a.content, b.content) : compareText(a.what, b.what)

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The longest common subsequence, as pairs. */
const aligned = <T>(
  left: readonly T[],
  right: readonly T[],
  isSame: (a: T, b: T) => boolean,
): readonly (readonly [T, T])[] => {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      const [a, b] = [left[i] as T, right[j] as T]
      row[j] = isSame(a, b) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const pairs: (readonly [T, T])[] = []
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [a, b] = [left[i] as T, right[j] as T]
    if (isSame(a, b)) {
      pairs.push([a, b])
      i++
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return pairs
}

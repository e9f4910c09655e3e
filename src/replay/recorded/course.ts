import type { Cluster } from '../../cluster.ts'
import { eventReasons } from './final-state.ts'
import { isInside } from './inside.ts'
import { basesIn, drawnNames, normalForm, type DrawnNames } from './normal-form.ts'
import type { Incident } from './recording.ts'
import { isRecord, metadataOf, type Write } from './writes.ts'

/** How many of some recorded facts hold here too, and the first that does not. */
export interface Agreement {
  readonly recorded: number
  readonly same: number
  readonly first: string | undefined
}

/** What happened, beside the single writes: each owner's Pods in order, and the conditions that objects went through. */
export interface Course {
  /** By owner: how often its Pods were made and taken away by controllers, one after the other. */
  readonly pods: Agreement
  /** By object and type of condition: status and reason, one after the other. */
  readonly conditions: Agreement
}

/** Compares the course of a recording with that of a run, in the recording's window. */
export const compareCourse = ({ writes, window }: Incident, ours: readonly Write[]): Course => {
  const drawn = drawnNames(new Set([...basesIn(writes), ...basesIn(ours)]))
  const [then, here] = [writes, ours].map((side) =>
    side.filter(
      ({ at, user, code }) => at >= window.from && at <= window.to && isInside(user) && code >= 200 && code < 300,
    ),
  )
  return {
    pods: agreement(podsOf(then ?? [], drawn), podsOf(here ?? [], drawn)),
    conditions: agreement(conditionsIn(then ?? []), conditionsIn(here ?? [])),
  }
}

type Sequences = ReadonlyMap<string, readonly string[]>

const agreement = (then: Sequences, here: Sequences): Agreement => {
  let same = 0
  let first: string | undefined
  const keys = new Set([...then.keys(), ...here.keys()])
  for (const key of keys) {
    const [before, now] = [(then.get(key) ?? []).join(', '), (here.get(key) ?? []).join(', ')]
    if (before === now) same++
    else first ??= `${key}: recorded ${before || 'nothing'}, here ${now || 'nothing'}`
  }
  return { recorded: keys.size, same, first }
}

const podsOf = (writes: readonly Write[], drawn: DrawnNames): Sequences => {
  const sequences = new Map<string, string[]>()
  for (const { verb, row, subresource, namespace, name } of writes) {
    if (row.kind !== 'Pod' || subresource !== '' || (verb !== 'create' && verb !== 'delete')) continue
    push(sequences, `${namespace ?? ''}/${drawn(name)}`, verb)
  }
  return sequences
}

const conditionsIn = (writes: readonly Write[]): Sequences => {
  const sequences = new Map<string, string[]>()
  for (const { row, subresource, namespace, name, body } of writes) {
    const status = subresource === 'status' && isRecord(body) ? body['status'] : undefined
    const conditions = isRecord(status) ? status['conditions'] : undefined
    if (!Array.isArray(conditions) || row.kind === 'Pod') continue
    for (const condition of conditions) {
      const { type, status: is, reason } = normalForm(condition) as { type?: string; status?: string; reason?: string }
      const step = `${is ?? ''} ${reason ?? ''}`
      const key = `${row.kind} ${namespace ?? ''}/${name} ${type ?? ''}`
      if (sequences.get(key)?.at(-1) !== step) push(sequences, key, step)
    }
  }
  return sequences
}

/** What `expected.json` counts: the Pods that each owner's controller made, and how often each reason was told. */
export const compareExpected = (
  { expected }: Incident,
  ours: readonly Write[],
  cluster: Pick<Cluster, 'list'>,
): Agreement => {
  const reasons = eventReasons(cluster.list('Event'))
  const created = new Map<string, number>()
  for (const { verb, row, subresource, code, body } of ours) {
    if (verb !== 'create' || row.kind !== 'Pod' || subresource !== '' || code !== 201) continue
    for (const owner of ownersIn(body)) created.set(owner, (created.get(owner) ?? 0) + 1)
  }
  return agreement(
    new Map([...counts(expected, 'eventReasons', 'occurrences'), ...counts(expected, 'podsCreatedPerOwner', 'count')]),
    new Map([
      ...members(expected['eventReasons']).map(
        ([key]) => [`eventReasons ${key}`, [String(reasons.get(key) ?? 0)]] as const,
      ),
      ...members(expected['podsCreatedPerOwner'])
        .filter(([key]) => !key.startsWith(NO_OWNER))
        .map(([key]) => [`podsCreatedPerOwner ${key}`, [String(created.get(withoutNamespace(key)) ?? 0)]] as const),
    ]),
  )
}

/** Pods that people made. */
const NO_OWNER = 'no owner'

const members = (value: unknown): readonly (readonly [string, unknown])[] =>
  isRecord(value) ? Object.entries(value) : []

const counts = (
  expected: Incident['expected'],
  table: string,
  column: string,
): readonly (readonly [string, readonly string[]])[] =>
  members(expected[table])
    .filter(([key]) => !key.startsWith(NO_OWNER))
    .map(([key, row]) => [`${table} ${key}`, [String(isRecord(row) ? row[column] : '')]])

const withoutNamespace = (owner: string): string => owner.replace(/\/.*\//, '/')

const ownersIn = (body: unknown): readonly string[] => {
  const { ownerReferences } = metadataOf(body)
  if (!Array.isArray(ownerReferences)) return []
  return ownerReferences.flatMap((one) => (isRecord(one) ? [`${String(one['kind'])}/${String(one['name'])}`] : []))
}

const push = (map: Map<string, string[]>, key: string, value: string): void => {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}

import { defineProjection, type Handlers, type Projection } from '../engine/projection.ts'
import type { EventType } from '../events/catalogue/index.ts'
import type { ActorId, EventOf, LogEvent, Micros, Seq } from '../events/envelope.ts'
import type { Kind } from '../kubernetes/kinds.ts'
import { foldSlice, type Availability } from './endpoints.ts'
import type { ObjectStore, ObjectVersion } from './objects/store.ts'
import { describe } from './timeline/describe.ts'
import { narrate, narrated } from './timeline/narrate.ts'
import { subject } from './timeline/subject.ts'
import { Writers } from './writers.ts'

/** One thing that mattered, for people. */
export interface TimelineRow {
  readonly at: Micros
  readonly seq: Seq
  /** Who did it: for a change of an object the one who asked the API server for it, where that is known. */
  readonly by: ActorId
  readonly text: string
  readonly object?: ObjectName
}

export interface ObjectName {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
}

export interface Timeline {
  readonly rows: TimelineRow[]
  /** Ready endpoints by Service, to tell when the last one goes. */
  readonly availability: Availability
}

/**
 * What happened, without what only carried it there: changes of objects that mean something, faults, elections, crashes.
 * Folded after the object store. `causeOf` is the log's.
 */
export const timelineProjection = (
  store: Pick<ObjectStore, 'written' | 'restored'>,
  causeOf: (seq: Seq) => Seq,
): Projection<Timeline> => {
  const writers = new Writers(causeOf)
  const tell = (state: Timeline, event: LogEvent): void => {
    const text = narrate(event)
    if (text !== undefined) state.rows.push({ at: event.at, seq: event.seq, by: event.by, text })
  }
  const told = Object.fromEntries(narrated.map((type: EventType) => [type, tell])) as Handlers<Timeline>
  return defineProjection<Timeline>({
    name: 'timeline',
    initial: () => ({ rows: [], availability: new Map() }),
    on: {
      ...told,
      ApiRequested: (_state, { seq, by, data }) => writers.note(seq, by, data.verb),
      RevisionCommitted: (state, event) => tellCommit(state, event, store, writers),
      EtcdRestored: (state, event) => {
        tell(state, event)
        for (const version of store.restored) tellVersion(state, version, event.by)
      },
    },
    checkpoint: ({ rows }) => rows.map(({ at, seq, by, text }) => ({ at, seq, by, text })),
  })
}

const tellCommit = (
  state: Timeline,
  event: EventOf<'RevisionCommitted'>,
  store: Pick<ObjectStore, 'written'>,
  writers: Writers,
): void => {
  const version = store.written(event.data.revision)
  // A commit told again by a new etcd leader was told.
  if (version === undefined || version.seq !== event.seq) return
  tellVersion(state, version, writers.of(event.cause) ?? event.by)
}

const tellVersion = (state: Timeline, version: ObjectVersion, by: ActorId): void => {
  const { kind, namespace, name, at, seq } = version
  if (kind === 'EndpointSlice') {
    const change = foldSlice(state.availability, at, version)
    if (change === undefined) return
    const [of, service] = change.service.split('/') as [string, string]
    const object: ObjectName = { kind: 'Service', namespace: of, name: service }
    const text = `${subject(object)} ${endpointsText(change.before, change.after)}`
    state.rows.push({ at, seq, by, text, object })
    return
  }
  const lines = describe(kind, version.before, version.object)
  if (lines.length === 0) return
  const object: ObjectName = { kind, namespace, name }
  for (const line of lines) state.rows.push({ at, seq, by, text: `${subject(object)} ${line}`, object })
}

const endpointsText = (before: number, after: number): string => {
  if (after === 0) return 'has no ready endpoints'
  if (before === 0) return `has ready endpoints: ${after}`
  return `ready endpoints ${before} → ${after}`
}

/** `+312.500s  by  text`, aligned. */
export const renderTimeline = (rows: readonly TimelineRow[]): string => {
  const times = rows.map(({ at }) => timeText(at))
  const timeWidth = Math.max(0, ...times.map((time) => time.length))
  const byWidth = Math.max(0, ...rows.map(({ by }) => by.length))
  return rows
    .map(({ by, text }, index) => `${(times[index] ?? '').padStart(timeWidth)}  ${by.padEnd(byWidth)}  ${text}`)
    .join('\n')
}

/** Seconds since the cluster's start with milliseconds. */
export const timeText = (at: Micros): string => {
  const seconds = Math.floor(at / 1_000_000)
  const millis = Math.floor((at - seconds * 1_000_000) / 1_000)
  return `+${seconds}.${String(millis).padStart(3, '0')}s`
}

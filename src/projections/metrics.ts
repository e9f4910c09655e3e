import { defineProjection, type Handlers, type Projection } from '../engine/projection.ts'
import { catalogue, type EventType } from '../events/catalogue/index.ts'
import type { EventOf, LogEvent } from '../events/envelope.ts'
import type { Kind } from '../kubernetes/kinds.ts'
import { restartCount } from '../kubernetes/pods.ts'
import type { Pod } from '../kubernetes/types/pod.ts'
import type { WrittenObjects } from './endpoints.ts'
import type { ObjectVersion } from './objects/store.ts'
import { isWrite } from './writers.ts'

/** Counts over a whole log. Every map is in order of first appearance. */
export interface Metrics {
  readonly events: Map<EventType, number>
  /** Write requests by actor, then by `verb Kind` or `verb Kind/subresource`. */
  readonly writes: Map<string, Map<string, number>>
  /** Answers of API servers by HTTP code. */
  readonly answers: Map<number, number>
  /** Commits by kind. */
  readonly commits: Map<Kind, number>
  /** Objects that exist now, by kind. */
  readonly objects: Map<Kind, number>
  /** Pods that exist now, by phase. */
  readonly podsByPhase: Map<string, number>
  /** Restarts of containers, also of Pods that are gone. */
  restarts: number
}

const add = <K>(counts: Map<K, number>, key: K, by: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

/** Folded after the object store, which it asks what a revision wrote. */
export const metricsProjection = (objects: WrittenObjects): Projection<Metrics> => {
  const count = (state: Metrics, event: LogEvent): void => add(state.events, event.type, 1)
  const countAll = Object.fromEntries(Object.keys(catalogue).map((type) => [type, count])) as Handlers<Metrics>
  return defineProjection<Metrics>({
    name: 'metrics',
    initial: () => ({
      events: new Map(),
      writes: new Map(),
      answers: new Map(),
      commits: new Map(),
      objects: new Map(),
      podsByPhase: new Map(),
      restarts: 0,
    }),
    on: {
      ...countAll,
      ApiRequested: (state, event) => {
        count(state, event)
        countWrite(state, event)
      },
      ApiResponded: (state, event) => {
        count(state, event)
        add(state.answers, event.data.code, 1)
      },
      RevisionCommitted: (state, event) => {
        count(state, event)
        countCommit(state, event, objects)
      },
      EtcdRestored: (state, event) => {
        count(state, event)
        for (const version of objects.restored) countObject(state, version)
      },
    },
    checkpoint: (state) => ({
      events: Object.fromEntries(state.events),
      writes: Object.fromEntries([...state.writes].map(([actor, counts]) => [actor, Object.fromEntries(counts)])),
      answers: Object.fromEntries([...state.answers].map(([code, n]) => [String(code), n])),
      commits: Object.fromEntries(state.commits),
      objects: Object.fromEntries(state.objects),
      podsByPhase: Object.fromEntries(state.podsByPhase),
      restarts: state.restarts,
    }),
  })
}

const countWrite = (state: Metrics, { by, data }: EventOf<'ApiRequested'>): void => {
  if (!isWrite(data.verb)) return
  let ofActor = state.writes.get(by)
  if (ofActor === undefined) {
    ofActor = new Map()
    state.writes.set(by, ofActor)
  }
  add(ofActor, `${data.verb} ${data.kind}${data.subresource === undefined ? '' : `/${data.subresource}`}`, 1)
}

const countCommit = (state: Metrics, event: EventOf<'RevisionCommitted'>, objects: WrittenObjects): void => {
  const version = objects.written(event.data.revision)
  // A commit that is told again was counted when it was told first.
  if (version === undefined || version.seq !== event.seq) return
  add(state.commits, version.kind, 1)
  countObject(state, version)
}

const countObject = (state: Metrics, { kind, before, object }: ObjectVersion): void => {
  if (before === undefined) add(state.objects, kind, 1)
  if (object === undefined) add(state.objects, kind, -1)
  if (kind !== 'Pod') return
  const was = before as Pod | undefined
  const is = object as Pod | undefined
  if (was !== undefined) add(state.podsByPhase, phaseOf(was), -1)
  if (is !== undefined) add(state.podsByPhase, phaseOf(is), 1)
  if (is !== undefined) state.restarts += Math.max(0, restartCount(is) - (was === undefined ? 0 : restartCount(was)))
}

const phaseOf = (pod: Pod): string => pod.status?.phase ?? 'Pending'

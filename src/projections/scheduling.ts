import { defineProjection, type Projection } from '../engine/projection.ts'
import type { EventData } from '../events/catalogue/index.ts'
import type { ActorId, EventOf, Micros, Seq } from '../events/envelope.ts'
import type { WrittenObjects } from './endpoints.ts'

/** One look for a node, and where it stands in the log. */
export interface SchedulingAttempt {
  readonly seq: Seq
  readonly at: Micros
  readonly by: ActorId
  readonly data: EventData<'SchedulingAttempted'>
}

/** What schedulers decided, Pod by Pod. */
export interface Scheduling {
  /** The last attempt for each Pod, by `namespace/name`, the latest last; of at least the `REMEMBERED` Pods tried last. */
  readonly last: Map<string, SchedulingAttempt>
  /** The last attempt for each Pod that exists and has found no node. */
  readonly unschedulable: Map<string, SchedulingAttempt>
}

/** An attempt is half a kilobyte or more; a large cluster has a hundred thousand of them. */
export const REMEMBERED = 10_000

/** Folded after the object store, which it asks what a revision wrote. */
export const schedulingProjection = (objects: WrittenObjects): Projection<Scheduling> =>
  defineProjection<Scheduling>({
    name: 'scheduling',
    initial: () => ({ last: new Map(), unschedulable: new Map() }),
    on: {
      SchedulingAttempted: ({ last, unschedulable }, { seq, at, by, data }) => {
        const key = `${data.namespace}/${data.pod}`
        const attempt = { seq, at, by, data }
        last.delete(key)
        last.set(key, attempt)
        if (last.size >= 2 * REMEMBERED) forgetFirst(last, REMEMBERED)
        if (data.outcome === 'scheduled') unschedulable.delete(key)
        else unschedulable.set(key, attempt)
      },
      RevisionCommitted: ({ unschedulable }, event) => {
        if (event.data.deleted && unschedulable.size > 0) forgetDeleted(unschedulable, event, objects)
      },
      EtcdRestored: ({ unschedulable }) => {
        for (const { kind, namespace, name, object } of objects.restored) {
          if (kind === 'Pod' && object === undefined) unschedulable.delete(`${namespace ?? ''}/${name}`)
        }
      },
    },
    checkpoint: ({ last, unschedulable }) => ({
      last: Object.fromEntries([...last].map(([pod, { seq }]) => [pod, seq])),
      unschedulable: Object.fromEntries([...unschedulable].map(([pod, { data }]) => [pod, data.message ?? ''])),
    }),
  })

/** Many at once: to find its first key a Map steps over all that were deleted in front of it. */
const forgetFirst = (last: Map<string, SchedulingAttempt>, count: number): void => {
  let left = count
  for (const key of last.keys()) {
    if (left-- === 0) return
    last.delete(key)
  }
}

const forgetDeleted = (
  unschedulable: Map<string, SchedulingAttempt>,
  { data }: EventOf<'RevisionCommitted'>,
  objects: WrittenObjects,
): void => {
  const version = objects.written(data.revision)
  if (version?.kind === 'Pod') unschedulable.delete(`${version.namespace ?? ''}/${version.name}`)
}

import type { Micros, Seq } from '../../../events/envelope.ts'
import { compileChart } from '../../../engine/statechart/compile.ts'
import type { Row } from '../../../engine/statechart/row.ts'
import { allocationOf, type PodAllocation } from '../../../kubernetes/pod-allocation.ts'
import { isTerminal } from '../../../kubernetes/pods.ts'
import type { Pod, PodPhase } from '../../../kubernetes/types/pod.ts'
import type { Resizing } from '../allocation/conditions.ts'
import type { PodState } from '../runtime/pod-state.ts'
import { newSlot, type Slot } from './container.chart.ts'
import type { PodStop } from './stop.ts'
import { workerChart } from './worker.chart.ts'
import type { Work } from './work.ts'

export const worker = compileChart(workerChart)

/** What a kubelet keeps for one Pod. */
export interface PodRecord {
  readonly uid: string
  /** Newest version seen. */
  asked: Pod
  /** The same with what this node has granted it: what its worker goes by. The same object unless a resize is pending. */
  pod: Pod
  /** What the node has granted it. */
  allocation: PodAllocation
  /** What it granted first; the same object if the Pod was never resized. */
  admitted: PodAllocation
  resizing: Resizing | undefined
  /** Its object is gone from the API; containers may still be there. */
  isGone: boolean
  readonly row: Row<Record<string, never>>
  readonly slots: Map<string, Slot>
  /** The runtime's state as of the last look at it: what syncs act on. */
  observed: PodState
  /** As of the last periodic look: what the next one compares with. */
  listed: PodState
  /** When the runtime was last looked at for this Pod alone. */
  lookedAt: Micros
  /** When its last sync ended; -1 before the first. */
  syncedAt: Micros
  /** The sync that is under way. */
  work: Work | undefined
  /** What that sync waits for may be given up when the Pod is deleted. */
  canAbandon: boolean
  /** Counts syncs, so that an answer to an abandoned one is known as such. */
  round: number
  /** Something happened while it was at work. */
  isPending: boolean
  /** It has to be looked at, but not before the next look at the runtime. */
  awaitsLook: boolean
  /** What made it necessary to look at it. */
  cause: Seq
  stop: PodStop | undefined
  /** Grace that its containers were given. */
  grace: Micros
  /** Whatever its volumes show is there. */
  isMounted: boolean
  mountFailures: number
  /** Its phase in the API when its worker last took up a new version of it. */
  seenPhase: PodPhase | undefined
}

export const newRecord = (pod: Pod, state: PodState, cause: Seq): PodRecord => {
  const allocation = allocationOf(pod.spec)
  return {
    uid: pod.metadata.uid,
    asked: pod,
    pod,
    allocation,
    admitted: allocation,
    resizing: undefined,
    isGone: false,
    row: worker.start(undefined, () => {}),
    slots: new Map(),
    observed: state,
    listed: state,
    lookedAt: -1,
    syncedAt: -1,
    work: undefined,
    canAbandon: false,
    round: 0,
    isPending: false,
    awaitsLook: false,
    cause,
    stop: undefined,
    grace: 0,
    isMounted: false,
    mountFailures: 0,
    seenPhase: pod.status?.phase,
  }
}

/** It runs, or has not ended yet. */
export const isAtWork = ({ row }: PodRecord): boolean =>
  !worker.matches(row, 'rejected') && !worker.matches(row, 'terminated') && !worker.isFinal(row)

/** Takes part in the sums of admission: neither refused nor finished. */
export const isActive = (record: PodRecord): boolean => isAtWork(record) && !isTerminal(record.pod)

export const slotOf = (record: PodRecord, container: string): Slot => {
  let slot = record.slots.get(container)
  if (slot === undefined) record.slots.set(container, (slot = newSlot()))
  return slot
}

import type { Micros } from '../../../events/envelope.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { ProbeSpec } from './spec.ts'

/** One probe of one container of one Pod. Moves by ticks of its own period, which a probe out of turn sets anew. */
export interface ProbeWorker {
  /** `uid/container/kind`; also the key of its alarms and questions. */
  readonly key: string
  readonly uid: string
  readonly container: string
  readonly spec: ProbeSpec
  /** A tick is due at every whole number of periods after this. */
  anchor: Micros
  containerID: string
  /** Its verdict on this instance is final: it waits for the next. */
  onHold: boolean
  /** What counts; undefined before the first verdict. */
  result: boolean | undefined
  last: boolean | undefined
  /** How often in a row the last outcome came. */
  run: number
  asking: boolean
  /** Asked to probe out of turn while it was asking. */
  again: boolean
  /** Succeeding, and nothing can change that before it is told. */
  steady: boolean
  /** The tick for which an alarm is set. */
  plannedAt: Micros | undefined
  /** This instance is being stopped: what its probes meet may change at any moment. */
  unsettled: boolean
}

export const newWorker = (uid: string, container: string, spec: ProbeSpec, anchor: Micros): ProbeWorker => ({
  key: `${uid}/${container}/${spec.kind}`,
  uid,
  container,
  spec,
  anchor,
  containerID: '',
  onHold: false,
  result: undefined,
  last: undefined,
  run: 0,
  asking: false,
  again: false,
  steady: false,
  plannedAt: undefined,
  unsettled: false,
})

/** The first tick at `from` or later. */
export const tickFrom = ({ anchor, spec }: ProbeWorker, from: Micros): Micros =>
  from <= anchor ? anchor : anchor + Math.ceil((from - anchor) / spec.period) * spec.period

/**
 * From when on, by the wall clock, a probe of this container means anything; undefined while it does not. Start times in a status are whole
 * seconds, so the initial delay may seem up to a second shorter. Source: pkg/kubelet/prober/worker.go, doProbe (v1.36).
 */
export const eligibleFrom = (worker: ProbeWorker, status: ContainerStatus | undefined): Micros | undefined => {
  const running = status?.state?.running
  if (status === undefined || running === undefined || worker.onHold) return undefined
  const { kind, initialDelay } = worker.spec
  if ((status.started === true) === (kind === 'startup')) return undefined
  return (parseTime(running.startedAt ?? '') ?? 0) + initialDelay
}

/**
 * Takes in which instance of the container is meant now. A new one is judged afresh; of one that ran before this kubelet
 * did, what its status says is taken over. Source: pkg/kubelet/prober/prober_manager.go (v1.36), gate
 * ChangeContainerStatusOnKubeletRestart off.
 */
export const meet = (worker: ProbeWorker, containerID: string, before: ContainerStatus | undefined): void => {
  if (worker.containerID === containerID) return
  worker.containerID = containerID
  worker.onHold = false
  worker.steady = false
  worker.unsettled = false
  const same = before?.containerID === containerID ? before : undefined
  const { kind } = worker.spec
  if (kind === 'liveness') worker.result = true
  else if (kind === 'readiness') worker.result = same?.ready === true
  else worker.result = same?.started === true ? true : undefined
}

/** Counts an outcome. True when the verdict is not what it was. Source: pkg/kubelet/prober/worker.go, doProbe (v1.36). */
export const count = (worker: ProbeWorker, ok: boolean): boolean => {
  if (worker.last === ok) worker.run++
  else {
    worker.last = ok
    worker.run = 1
  }
  const { kind, successThreshold, failureThreshold } = worker.spec
  if (worker.run < (ok ? successThreshold : failureThreshold)) return false
  const changed = worker.result !== ok
  worker.result = ok
  if (!ok && kind !== 'readiness') {
    worker.onHold = true
    worker.run = 0
  }
  return changed
}

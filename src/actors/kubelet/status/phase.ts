import type { ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { Pod, PodPhase } from '../../../kubernetes/types/pod.ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import { restartsAfter } from '../pods/restart.ts'

export interface PhaseInput {
  readonly pod: Pod
  /** Of init and regular containers. */
  readonly statuses: readonly ContainerStatus[]
  /** No container will be started again. */
  readonly isTerminal: boolean
  /** A regular container has been started. */
  readonly isInitialized: boolean
}

/** The phase of a Pod, from how its containers stand. Source: pkg/kubelet/kubelet_pods.go, getPhase (v1.36). */
export const phaseOf = ({ pod, statuses, isTerminal, isInitialized }: PhaseInput): PodPhase => {
  const byName = new Map(statuses.map((status) => [status.name, status]))
  const init = countInit(pod, byName)
  const main = countRegular(pod, byName)
  if (init.failedForGood > 0) return 'Failed'
  if (init.pending > 0 || (init.sidecarsPending > 0 && !isInitialized)) return 'Pending'
  if (main.waiting + init.sidecarsWaiting > 0) return 'Pending'
  const unknown = main.unknown + init.sidecarsUnknown
  const running = main.running + init.sidecarsRunning
  if (unknown > 0) return 'Pending'
  if (running > 0) return 'Running'
  if (main.stopped === 0) return 'Pending'
  if (!isTerminal && main.stopped !== main.stoppedForGood) return 'Running'
  return main.stopped === main.succeeded ? 'Succeeded' : 'Failed'
}

interface InitCounts {
  pending: number
  failedForGood: number
  sidecarsPending: number
  sidecarsWaiting: number
  sidecarsRunning: number
  sidecarsUnknown: number
}

const countInit = (pod: Pod, statuses: ReadonlyMap<string, ContainerStatus>): InitCounts => {
  const counts: InitCounts = {
    pending: 0,
    failedForGood: 0,
    sidecarsPending: 0,
    sidecarsWaiting: 0,
    sidecarsRunning: 0,
    sidecarsUnknown: 0,
  }
  for (const container of pod.spec.initContainers ?? []) {
    const status = statuses.get(container.name)
    if (isSidecar(container)) {
      countSidecar(status, counts)
      continue
    }
    const ended = endOf(status)
    if (ended === undefined) counts.pending++
    else if (ended !== 0 && !restartsAfter(pod, container, ended)) counts.failedForGood++
  }
  return counts
}

const countSidecar = (status: ContainerStatus | undefined, counts: InitCounts): void => {
  const { state, lastState } = status ?? {}
  if (state?.running !== undefined) {
    if (status?.started !== true) counts.sidecarsPending++
    counts.sidecarsRunning++
  } else if (state?.terminated !== undefined) return
  else if (state?.waiting !== undefined) {
    if (lastState?.terminated !== undefined) return
    counts.sidecarsPending++
    counts.sidecarsWaiting++
  } else {
    if (status !== undefined) counts.sidecarsPending++
    counts.sidecarsUnknown++
  }
}

interface RegularCounts {
  unknown: number
  running: number
  waiting: number
  stopped: number
  stoppedForGood: number
  succeeded: number
}

const countRegular = (pod: Pod, statuses: ReadonlyMap<string, ContainerStatus>): RegularCounts => {
  const counts: RegularCounts = { unknown: 0, running: 0, waiting: 0, stopped: 0, stoppedForGood: 0, succeeded: 0 }
  for (const container of pod.spec.containers) {
    const status = statuses.get(container.name)
    const ended = endOf(status)
    if (status?.state?.running !== undefined) counts.running++
    else if (ended !== undefined) {
      counts.stopped++
      if (!restartsAfter(pod, container, ended)) counts.stoppedForGood++
      // Only an end that still shows counts as success: a container that waits will run again.
      if (status?.state?.terminated?.exitCode === 0) counts.succeeded++
    } else if (status?.state?.waiting !== undefined) counts.waiting++
    else counts.unknown++
  }
  return counts
}

/** The exit code of a container that does not run: of now, or of its last run if it waits for the next. */
const endOf = (status: ContainerStatus | undefined): number | undefined => {
  if (status?.state?.terminated !== undefined) return status.state.terminated.exitCode
  if (status?.state?.waiting !== undefined) return status.lastState?.terminated?.exitCode
  return undefined
}

import { findCondition } from '../../kubernetes/conditions.ts'
import type { ContainerStatus } from '../../kubernetes/types/container.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { because, becameTrue, reasonBecame, saying } from './conditions.ts'
import { created } from './lifecycle.ts'

/** Reasons for which every container waits at first; they say nothing. */
const USUAL_WAITS = new Set(['ContainerCreating', 'PodInitializing'])

/** A Pod's life as `kubectl get pods --watch` and its conditions show it. */
export const describePod = (before: Pod | undefined, after: Pod | undefined): readonly string[] => {
  if (after === undefined) return before === undefined ? [] : ['deleted']
  const lines: string[] = before === undefined ? [created(after)] : []
  const node = after.spec.nodeName ?? ''
  if (node !== '' && node !== before?.spec.nodeName) lines.push(`bound to ${node}`)
  lines.push(...describeTermination(before, after))
  if (before?.status !== after.status) lines.push(...describeStatus(before, after))
  return lines
}

const describeTermination = (before: Pod | undefined, after: Pod): readonly string[] => {
  const { deletionTimestamp, deletionGracePeriodSeconds } = after.metadata
  if (deletionTimestamp === undefined || before?.metadata.deletionTimestamp !== undefined) return []
  return [`terminating, grace ${deletionGracePeriodSeconds ?? 0}s`]
}

const describeStatus = (before: Pod | undefined, after: Pod): readonly string[] => {
  const was = before?.status?.conditions
  const is = after.status?.conditions
  const lines: string[] = []
  const scheduled = findCondition(is, 'PodScheduled')
  if (reasonBecame('Unschedulable', 'PodScheduled', was, is)) lines.push(`unschedulable${saying(scheduled)}`)
  const disruption = findCondition(is, 'DisruptionTarget')
  if (becameTrue('DisruptionTarget', was, is)) lines.push(`to be disrupted${because(disruption)}`)
  const phase = after.status?.phase ?? 'Pending'
  const phaseBefore = before?.status?.phase ?? 'Pending'
  if (phase !== phaseBefore) lines.push(`${phaseBefore} → ${phase}${reasonText(after.status?.reason)}`)
  const ready = findCondition(is, 'Ready')?.status === 'True'
  if (ready !== (findCondition(was, 'Ready')?.status === 'True')) {
    lines.push(ready ? 'Ready' : `NotReady${because(findCondition(is, 'Ready'))}`)
  }
  lines.push(...describeContainers(before?.status?.initContainerStatuses, after.status?.initContainerStatuses))
  lines.push(...describeContainers(before?.status?.containerStatuses, after.status?.containerStatuses))
  return lines
}

const reasonText = (reason: string | undefined): string => (reason === undefined || reason === '' ? '' : ` (${reason})`)

type Statuses = readonly ContainerStatus[] | undefined

const describeContainers = (before: Statuses, after: Statuses): readonly string[] => {
  if (after === undefined || before === after) return []
  return after.flatMap((status) =>
    describeContainer(
      before?.find((other) => other.name === status.name),
      status,
    ),
  )
}

const describeContainer = (before: ContainerStatus | undefined, after: ContainerStatus): readonly string[] => {
  const lines: string[] = []
  if (after.restartCount > (before?.restartCount ?? 0)) {
    lines.push(
      `container ${after.name} restarted, restart ${after.restartCount}${exitText(after.lastState?.terminated)}`,
    )
  }
  const terminated = after.state?.terminated
  if (terminated !== undefined && terminated.exitCode !== 0 && before?.state?.terminated === undefined) {
    lines.push(`container ${after.name} terminated${exitText(terminated)}`)
  }
  const waiting = after.state?.waiting?.reason
  if (waiting !== undefined && !USUAL_WAITS.has(waiting) && waiting !== before?.state?.waiting?.reason) {
    lines.push(`container ${after.name} waiting: ${waiting}`)
  }
  return lines
}

const exitText = (terminated: { exitCode: number; reason?: string } | undefined): string =>
  terminated === undefined
    ? ''
    : ` (exit code ${terminated.exitCode}${terminated.reason ? `, ${terminated.reason}` : ''})`

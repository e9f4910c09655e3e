/** What a container has written, to its log and to whoever is attached. */
import { attendedCommand } from '../../kubernetes/workload/interactive.ts'
import { logLines, type LogLine } from '../../kubernetes/workload/log-lines.ts'
import type { ContainerLife } from '../../projections/container-lives.ts'
import { wallTime } from '../wall-time.ts'
import type { ConnectedContainer, PodAccess } from './pod-access.ts'

/**
 * The lines of one life up to now.
 *
 * Abridged: its variables and what its Pod mounts are as a container would find them that starts now; what the command itself
 * writes to files is gone with it.
 */
export const writtenBy = (
  connected: ConnectedContainer,
  life: ContainerLife,
  access: PodAccess,
): readonly LogLine[] => {
  const { cluster } = access
  const { pod, container } = connected
  if (attendedCommand(container) !== undefined) return access.heardOf(life)
  const { startedAt, restartCount, ended } = life
  const { at: endedAt, exitCode, reason } = ended ?? {}
  const outOfMemory = reason === 'OOMKilled'
  const requests = access.requestsOf(pod)
  const logged = { startedAt, restartCount, endedAt, exitCode, outOfMemory, requests }
  const wallStart = wallTime(cluster) - cluster.now
  return logLines(pod, container, logged, cluster.now, (now) => ({
    ...access.freshWorld(connected),
    now: () => wallStart + now(),
  }))
}

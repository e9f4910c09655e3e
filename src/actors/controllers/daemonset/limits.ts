import { scaledValue } from '../../../kubernetes/intorstring.ts'
import type { DaemonSet } from '../../../kubernetes/types/workloads.ts'

export const isRolling = ({ spec }: DaemonSet): boolean =>
  (spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'

/** Both are rounded up. Source: pkg/controller/daemon/util/daemonset_util.go, SurgeCount and UnavailableCount (v1.36). */
const surgeOf = (daemon: DaemonSet, desired: number): number =>
  isRolling(daemon) ? (scaledValue(daemon.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, desired, 'up') ?? 0) : 0

const unavailableOf = (daemon: DaemonSet, desired: number): number =>
  isRolling(daemon)
    ? (scaledValue(daemon.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired, 'up') ?? 0)
    : 0

export const allowsSurge = (daemon: DaemonSet): boolean => surgeOf(daemon, 1) > 0

/** How many more and how many fewer Pods an update may have. Both zero would stand still, so then one may be missing. */
export const limitsOf = (
  daemon: DaemonSet,
  desired: number,
): { readonly surge: number; readonly unavailable: number } => {
  const surge = surgeOf(daemon, desired)
  const unavailable = unavailableOf(daemon, desired)
  return { surge, unavailable: desired > 0 && surge === 0 && unavailable === 0 ? 1 : unavailable }
}

import type { PodInfo } from '../framework/pod-info.ts'

/**
 * Negative if `a` is the more important: higher priority, then longer running.
 * Source: pkg/scheduler/util/utils.go, MoreImportantPod (v1.36).
 */
export const byImportance = (a: PodInfo, b: PodInfo): number => b.priority - a.priority || a.startTime - b.startTime

/**
 * When the longest running of the most important ones started: the later, the less is lost.
 * Source: pkg/scheduler/util/utils.go, GetEarliestPodStartTime.
 */
export function earliestStart(pods: readonly PodInfo[]): number {
  let highest = -Infinity
  let earliest = Infinity
  for (const { priority, startTime } of pods) {
    if (priority > highest) {
      highest = priority
      earliest = startTime
    } else if (priority === highest && startTime < earliest) earliest = startTime
  }
  return earliest
}

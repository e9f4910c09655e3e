import { hintCovers, type ClusterEvent, type EventHint } from '../framework/events.ts'
import type { QueuedPod } from './queued-pod.ts'

/** What an event means for a Pod that was rejected: leave it, try it once its backoff is over, or try it now. */
export type Requeuing = 'skip' | 'after-backoff' | 'now'

/** What each plugin of a profile waits for, by plugin. */
export type HintMap = ReadonlyMap<string, readonly EventHint[]>

/** The plugins, of any profile, that wait for such an event. */
export function interestedPlugins(hints: ReadonlyMap<string, HintMap>, event: ClusterEvent): ReadonlySet<string> {
  const plugins = new Set<string>()
  for (const profile of hints.values()) {
    for (const [plugin, own] of profile) if (own.some((hint) => hintCovers(hint, event))) plugins.add(plugin)
  }
  return plugins
}

/**
 * Asks the plugins that rejected the Pod, and only those, whether the event changes their mind. A plugin that had the
 * Pod wait for something of its own (`Pending`) gets it back at once.
 * Source: pkg/scheduler/backend/queue/scheduling_queue.go, isPodWorthRequeuing (v1.36).
 */
export function worthRequeuing(queued: QueuedPod, hints: HintMap | undefined, event: ClusterEvent): Requeuing {
  const { unschedulablePlugins, pendingPlugins, info } = queued
  if (unschedulablePlugins.size + pendingPlugins.size === 0) return 'after-backoff'
  if (event.resource === '*') {
    // A wildcard with an object is for that Pod alone.
    return event.after === undefined || event.after.metadata.uid === info.uid ? 'after-backoff' : 'skip'
  }
  if (hints === undefined) return 'after-backoff'
  const answers = (plugin: string): boolean =>
    (hints.get(plugin) ?? []).some(
      (hint) => hintCovers(hint, event) && (hint.worthTrying === undefined || hint.worthTrying(info.pod, event)),
    )
  for (const plugin of pendingPlugins) if (answers(plugin)) return 'now'
  for (const plugin of unschedulablePlugins) if (answers(plugin)) return 'after-backoff'
  return 'skip'
}

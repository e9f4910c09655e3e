import type { PluginArgs } from '../framework/configuration.ts'
import { Action } from '../framework/events.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import { messageOf, unresolvable } from '../framework/status.ts'
import { Evaluator } from '../preemption/evaluator.ts'

const NAME = 'DefaultPreemption'
const IN_PROGRESS = unresolvable(NAME, 'waiting for the preemption for this pod to be finished')

/**
 * Makes room for an important Pod where there is none.
 * Source: plugins/defaultpreemption/default_preemption.go, PostFilter (v1.36).
 */
export const defaultPreemption = (args: PluginArgs, handle: PluginHandle): SchedulerPlugin => {
  const evaluator = new Evaluator(args, handle)
  return {
    name: NAME,
    preEnqueue: ({ metadata }) => (handle.preempting.has(metadata.uid) ? IN_PROGRESS : undefined),
    postFilter: (state, pod, statuses) => {
      const result = evaluator.preempt(state, pod, statuses)
      if (result.status === undefined) return result
      return { ...result, status: { ...result.status, reasons: [`preemption: ${messageOf(result.status)}`] } }
    },
    hints: [{ resource: 'AssignedPod', actions: Action.delete }],
  }
}

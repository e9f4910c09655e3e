import { Action } from '../framework/events.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import { unresolvable } from '../framework/status.ts'
import { isSamePod } from './same-pod.ts'

const NAME = 'SchedulingGates'

/** A Pod with gates is not tried. Source: plugins/schedulinggates/scheduling_gates.go (v1.36). */
export const schedulingGates = (): SchedulerPlugin => ({
  name: NAME,
  preEnqueue: ({ spec }) => {
    const gates = spec.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(NAME, `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`)
  },
  hints: [{ resource: 'Pod', actions: Action.updatePodGatesEliminated, worthTrying: isSamePod }],
})

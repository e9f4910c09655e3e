import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { TopologySpreadConstraint } from '../../../kubernetes/types/scheduling.ts'
import type { View } from '../../../kubernetes/view.ts'
import { Action, type ClusterEvent, type EventHint } from '../framework/events.ts'
import { constraintsOf, type SpreadConstraint } from './spread-constraints.ts'

/** Events that may even out what was uneven. Source: plugins/podtopologyspread/plugin.go, EventsToRegister (v1.36). */
export const podTopologySpreadHints = (
  defaults: readonly TopologySpreadConstraint[],
  view: View,
): readonly EventHint[] => {
  const constraints = (pod: Pod): readonly SpreadConstraint[] => constraintsOf(pod, 'DoNotSchedule', defaults, view)
  return [
    {
      resource: 'Pod',
      actions: Action.add | Action.updatePodLabel | Action.delete,
      worthTrying: (pod, event) => podMayHelp(pod, event, constraints(pod)),
    },
    {
      resource: 'Node',
      actions: Action.add | Action.delete | Action.updateNodeLabel | Action.updateNodeTaint,
      worthTrying: (pod, event) => nodeMayHelp(event, constraints(pod)),
    },
  ]
}

/** A Pod that counts came or went, or no longer counts, or counts now. */
function podMayHelp(pod: Pod, event: ClusterEvent, constraints: readonly SpreadConstraint[]): boolean {
  const [before, after] = [event.before as Pod | undefined, event.after as Pod | undefined]
  const other = after ?? before
  if (other === undefined) return false
  const itself = other.metadata.uid === pod.metadata.uid
  const placed = (other.spec.nodeName ?? '') !== '' && other.metadata.namespace === pod.metadata.namespace
  if (!itself && !placed) return false
  if (before === undefined || after === undefined) {
    return constraints.some(({ selector }) => selector(other.metadata.labels))
  }
  return (
    itself || constraints.some(({ selector }) => selector(before.metadata.labels) !== selector(after.metadata.labels))
  )
}

/** A domain came or went, or a node changed its domain. */
function nodeMayHelp(event: ClusterEvent, constraints: readonly SpreadConstraint[]): boolean {
  const [before, after] = [event.before as Node | undefined, event.after as Node | undefined]
  const isPlace = (node: Node | undefined): boolean =>
    node !== undefined && constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined)
  const [was, is] = [isPlace(before), isPlace(after)]
  if (was !== is) return true
  if (!is || before === undefined || after === undefined) return false
  if ((event.actions & Action.updateNodeTaint) !== 0 && constraints.some(({ honorTaints }) => honorTaints)) return true
  return constraints.some(
    ({ topologyKey }) => before.metadata.labels?.[topologyKey] !== after.metadata.labels?.[topologyKey],
  )
}

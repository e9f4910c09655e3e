import { toleratedBy } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { Action } from '../framework/events.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import { unresolvable } from '../framework/status.ts'
import { isSamePod } from './same-pod.ts'

const NAME = 'NodeUnschedulable'
const UNSCHEDULABLE = unresolvable(NAME, 'node(s) were unschedulable')
/** What a cordoned node stands for, to a Pod that tolerates it. */
const CORDON = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

const toleratesCordon = (pod: Pod): boolean => toleratedBy(pod.spec.tolerations, CORDON)

/** Keeps Pods off cordoned nodes. Source: plugins/nodeunschedulable/node_unschedulable.go (v1.36). */
export const nodeUnschedulable = (): SchedulerPlugin => ({
  name: NAME,
  filter: (_state, pod, node) =>
    node.node?.spec.unschedulable === true && !toleratesCordon(pod.pod) ? UNSCHEDULABLE : undefined,
  sign: (pod) => JSON.stringify(pod.spec.tolerations ?? []),
  hints: [
    {
      resource: 'Node',
      actions: Action.add | Action.updateNodeTaint,
      worthTrying: (pod, { before, after }) => {
        const [was, is] = [before as Node | undefined, after as Node | undefined]
        const opened = is?.spec.unschedulable !== true && (was === undefined || was.spec.unschedulable === true)
        return opened || toleratesCordon(pod)
      },
    },
    {
      resource: 'Pod',
      actions: Action.updatePodToleration,
      worthTrying: (pod, event) => isSamePod(pod, event) && toleratesCordon(event.after as Pod),
    },
  ],
})

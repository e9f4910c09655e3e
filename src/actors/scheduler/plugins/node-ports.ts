import type { Pod } from '../../../kubernetes/types/pod.ts'
import { Action } from '../framework/events.ts'
import { HostPorts } from '../framework/host-ports.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import { PodInfo } from '../framework/pod-info.ts'
import { SKIP, unschedulable } from '../framework/status.ts'

const NAME = 'NodePorts'
const TAKEN = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports")

/** Whether a Pod that goes frees a port that another wants. */
function freesPort(pod: Pod, gone: Pod): boolean {
  const held = new HostPorts()
  for (const port of new PodInfo(gone).hostPorts) held.add(port)
  return new PodInfo(pod).hostPorts.some((port) => held.conflicts(port))
}

/** Two Pods cannot have one port of a node. Source: plugins/nodeports/node_ports.go (v1.36). */
export const nodePorts = (): SchedulerPlugin => ({
  name: NAME,
  preFilter: (_state, pod) => (pod.hostPorts.length === 0 ? SKIP : undefined),
  filter: (_state, { hostPorts }, { ports }) => {
    for (let i = 0; i < hostPorts.length; i++) {
      const port = hostPorts[i]
      if (port !== undefined && ports.conflicts(port)) return TAKEN
    }
    return undefined
  },
  sign: (pod) => JSON.stringify(new PodInfo(pod).hostPorts),
  hints: [
    {
      resource: 'AssignedPod',
      actions: Action.delete,
      worthTrying: (pod, { before }) => before !== undefined && freesPort(pod, before as Pod),
    },
    { resource: 'Node', actions: Action.add },
  ],
})

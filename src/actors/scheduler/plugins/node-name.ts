import { Action } from '../framework/events.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import { unresolvable } from '../framework/status.ts'

const NAME = 'NodeName'
const OTHER_NODE = unresolvable(NAME, "node(s) didn't match the requested node name")

/** A Pod that names its node goes there or nowhere. Source: plugins/nodename/node_name.go (v1.36). */
export const nodeName = (): SchedulerPlugin => ({
  name: NAME,
  filter: (_state, pod, node) => {
    const wanted = pod.pod.spec.nodeName
    return wanted === undefined || wanted === '' || wanted === node.name ? undefined : OTHER_NODE
  },
  sign: (pod) => pod.spec.nodeName ?? '',
  hints: [{ resource: 'Node', actions: Action.add }],
})

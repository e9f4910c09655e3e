import { toleratedBy, untoleratedTaint } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { TaintEffect, Toleration } from '../../../kubernetes/types/scheduling.ts'
import { StateKey } from '../framework/cycle-state.ts'
import { Action, type ClusterEvent } from '../framework/events.ts'
import { MAX_NODE_SCORE, type PluginHandle, type SchedulerPlugin } from '../framework/plugin.ts'
import { normalizeByHighest } from '../framework/scoring.ts'
import { unresolvable } from '../framework/status.ts'
import { isSamePod } from './same-pod.ts'

const NAME = 'TaintToleration'
const UNTOLERATED = unresolvable(NAME, 'node(s) had untolerated taint(s)')
const HARD: readonly TaintEffect[] = ['NoSchedule', 'NoExecute']

/** Tolerations that can meet a PreferNoSchedule taint. */
const softTolerations = new StateKey<readonly Toleration[]>(NAME)

const tolerable = (node: Node, pod: Pod): boolean =>
  untoleratedTaint(node.spec.taints, pod.spec.tolerations, HARD) === undefined

/** A node whose taints the Pod can bear now and could not before. */
function becameTolerable(pod: Pod, { before, after }: ClusterEvent): boolean {
  const [was, is] = [before as Node | undefined, after as Node | undefined]
  if (is === undefined || !tolerable(is, pod)) return false
  return was === undefined || !tolerable(was, pod)
}

/** Taints keep Pods away, or push them away. Source: plugins/tainttoleration/taint_toleration.go (v1.36). */
export const taintToleration = (_args: unknown, { cache }: PluginHandle): SchedulerPlugin => ({
  name: NAME,
  filter: (_state, pod, { hardTaints }) => {
    for (let i = 0; i < hardTaints.length; i++) {
      const taint = hardTaints[i]
      if (taint !== undefined && !toleratedBy(pod.pod.spec.tolerations, taint)) return UNTOLERATED
    }
    return undefined
  },
  preScore: (state, pod) => {
    const tolerations = pod.pod.spec.tolerations ?? []
    const soft = tolerations.filter(({ effect }) => effect === undefined || effect === 'PreferNoSchedule')
    state.write(softTolerations, soft)
    return undefined
  },
  score: (state, _pod, { softTaints }) => {
    if (softTaints.length === 0) return 0
    const tolerations = state.read(softTolerations)
    let untolerated = 0
    for (const taint of softTaints) if (!toleratedBy(tolerations, taint)) untolerated++
    return untolerated
  },
  uniformScore: () => (cache.hasSoftTaints ? undefined : MAX_NODE_SCORE),
  normalize: (_state, _pod, _nodes, scores) => normalizeByHighest(scores, true),
  sign: (pod) => JSON.stringify(pod.spec.tolerations ?? []),
  hints: [
    { resource: 'Node', actions: Action.add | Action.updateNodeTaint, worthTrying: becameTolerable },
    { resource: 'Pod', actions: Action.updatePodToleration, worthTrying: isSamePod },
  ],
})

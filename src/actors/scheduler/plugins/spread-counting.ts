import type { NodeMatch } from '../../../kubernetes/node-selector.ts'
import { untoleratedTaint } from '../../../kubernetes/tolerations.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { TaintEffect } from '../../../kubernetes/types/scheduling.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PluginHandle } from '../framework/plugin.ts'
import type { PodCounter } from '../framework/pod-counts.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { requiredNodeMatch } from './node-affinity.ts'
import type { SpreadConstraint } from './spread-constraints.ts'

const HARD: readonly TaintEffect[] = ['NoSchedule', 'NoExecute']

/** Whether a node counts as a place for the Pod's kind, constraint by constraint. Source: common.go, matchNodeInclusionPolicies. */
export class NodeInclusion {
  private readonly pod: Pod
  private readonly required: NodeMatch | undefined

  constructor(pod: Pod) {
    this.pod = pod
    this.required = requiredNodeMatch(pod)
  }

  /** Nothing of this Pod can exclude a node. */
  isTrivial({ honorAffinity, honorTaints }: SpreadConstraint): boolean {
    return (!honorAffinity || this.required === undefined) && !honorTaints
  }

  includes({ honorAffinity, honorTaints }: SpreadConstraint, { node, hardTaints }: NodeInfo): boolean {
    if (node === undefined) return false
    if (honorAffinity && this.required !== undefined && !this.required(node)) return false
    return !honorTaints || untoleratedTaint(hardTaints, this.pod.spec.tolerations, HARD) === undefined
  }
}

/**
 * Counts Pods that a constraint selects. A Pod on its way out no longer counts, and an empty selector counts nobody,
 * though every Pod matches it. Source: plugins/podtopologyspread/common.go, countPodsMatchSelector (v1.36).
 */
export const spreadCounter = (
  { cache }: PluginHandle,
  pod: PodInfo,
  { selector, selectorKey }: SpreadConstraint,
): PodCounter =>
  cache.podCounter({
    key: `spread|${pod.namespace}|${selectorKey}`,
    namespaces: [pod.namespace],
    matches: (other) => selectorKey !== '' && !other.terminating && selector(other.pod.metadata.labels),
  })

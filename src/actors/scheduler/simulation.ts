import type { Kind } from '../../kubernetes/kinds.ts'
import { kindRow } from '../../kubernetes/registry.ts'
import { isTerminal } from '../../kubernetes/pods.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { View } from '../../kubernetes/view.ts'
import { ClusterCache } from './framework/cluster-cache.ts'
import { CycleState } from './framework/cycle-state.ts'
import { Nominations } from './framework/nominations.ts'
import { PodInfo } from './framework/pod-info.ts'
import { runPreFilters } from './framework/pre-filter.ts'
import { Profile } from './framework/profile.ts'
import type { Status } from './framework/status.ts'
import { WATCHED_KINDS } from './observer.ts'
import { BUILT_IN_PLUGINS } from './plugins/registry.ts'

/**
 * A cluster that is only thought of: nodes and Pods may be put there and taken away, and the filters of kube-scheduler's
 * default profile say whether a Pod would fit. For those who ask "what if", as cluster-autoscaler does, which upstream
 * links the same framework.
 * Source: kubernetes/autoscaler, cluster-autoscaler/simulator/clustersnapshot/predicate (v1.36).
 */
export class SchedulingSimulation {
  /** What the view must show for the filters to know what they ask. */
  static readonly kinds: readonly Kind[] = WATCHED_KINDS.filter((kind) => kindRow(kind).strategy !== undefined)
  private readonly cache = new ClusterCache()
  private readonly profile: Profile

  constructor(view: View) {
    this.profile = new Profile({}, BUILT_IN_PLUGINS, {
      cache: this.cache,
      view,
      nominations: new Nominations(),
      preempting: new Set(),
      // Of the default plugins only preemption draws, and nothing is preempted here.
      below: () => 0,
    })
  }

  addNode(node: Node): void {
    this.cache.addNode(node)
  }

  /** Takes a node away with all Pods on it. */
  removeNode(name: string): void {
    for (const { uid } of this.podsOn(name)) this.cache.removePod(uid)
    this.cache.removeNode(name)
  }

  /** Counts a Pod on a node, whatever the Pod says. Pods that have ended count nowhere. */
  addPod(pod: Pod, node: string): void {
    if (!isTerminal(pod)) this.cache.assume(new PodInfo(pod), node)
  }

  removePod(uid: string): void {
    this.cache.removePod(uid)
  }

  /** What stands against the Pod on each node that is asked about, in order, until one takes it; that one's name or why not. */
  place(pod: Pod, nodes: Iterable<string>): { readonly node: string } | { readonly reasons: readonly string[] } {
    const state = new CycleState()
    const info = new PodInfo(unbound(pod))
    const { status, nodeNames } = runPreFilters(this.profile, state, info, this.cache.nodeOrder())
    if (status !== undefined) return { reasons: status.reasons }
    let first: Status | undefined
    for (const name of nodes) {
      const node = this.cache.node(name)
      if (node === undefined) continue
      if (nodeNames !== undefined && !nodeNames.has(name)) {
        first ??= NOT_NAMED
        continue
      }
      const objection = this.profile.runFilters(state, info, node)
      if (objection === undefined) return { node: name }
      first ??= objection
    }
    return { reasons: first?.reasons ?? [] }
  }

  private podsOn(name: string): readonly PodInfo[] {
    return [...(this.cache.node(name)?.pods ?? [])]
  }
}

/** A Pod that is thought of elsewhere has no node yet. */
const unbound = (pod: Pod): Pod => {
  if ((pod.spec.nodeName ?? '') === '') return pod
  const { nodeName: _, ...spec } = pod.spec
  return { ...pod, spec }
}

const NOT_NAMED: Status = {
  code: 'UnschedulableAndUnresolvable',
  plugin: 'NodeAffinity',
  reasons: ["node(s) didn't match Pod's node affinity/selector"],
}

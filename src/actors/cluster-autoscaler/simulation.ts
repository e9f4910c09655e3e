import type { Kind } from '../../kubernetes/kinds.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { View } from '../../kubernetes/view.ts'

/** A cluster that is only thought of. What kube-scheduler's filters say of it is the autoscaler's only word on what fits. */
export interface Simulation {
  addNode(node: Node): void
  /** With all Pods on it. */
  removeNode(name: string): void
  addPod(pod: Pod, node: string): void
  removePod(uid: string): void
  /** The first of the nodes that takes the Pod, which is not put there yet; or what the first one has against it. */
  place(pod: Pod, nodes: Iterable<string>): { readonly node: string } | { readonly reasons: readonly string[] }
}

/** Upstream links the scheduler's framework; here whoever puts the cluster together gives it. */
export interface Simulator {
  /** What the view must show. */
  readonly kinds: readonly Kind[]
  create(view: View): Simulation
}

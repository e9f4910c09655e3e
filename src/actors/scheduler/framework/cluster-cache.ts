import { invariant } from '../../../engine/invariant.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import { ImageStates } from './image-states.ts'
import { NodeInfo } from './node-info.ts'
import { NodeTree } from './node-tree.ts'
import { PodCounts, type PodCounter, type PodQuestion } from './pod-counts.ts'
import type { PodInfo } from './pod-info.ts'
import { TermGroups } from './term-groups.ts'
import { Topology, type TopologyKey } from './topology.ts'

/** A Pod that lies on a node, or that this scheduler has decided to put there. */
interface PlacedPod {
  readonly pod: PodInfo
  readonly node: NodeInfo
  /** Decided here, not yet seen bound in the API. Never expires. Source: backend/cache/cache.go, durationToExpireAssumedPod 0. */
  readonly assumed: boolean
}

/**
 * What the scheduler believes of the cluster: nodes, the Pods on them, and the sums and indexes over both.
 *
 * Upstream copies its cache into a snapshot at each attempt, because binding goes on beside it. An attempt here is one
 * step, so the cache itself is the snapshot; only the order of nodes is remembered between attempts, as there.
 * Source: pkg/scheduler/backend/cache/{cache,snapshot}.go (v1.36).
 */
export class ClusterCache {
  readonly topology = new Topology()
  readonly terms = new TermGroups()
  readonly images = new ImageStates()
  private readonly nodes = new Map<string, NodeInfo>()
  private readonly bySlot: (NodeInfo | undefined)[] = []
  private readonly freeSlots: number[] = []
  private readonly tree = new NodeTree()
  private readonly placed = new Map<string, PlacedPod>()
  private readonly byNamespace = new Map<string, Map<string, PlacedPod>>()
  private readonly counts = new PodCounts(
    (namespace) => this.placedIn(namespace),
    () => this.bySlot.length,
  )
  /** How many Pods use a claim (`namespace/name`). */
  private readonly claimUsers = new Map<string, number>()
  private order: readonly NodeInfo[] = []
  private ordered = new Set<string>()
  private orderStale = false
  /** Nodes with a taint that only pushes Pods away. */
  private softTainted = 0

  /** Nodes in order of evaluation, as of the last time a node came or went. */
  nodeOrder(): readonly NodeInfo[] {
    if (this.orderStale || this.ordered.size > this.tree.size) {
      const order: NodeInfo[] = []
      for (const name of this.tree.list()) {
        const node = this.nodes.get(name)
        invariant(node?.node !== undefined, 'a node of the tree is in the cache')
        order.push(node)
      }
      this.order = order
      this.ordered = new Set(order.map(({ name }) => name))
      this.orderStale = false
    }
    return this.order
  }

  get hasSoftTaints(): boolean {
    return this.softTainted > 0
  }

  get nodeCount(): number {
    return this.tree.size
  }

  /** One more than the highest slot in use: the size of tables by node. */
  get slots(): number {
    return this.bySlot.length
  }

  /** A node that exists. */
  node(name: string): NodeInfo | undefined {
    const info = this.nodes.get(name)
    return info?.node === undefined ? undefined : info
  }

  nodeAt(slot: number): NodeInfo | undefined {
    return this.bySlot[slot]
  }

  topologyKey(name: string): TopologyKey {
    return this.topology.key(name, this.nodes.values())
  }

  podCounter(question: PodQuestion): PodCounter {
    return this.counts.counter(question)
  }

  addNode(node: Node): void {
    const info = this.nodeInfo(node.metadata.name)
    if (info.node === undefined) {
      this.tree.add(node)
      if (!this.ordered.has(info.name)) this.orderStale = true
      // Gone and back between two attempts: it keeps its place, as in upstream's snapshot.
      else this.order = this.order.map((other) => (other.name === info.name ? info : other))
    } else this.tree.update(info.node, node)
    if (info.node !== undefined) this.images.removeNode(info.node)
    this.images.addNode(node)
    this.softTainted -= info.softTaints.length > 0 ? 1 : 0
    info.setNode(node)
    this.softTainted += info.softTaints.length > 0 ? 1 : 0
    this.topology.set(info.slot, node)
  }

  removeNode(name: string): void {
    const info = this.nodes.get(name)
    if (info?.node === undefined) return
    this.tree.remove(info.node)
    this.images.removeNode(info.node)
    this.softTainted -= info.softTaints.length > 0 ? 1 : 0
    info.unsetNode()
    this.topology.set(info.slot, undefined)
    this.dropIfEmpty(info)
  }

  /** A Pod bound in the API: new, changed, or the confirmation of what was assumed. */
  addPod(pod: PodInfo): void {
    const known = this.placed.get(pod.uid)
    const nodeName = pod.pod.spec.nodeName ?? ''
    if (known !== undefined && known.node.name === nodeName && pod.countsAs(known.pod)) {
      this.replace(pod, known.node)
      return
    }
    this.take(pod.uid)
    this.put(pod, nodeName, false)
  }

  removePod(uid: string): void {
    this.take(uid)
  }

  /** Counts a Pod on a node before the API knows. */
  assume(pod: PodInfo, nodeName: string): void {
    invariant(!this.placed.has(pod.uid), 'a Pod that is placed is not assumed again')
    this.put(pod, nodeName, true)
  }

  /** Takes an assumption back. A Pod that has been confirmed stays. */
  forget(uid: string): void {
    if (this.isAssumed(uid)) this.take(uid)
  }

  isAssumed(uid: string): boolean {
    return this.placed.get(uid)?.assumed === true
  }

  placedPod(uid: string): { readonly pod: PodInfo; readonly node: NodeInfo } | undefined {
    return this.placed.get(uid)
  }

  /** Whether a Pod on some node uses the claim `namespace/name`. */
  isClaimUsed(key: string): boolean {
    return this.claimUsers.has(key)
  }

  private put(pod: PodInfo, nodeName: string, assumed: boolean): void {
    const node = this.nodeInfo(nodeName)
    node.addPod(pod)
    const placed = { pod, node, assumed }
    this.placed.set(pod.uid, placed)
    let neighbours = this.byNamespace.get(pod.namespace)
    if (neighbours === undefined) this.byNamespace.set(pod.namespace, (neighbours = new Map()))
    neighbours.set(pod.uid, placed)
    this.terms.add(pod, node.slot, 1)
    this.counts.add(pod, node.slot, 1)
    this.countClaims(pod, 1)
  }

  /** Another version of a Pod that is counted already: what a kubelet reports, most of the time. */
  private replace(pod: PodInfo, node: NodeInfo): void {
    node.replacePod(pod)
    const placed = { pod, node, assumed: false }
    this.placed.set(pod.uid, placed)
    this.byNamespace.get(pod.namespace)?.set(pod.uid, placed)
  }

  private take(uid: string): void {
    const placed = this.placed.get(uid)
    if (placed === undefined) return
    const { pod, node } = placed
    node.removePod(uid)
    this.placed.delete(uid)
    const neighbours = this.byNamespace.get(pod.namespace)
    neighbours?.delete(uid)
    if (neighbours?.size === 0) this.byNamespace.delete(pod.namespace)
    this.terms.add(pod, node.slot, -1)
    this.counts.add(pod, node.slot, -1)
    this.countClaims(pod, -1)
    this.dropIfEmpty(node)
  }

  private countClaims({ pod, namespace }: PodInfo, sign: 1 | -1): void {
    if (pod.spec.volumes === undefined) return
    for (const { persistentVolumeClaim } of pod.spec.volumes) {
      if (persistentVolumeClaim === undefined) continue
      const key = `${namespace}/${persistentVolumeClaim.claimName}`
      const users = (this.claimUsers.get(key) ?? 0) + sign
      if (users > 0) this.claimUsers.set(key, users)
      else this.claimUsers.delete(key)
    }
  }

  private nodeInfo(name: string): NodeInfo {
    let info = this.nodes.get(name)
    if (info === undefined) {
      const slot = this.freeSlots.pop() ?? this.bySlot.length
      info = new NodeInfo(name, slot)
      this.bySlot[slot] = info
      this.nodes.set(name, info)
    }
    return info
  }

  private dropIfEmpty(info: NodeInfo): void {
    if (info.node !== undefined || info.pods.length > 0) return
    this.nodes.delete(info.name)
    this.bySlot[info.slot] = undefined
    this.freeSlots.push(info.slot)
  }

  private *placedIn(namespace: string): Iterable<{ readonly pod: PodInfo; readonly slot: number }> {
    for (const { pod, node } of this.byNamespace.get(namespace)?.values() ?? []) yield { pod, slot: node.slot }
  }
}

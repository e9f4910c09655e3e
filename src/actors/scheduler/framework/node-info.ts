import { NO_RESOURCES, resourcesOf, type Resources } from '../../../kubernetes/resources.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'
import { HostPorts } from './host-ports.ts'
import type { PodInfo } from './pod-info.ts'
import { addTo, noTotals, type Totals } from './resources.ts'

const NO_TAINTS: readonly Taint[] = []

/** One node with the sums over its Pods, kept up to date Pod by Pod. Source: pkg/scheduler/framework/types.go, NodeInfo (v1.36). */
export class NodeInfo {
  readonly name: string
  /** Row of this node in every table by node; another node's once this one is gone. */
  readonly slot: number
  /** Undefined while only Pods are known that name this node. */
  node: Node | undefined = undefined
  readonly pods: PodInfo[]
  readonly requested: Totals = noTotals()
  nonZeroMilliCPU = 0
  nonZeroMemory = 0
  allocatable: Resources = NO_RESOURCES
  readonly ports: HostPorts
  /** Taints that keep Pods away, and those that only push them away. */
  hardTaints: readonly Taint[] = NO_TAINTS
  softTaints: readonly Taint[] = NO_TAINTS
  /** Rises with every change of this node or its Pods: for plugins that keep what they worked out. */
  generation = 0

  constructor(name: string, slot: number, pods: PodInfo[] = [], ports = new HostPorts()) {
    this.name = name
    this.slot = slot
    this.pods = pods
    this.ports = ports
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node?.metadata.labels ?? NO_LABELS
  }

  setNode(node: Node): void {
    this.node = node
    this.allocatable = resourcesOf(node.status?.allocatable)
    const taints = node.spec.taints ?? NO_TAINTS
    this.hardTaints = taints.length === 0 ? NO_TAINTS : taints.filter(({ effect }) => effect !== 'PreferNoSchedule')
    this.softTaints = taints.length === 0 ? NO_TAINTS : taints.filter(({ effect }) => effect === 'PreferNoSchedule')
    this.generation++
  }

  /** The node is gone; Pods that name it may be left. */
  unsetNode(): void {
    this.node = undefined
    this.hardTaints = NO_TAINTS
    this.softTaints = NO_TAINTS
    this.generation++
  }

  addPod(pod: PodInfo): void {
    this.pods.push(pod)
    this.account(pod, 1)
  }

  /** The last Pod takes the place of the one that goes, as upstream does it. */
  removePod(uid: string): PodInfo | undefined {
    const index = this.pods.findIndex((pod) => pod.uid === uid)
    const pod = this.pods[index]
    if (pod === undefined) return undefined
    const last = this.pods.pop()
    if (last !== undefined && index < this.pods.length) this.pods[index] = last
    this.account(pod, -1)
    return pod
  }

  /** Another version of a Pod that counts the same; it goes to the end, as if taken off and put back. */
  replacePod(pod: PodInfo): void {
    const index = this.pods.findIndex(({ uid }) => uid === pod.uid)
    if (index < 0) return
    const last = this.pods.length - 1
    const other = this.pods[last]
    if (other !== undefined) this.pods[index] = other
    this.pods[last] = pod
    this.generation++
  }

  private account(pod: PodInfo, sign: 1 | -1): void {
    addTo(this.requested, pod.requests, sign)
    this.nonZeroMilliCPU += sign * pod.nonZeroMilliCPU
    this.nonZeroMemory += sign * pod.nonZeroMemory
    for (const port of pod.hostPorts) {
      if (sign === 1) this.ports.add(port)
      else this.ports.remove(port)
    }
    this.generation++
  }

  /** A copy to ask "what if" of: Pods may be taken off and put back without a trace here. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name, this.slot, this.pods.slice(), this.ports.clone())
    copy.node = this.node
    const { milliCPU, memory, ephemeralStorage, scalars } = this.requested
    copy.requested.milliCPU = milliCPU
    copy.requested.memory = memory
    copy.requested.ephemeralStorage = ephemeralStorage
    if (scalars !== undefined) copy.requested.scalars = new Map(scalars)
    copy.nonZeroMilliCPU = this.nonZeroMilliCPU
    copy.nonZeroMemory = this.nonZeroMemory
    copy.allocatable = this.allocatable
    copy.hardTaints = this.hardTaints
    copy.softTaints = this.softTaints
    copy.generation = this.generation
    return copy
  }
}

const NO_LABELS: Readonly<Record<string, string>> = {}

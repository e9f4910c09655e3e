import type { PodInfo } from './pod-info.ts'

const NOBODY: readonly PodInfo[] = []

/**
 * Which Pods wait for room on which node: room that preemption has made for them and others must not take.
 * Source: pkg/scheduler/backend/queue/nominator.go (v1.36).
 */
export class Nominations {
  private readonly byNode = new Map<string, PodInfo[]>()
  private readonly nodeOf = new Map<string, string>()

  /** A second nomination takes the place of the first. An empty name nominates to nothing new. */
  add(pod: PodInfo, nodeName: string): void {
    this.remove(pod.uid)
    if (nodeName === '') return
    this.nodeOf.set(pod.uid, nodeName)
    const pods = this.byNode.get(nodeName)
    if (pods === undefined) this.byNode.set(nodeName, [pod])
    else pods.push(pod)
  }

  remove(uid: string): void {
    const nodeName = this.nodeOf.get(uid)
    if (nodeName === undefined) return
    this.nodeOf.delete(uid)
    const left = (this.byNode.get(nodeName) ?? []).filter((pod) => pod.uid !== uid)
    if (left.length === 0) this.byNode.delete(nodeName)
    else this.byNode.set(nodeName, left)
  }

  /**
   * The Pod has changed. A nomination that only this scheduler knows yet survives an update that does not mention one.
   * Source: nominator.go, updateNominatedPodUnlocked.
   */
  update(before: PodInfo | undefined, after: PodInfo): void {
    const told = after.pod.status?.nominatedNodeName ?? ''
    const toldBefore = before?.pod.status?.nominatedNodeName ?? ''
    const known = this.nodeOf.get(after.uid) ?? ''
    this.add(after, told === '' && toldBefore === '' ? known : told)
  }

  nodeFor(uid: string): string | undefined {
    return this.nodeOf.get(uid)
  }

  on(nodeName: string): readonly PodInfo[] {
    return this.byNode.get(nodeName) ?? NOBODY
  }

  get isEmpty(): boolean {
    return this.nodeOf.size === 0
  }
}

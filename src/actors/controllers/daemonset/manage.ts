import type { Micros } from '../../../events/envelope.ts'
import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import { isAvailable, isReady, isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { DaemonSet } from '../../../kubernetes/types/workloads.ts'
import type { FailedPodBackOff } from './back-off.ts'
import { allowsSurge } from './limits.ts'
import { choiceOf, HASH_LABEL, targetNode } from './node-choice.ts'

/** The Pods of a daemon by the node that they are on or for. */
export type PodsByNode = ReadonlyMap<string, readonly Pod[]>

/** Finished Pods on the way out count no more. Source: daemon_controller.go, getNodesToDaemonPods. */
export const podsByNode = (pods: readonly Pod[]): PodsByNode => {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    if (isTerminal(pod) && isTerminating(pod)) continue
    const node = targetNode(pod)
    if (node === undefined) continue
    const others = byNode.get(node)
    if (others === undefined) byNode.set(node, [pod])
    else others.push(pod)
  }
  return byNode
}

/** Nodes that need a Pod, and Pods that must go. */
export interface Changes {
  readonly create: string[]
  readonly remove: Pod[]
  /** When to look again, if something waits. */
  after?: Micros
}

interface Situation {
  readonly daemon: DaemonSet
  readonly hash: string
  readonly world: World<FailedPodBackOff>
}

/** Source: pkg/controller/daemon/daemon_controller.go, manage (v1.36). */
export const plan = (nodes: readonly Node[], byNode: PodsByNode, situation: Situation): Changes => {
  const changes: Changes = { create: [], remove: [] }
  for (const node of nodes) planNode(node, byNode.get(node.metadata.name), situation, changes)
  const names = new Set(nodes.map(({ metadata }) => metadata.name))
  for (const [name, pods] of byNode) {
    // Nobody would delete a Pod that waits for a node that is gone: it is bound to none.
    if (!names.has(name)) changes.remove.push(...pods.filter((pod) => (pod.spec.nodeName ?? '') === ''))
  }
  return changes
}

/** Source: daemon_controller.go, podsShouldBeOnNode. */
const planNode = (node: Node, pods: readonly Pod[] | undefined, situation: Situation, changes: Changes): void => {
  const choice = choiceOf(node, situation.daemon)
  if (choice.run && pods === undefined) changes.create.push(node.metadata.name)
  else if (choice.stay) keepOne(node.metadata.name, pods ?? [], choice.run, situation, changes)
  else if (pods !== undefined) changes.remove.push(...pods.filter((pod) => !isTerminating(pod)))
}

const keepOne = (node: string, pods: readonly Pod[], mayRun: boolean, situation: Situation, changes: Changes): void => {
  const running = pods.filter((pod) => !isTerminating(pod) && !removeFinished(pod, node, situation, changes))
  const sorted = running.length > 1 ? running.toSorted(oldestFirst) : running
  if (!allowsSurge(situation.daemon)) changes.remove.push(...sorted.slice(1))
  else if (sorted.length > 1) keepNewAndOld(sorted, situation, changes)
  else if (sorted.length === 0 && mayRun) changes.create.push(node)
}

/** Whether a Pod has ended. It is deleted, if not at once; a new one comes when it is gone. */
const removeFinished = (pod: Pod, node: string, { daemon, world }: Situation, changes: Changes): boolean => {
  const { namespace, name } = pod.metadata
  if (pod.status?.phase === 'Succeeded') {
    const message = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`
    world.event('DaemonSet', daemon, 'Normal', 'SucceededDaemonPod', message)
    changes.remove.push(pod)
    return true
  }
  if (pod.status?.phase !== 'Failed') return false
  const key = `${daemon.metadata.uid}/${daemon.status?.observedGeneration ?? 0}/${node}`
  const delay = world.memory.waiting(key, world.monotonic)
  if (delay !== undefined) {
    changes.after = Math.min(changes.after ?? Infinity, delay)
    return true
  }
  world.memory.next(key, world.monotonic)
  const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`
  world.event('DaemonSet', daemon, 'Warning', 'FailedDaemonPod', message)
  changes.remove.push(pod)
  return true
}

/** Two may be there while the new one is not available and the old one is ready. */
const keepNewAndOld = (sorted: readonly Pod[], { daemon, hash, world }: Situation, changes: Changes): void => {
  let fresh: Pod | undefined
  let old: Pod | undefined
  for (const pod of sorted) {
    const isNew = pod.metadata.labels?.[HASH_LABEL] === hash
    if (isNew && fresh === undefined) fresh = pod
    else if (!isNew && old === undefined) old = pod
    else changes.remove.push(pod)
  }
  if (fresh === undefined || old === undefined) return
  const isThere = isAvailable(fresh, daemon.spec.minReadySeconds ?? 0, world.now)
  if (!isReady(old) || isThere) changes.remove.push(old)
}

/** Bound before unbound, then by age. Source: daemon_controller.go, podByCreationTimestampAndPhase. */
export const oldestFirst = (a: Pod, b: Pod): number => {
  const [isBound, isOtherBound] = [(a.spec.nodeName ?? '') !== '', (b.spec.nodeName ?? '') !== '']
  if (isBound !== isOtherBound) return isBound ? -1 : 1
  const [born, otherBorn] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
  if (born !== otherBorn) return born < otherBorn ? -1 : 1
  return keyOf(a) < keyOf(b) ? -1 : 1
}

import type { Micros } from '../../../events/envelope.ts'
import { isAvailable, isTerminating } from '../../../kubernetes/pods.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { DaemonSet } from '../../../kubernetes/types/workloads.ts'
import { limitsOf } from './limits.ts'
import type { Changes, PodsByNode } from './manage.ts'
import { isUpdated } from './generation.ts'
import { choiceOf } from './node-choice.ts'

/** The Pods of one node that are not on the way out; `undefined` where there are several of a kind. */
interface Pair {
  readonly fresh: Pod | undefined
  readonly old: Pod | undefined
}

/** Source: pkg/controller/daemon/update.go, findUpdatedPodsOnNode. */
const pairOf = (pods: readonly Pod[], daemon: DaemonSet, hash: string): Pair | undefined => {
  let fresh: Pod | undefined
  let old: Pod | undefined
  for (const pod of pods) {
    if (isTerminating(pod)) continue
    if (isUpdated(pod, daemon, hash)) {
      if (fresh !== undefined) return undefined
      fresh = pod
    } else {
      if (old !== undefined) return undefined
      old = pod
    }
  }
  return { fresh, old }
}

/**
 * Which old Pods to delete, or on which nodes to create new ones beside them.
 *
 * Without surge old Pods go as far as the limit of unavailable nodes allows, those that are not available at once; the next
 * pass creates new ones. With surge new Pods come first, and an old one goes when its successor is available.
 * Source: pkg/controller/daemon/update.go, rollingUpdate (v1.36).
 */
export const planRollout = (
  daemon: DaemonSet,
  nodes: readonly Node[],
  byNode: PodsByNode,
  hash: string,
  now: Micros,
): Changes => {
  const wanted = new Set(nodes.filter((node) => choiceOf(node, daemon).run).map(({ metadata }) => metadata.name))
  const names = new Set([...byNode.keys(), ...wanted])
  const pairs = [...names].map((node) => ({ node, pair: pairOf(byNode.get(node) ?? [], daemon, hash) }))
  const { surge, unavailable } = limitsOf(daemon, wanted.size)
  const isThere = (pod: Pod): boolean => isAvailable(pod, daemon.spec.minReadySeconds ?? 0, now)
  return surge === 0 ? replace(pairs, unavailable, isThere) : surgeOver(pairs, surge, wanted, isThere)
}

type Pairs = readonly { readonly node: string; readonly pair: Pair | undefined }[]

const replace = (pairs: Pairs, limit: number, isThere: (pod: Pod) => boolean): Changes => {
  let unavailable = 0
  const broken: Pod[] = []
  const sound: Pod[] = []
  for (const { pair } of pairs) {
    const { fresh, old } = pair ?? {}
    if (old === undefined || fresh !== undefined) {
      const isCurrent = old === undefined && fresh !== undefined && isThere(fresh)
      if (!isCurrent) unavailable++
    } else if (!isThere(old)) {
      broken.push(old)
      unavailable++
    } else if (unavailable < limit) sound.push(old)
  }
  return { create: [], remove: [...broken, ...sound.slice(0, Math.max(0, limit - unavailable))] }
}

/**
 * On nodes that no longer fit no new Pod comes: an old one that is not available goes at once, any other when the nodes that
 * do fit can spare it.
 */
const surgeOver = (
  pairs: Pairs,
  limit: number,
  wanted: ReadonlySet<string>,
  isThere: (pod: Pod) => boolean,
): Changes => {
  let surging = 0
  let available = 0
  const done: Pod[] = []
  const misplaced: Pod[] = []
  const urgent: string[] = []
  const next: string[] = []
  for (const { node, pair } of pairs) {
    if (pair === undefined) {
      surging++
      continue
    }
    const { fresh, old } = pair
    const first = old ?? fresh
    if (first !== undefined && isThere(first)) available++
    if (old === undefined) continue
    if (fresh !== undefined) {
      if (isThere(fresh)) done.push(old)
      else surging++
    } else if (!isThere(old)) {
      if (wanted.has(node)) urgent.push(node)
      else done.push(old)
    } else if (!wanted.has(node)) misplaced.push(old)
    else if (surging < limit) next.push(node)
  }
  return {
    create: [...urgent, ...next.slice(0, Math.max(0, limit - surging))],
    remove: [...done, ...misplaced.slice(0, Math.max(0, available - wanted.size))],
  }
}

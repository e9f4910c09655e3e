import { amountIn, podRequests } from '../../../kubernetes/resources.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import { Action, type ClusterEvent } from '../framework/events.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'
import { NodeInfo } from '../framework/node-info.ts'
import { PodInfo } from '../framework/pod-info.ts'
import { isExtendedResource } from '../framework/resources.ts'
import { unresolvable, unschedulable, type Status } from '../framework/status.ts'
import { resourceScorer } from './resource-scoring.ts'
import { isSamePod } from './same-pod.ts'

const NAME = 'NodeResourcesFit'

/** What a Pod asks for that a node lacks, as bits, and the status for each mix of them. */
const TOO_MANY_PODS = 1
const CPU = 2
const MEMORY = 4
const EPHEMERAL = 8
const REASONS = ['Too many pods', 'Insufficient cpu', 'Insufficient memory', 'Insufficient ephemeral-storage']

/** Statuses are made once per mix of reasons: thousands of nodes are rejected for the same. */
class Insufficiencies {
  private readonly plain: (Status | undefined)[] = []
  private readonly known = new Map<string, Status>()

  status(bits: number, scalars: readonly string[], beyondNode: boolean): Status {
    if (scalars.length > 0) return this.withScalars(bits, scalars, beyondNode)
    const place = bits * 2 + (beyondNode ? 1 : 0)
    const known = this.plain[place]
    if (known !== undefined) return known
    const made = this.withScalars(bits, scalars, beyondNode)
    this.plain[place] = made
    return made
  }

  private withScalars(bits: number, scalars: readonly string[], beyondNode: boolean): Status {
    const key = `${bits}${beyondNode ? '!' : '?'}${scalars.join(',')}`
    let status = this.known.get(key)
    if (status === undefined) {
      const reasons = REASONS.filter((_, bit) => (bits & (1 << bit)) !== 0)
      for (const name of scalars) reasons.push(`Insufficient ${name}`)
      status = beyondNode ? unresolvable(NAME, ...reasons) : unschedulable(NAME, ...reasons)
      this.known.set(key, status)
    }
    return status
  }
}

const NONE: readonly string[] = []

/**
 * A node must have room for what the Pod requests; among those that have, the strategy decides.
 * Source: plugins/noderesources/fit.go, fitsRequest (v1.36).
 */
export const nodeResourcesFit = (args: PluginArgs): SchedulerPlugin => {
  const ignored = new Set(args.ignoredResources)
  const ignoredGroups = new Set(args.ignoredResourceGroups)
  const insufficiencies = new Insufficiencies()
  const strategy = args.scoringStrategy ?? {}
  const scorer = resourceScorer(NAME, strategy)

  const isIgnored = (name: string): boolean =>
    isExtendedResource(name) && (ignored.has(name) || ignoredGroups.has(name.slice(0, name.indexOf('/'))))

  const filter = (pod: PodInfo, node: NodeInfo): Status | undefined => {
    const { requests } = pod
    const { allocatable, requested } = node
    let bits = 0
    let beyondNode = false
    if (node.pods.length + 1 > allocatable.pods) bits |= TOO_MANY_PODS
    const { milliCPU, memory, ephemeralStorage, scalars } = requests
    if (milliCPU > 0 && milliCPU > allocatable.milliCPU - requested.milliCPU) {
      bits |= CPU
      if (milliCPU > allocatable.milliCPU) beyondNode = true
    }
    if (memory > 0 && memory > allocatable.memory - requested.memory) {
      bits |= MEMORY
      if (memory > allocatable.memory) beyondNode = true
    }
    if (ephemeralStorage > 0 && ephemeralStorage > allocatable.ephemeralStorage - requested.ephemeralStorage) {
      bits |= EPHEMERAL
      if (ephemeralStorage > allocatable.ephemeralStorage) beyondNode = true
    }
    if (scalars.size === 0) return bits === 0 ? undefined : insufficiencies.status(bits, NONE, beyondNode)
    const lacking: string[] = []
    for (const [name, amount] of scalars) {
      if (amount === 0 || isIgnored(name)) continue
      const capacity = allocatable.scalars.get(name) ?? 0
      if (amount <= capacity - (requested.scalars?.get(name) ?? 0)) continue
      lacking.push(name)
      if (amount > capacity) beyondNode = true
    }
    return bits === 0 && lacking.length === 0 ? undefined : insufficiencies.status(bits, lacking, beyondNode)
  }

  return {
    name: NAME,
    preFilter: () => undefined,
    filter: (_state, pod, node) => filter(pod, node),
    preScore: (state, pod) => {
      scorer.prepare(state, pod)
      return undefined
    },
    score: (state, pod, node) => scorer.score(state, pod, node),
    sign: signature,
    hints: [
      { resource: 'Pod', actions: Action.updatePodScaleDown | Action.delete, worthTrying: podFreesRoom },
      {
        resource: 'Node',
        actions: Action.add | Action.updateNodeAllocatable,
        worthTrying: (pod, event) => nodeGrew(pod, event, filter),
      },
    ],
  }
}

function signature(pod: Pod): string {
  const { requests, nonZeroMilliCPU, nonZeroMemory } = podRequests(pod)
  const { milliCPU, memory, ephemeralStorage, scalars } = requests
  return JSON.stringify([milliCPU, memory, ephemeralStorage, [...scalars], nonZeroMilliCPU, nonZeroMemory])
}

/** A placed Pod that goes or shrinks frees room; so does the waiting Pod when it asks for less. */
function podFreesRoom(pod: Pod, event: ClusterEvent): boolean {
  const [before, after] = [event.before as Pod | undefined, event.after as Pod | undefined]
  if (after === undefined) return before?.spec.nodeName !== undefined && before.spec.nodeName !== ''
  if (isSamePod(pod, event)) return true
  if (before === undefined || after.spec.nodeName === undefined) return false
  const [was, is, wanted] = [podRequests(before).requests, podRequests(after).requests, podRequests(pod).requests]
  if (wanted.milliCPU > 0 && is.milliCPU < was.milliCPU) return true
  if (wanted.memory > 0 && is.memory < was.memory) return true
  for (const [name, amount] of wanted.scalars) {
    if (amount > 0 && amountIn(is, name) < amountIn(was, name)) return true
  }
  return false
}

/** A node that now has more of something the Pod wants, and would be large enough for it when empty. */
function nodeGrew(
  pod: Pod,
  { before, after }: ClusterEvent,
  filter: (pod: PodInfo, node: NodeInfo) => Status | undefined,
): boolean {
  const is = new NodeInfo('', 0)
  is.setNode(after as Node)
  const info = new PodInfo(pod)
  if (filter(info, is) !== undefined) return false
  if (before === undefined) return true
  const was = new NodeInfo('', 0)
  was.setNode(before as Node)
  const [more, less, wanted] = [is.allocatable, was.allocatable, info.requests]
  if (more.pods > less.pods) return true
  if (wanted.milliCPU > 0 && more.milliCPU > less.milliCPU) return true
  if (wanted.memory > 0 && more.memory > less.memory) return true
  if (wanted.ephemeralStorage > 0 && more.ephemeralStorage > less.ephemeralStorage) return true
  for (const [name, amount] of wanted.scalars) {
    if (amount > 0 && amountIn(more, name) > amountIn(less, name)) return true
  }
  return false
}

import type { Micros } from '../../events/envelope.ts'
import { candidateRows, scoreRows, summarize, type Decision } from './decision.ts'
import type { Algorithm } from './framework/algorithm.ts'
import { type Attempt } from './framework/algorithm.ts'
import type { OpportunisticBatch } from './framework/batch.ts'
import type { ClusterCache } from './framework/cluster-cache.ts'
import { CycleState } from './framework/cycle-state.ts'
import { Diagnosis } from './framework/diagnosis.ts'
import { fitErrorMessage } from './framework/fit-error.ts'
import type { NodeInfo } from './framework/node-info.ts'
import type { ApiWrite, PostFilterResult, Preemption } from './framework/plugin.ts'
import type { PodInfo } from './framework/pod-info.ts'
import type { Profile } from './framework/profile.ts'
import { isRejection, messageOf, unschedulable, type Status } from './framework/status.ts'
import type { QueuedPod } from './queue/queued-pod.ts'

/** A Pod that has its node and is on its way there: assumed in the cache, to be bound or forgotten. */
export interface Binding {
  readonly queued: QueuedPod
  readonly profile: Profile
  readonly state: CycleState
  readonly node: string
  /** How long Permit wants to wait, with who wants it; absent: at once. */
  readonly waits?: { readonly plugin: string; readonly timeout: Micros }
}

/** An attempt that found no node. */
export interface Failure {
  readonly queued: QueuedPod
  /** Of the condition PodScheduled. */
  readonly reason: 'Unschedulable' | 'SchedulerError'
  readonly message: string
  /** What status.nominatedNodeName is to be; absent: as it is. */
  readonly nominatedNodeName?: string
  readonly preemption?: Preemption
  readonly writes: readonly ApiWrite[]
}

export type CycleResult =
  | { readonly kind: 'binding'; readonly decision: Decision; readonly binding: Binding }
  | { readonly kind: 'failure'; readonly decision: Decision; readonly failure: Failure }

export interface CycleOptions {
  /** Score rows kept in a decision. */
  readonly explainedNodes: number
}

/**
 * One attempt: find a node, assume the Pod there, reserve what it needs; or say why not and what would help.
 * Source: pkg/scheduler/schedule_one.go, schedulingCycle (v1.36).
 */
export class SchedulingCycle {
  private readonly cache: ClusterCache
  private readonly algorithm: Algorithm
  private readonly options: CycleOptions

  constructor(cache: ClusterCache, algorithm: Algorithm, options: CycleOptions) {
    this.cache = cache
    this.algorithm = algorithm
    this.options = options
  }

  run(queued: QueuedPod, profile: Profile, batch: OpportunisticBatch, cycle: number, now: Micros): CycleResult {
    const state = new CycleState()
    const attempt = this.algorithm.attempt(profile, batch, state, queued.info, cycle, now)
    switch (attempt.kind) {
      case 'found':
        return this.take(queued, profile, state, attempt)
      case 'unfit':
        return this.unfit(queued, profile, state, attempt.diagnosis, attempt.allNodes)
      case 'error':
        return this.error(queued, profile, attempt.message, attempt.diagnosis)
    }
  }

  private take(
    queued: QueuedPod,
    profile: Profile,
    state: CycleState,
    attempt: Extract<Attempt, { kind: 'found' }>,
  ): CycleResult {
    const { info } = queued
    const { node, evaluatedNodes, feasibleNodes, scores, hint, diagnosis } = attempt
    const decision: Decision = {
      ...this.about(queued, profile),
      outcome: 'scheduled',
      node: node.name,
      evaluatedNodes,
      feasibleNodes,
      filtered: summarize(diagnosis, evaluatedNodes - feasibleNodes, this.options.explainedNodes),
      scores:
        scores === undefined
          ? undefined
          : scoreRows(scores, this.options.explainedNodes, (plugin, one) => plugin.score?.(state, info, one) ?? 0),
      hint,
    }
    this.cache.assume(info, node.name)
    profile.nominations.remove(info.uid)
    const refusal = reserve(profile, state, info, node.name)
    if (refusal !== undefined) return this.refused(queued, profile, state, node, refusal)
    const permission = permit(profile, state, info, node.name)
    if (permission !== undefined && 'code' in permission) return this.refused(queued, profile, state, node, permission)
    return { kind: 'binding', decision, binding: { queued, profile, state, node: node.name, waits: permission } }
  }

  /** Reserve or Permit said no: everything is as before. */
  private refused(queued: QueuedPod, profile: Profile, state: CycleState, node: NodeInfo, status: Status): CycleResult {
    unreserve(profile, state, queued.info, node.name)
    this.cache.forget(queued.info.uid)
    const diagnosis = new Diagnosis()
    if (!isRejection(status)) return this.error(queued, profile, messageOf(status), diagnosis)
    diagnosis.statuses.add(node, status)
    diagnosis.blame(status)
    const message = fitErrorMessage(1, diagnosis.statuses, '', '')
    return this.failed(queued, profile, diagnosis, 1, message, { status: undefined })
  }

  private unfit(
    queued: QueuedPod,
    profile: Profile,
    state: CycleState,
    diagnosis: Diagnosis,
    allNodes: number,
  ): CycleResult {
    const after = runPostFilters(profile, state, queued.info, diagnosis)
    diagnosis.postFilterMessage = messageOf(after.status)
    const { statuses, preFilterMessage, postFilterMessage } = diagnosis
    const message = fitErrorMessage(allNodes, statuses, preFilterMessage, postFilterMessage)
    return this.failed(queued, profile, diagnosis, allNodes, message, after)
  }

  private failed(
    queued: QueuedPod,
    profile: Profile,
    diagnosis: Diagnosis,
    allNodes: number,
    message: string,
    after: PostFilterResult,
  ): CycleResult {
    for (const name of diagnosis.unschedulablePlugins) queued.unschedulablePlugins.add(name)
    for (const name of diagnosis.pendingPlugins) queued.pendingPlugins.add(name)
    const { nominatedNodeName, preemption, writes = [] } = after
    const decision: Decision = {
      ...this.about(queued, profile),
      outcome: 'unschedulable',
      message,
      evaluatedNodes: diagnosis.statuses.size,
      feasibleNodes: 0,
      filtered: summarize(diagnosis, allNodes, this.options.explainedNodes),
      nominatedNode: preemption?.node,
      victims: preemption?.victims.map(({ key }) => key),
      candidates: preemption === undefined ? undefined : candidateRows(preemption, this.options.explainedNodes),
    }
    const failure: Failure = { queued, reason: 'Unschedulable', message, nominatedNodeName, preemption, writes }
    return { kind: 'failure', decision, failure }
  }

  private error(queued: QueuedPod, profile: Profile, message: string, diagnosis: Diagnosis): CycleResult {
    const decision: Decision = {
      ...this.about(queued, profile),
      outcome: 'error',
      message,
      evaluatedNodes: diagnosis.statuses.size,
      feasibleNodes: 0,
      filtered: summarize(diagnosis, diagnosis.statuses.size, this.options.explainedNodes),
    }
    const reason = message === NO_NODES ? 'Unschedulable' : 'SchedulerError'
    return { kind: 'failure', decision, failure: { queued, reason, message, nominatedNodeName: '', writes: [] } }
  }

  private about({ info, attempts }: QueuedPod, profile: Profile) {
    const { namespace = '', name, uid } = info.pod.metadata
    return { namespace, pod: name, uid, profile: profile.name, attempt: attempts }
  }
}

const NO_NODES = 'no nodes available to schedule pods'

function reserve(profile: Profile, state: CycleState, pod: PodInfo, node: string): Status | undefined {
  for (const plugin of profile.reserves) {
    const status = plugin.reserve?.(state, pod, node)
    if (status !== undefined) return status
  }
  return undefined
}

/** In the opposite order of Reserve. */
export function unreserve(profile: Profile, state: CycleState, pod: PodInfo, node: string): void {
  for (const plugin of [...profile.reserves].reverse()) plugin.unreserve?.(state, pod, node)
}

/** The longest wait that any plugin asks for, or the first refusal. */
function permit(profile: Profile, state: CycleState, pod: PodInfo, node: string): Binding['waits'] | Status {
  let waits: Binding['waits']
  for (const plugin of profile.permits) {
    const permission = plugin.permit?.(state, pod, node)
    if (permission?.status === undefined) continue
    if (permission.status.code !== 'Wait') return permission.status
    if (waits === undefined || permission.timeout > waits.timeout) {
      waits = { plugin: plugin.name, timeout: permission.timeout }
    }
  }
  return waits
}

/**
 * Asks each plugin for a way out; the first that knows one, or says there is none, ends it.
 * Source: pkg/scheduler/framework/runtime/framework.go, RunPostFilterPlugins (v1.36).
 */
function runPostFilters(profile: Profile, state: CycleState, pod: PodInfo, { statuses }: Diagnosis): PostFilterResult {
  const reasons: string[] = []
  const writes: ApiWrite[] = []
  let last: PostFilterResult | undefined
  for (const plugin of profile.postFilters) {
    const result = plugin.postFilter?.(state, pod, statuses)
    if (result === undefined) continue
    writes.push(...(result.writes ?? []))
    const { status } = result
    if (status === undefined) return { ...result, writes }
    if (status.code === 'UnschedulableAndUnresolvable' || !isRejection(status)) return { ...result, writes }
    if (result.nominatedNodeName !== undefined) last = result
    reasons.push(...status.reasons)
  }
  if (profile.postFilters.length === 0) return { status: undefined, writes }
  return { status: unschedulable('', ...reasons), nominatedNodeName: last?.nominatedNodeName, writes }
}

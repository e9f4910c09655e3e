import type { Micros } from '../../../events/envelope.ts'
import { millis } from '../../../events/time.ts'
import type { CycleState } from './cycle-state.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Profile } from './profile.ts'
import type { SchedulerPlugin } from './plugin.ts'
import type { ScoreHeap } from './select-host.ts'

/** Source: pkg/scheduler/framework/runtime/batch.go, maxBatchAge. */
const MAX_BATCH_AGE: Micros = millis(500)

/** What is left of a ranking once its best node is taken. */
export interface Ranking {
  readonly heap: ScoreHeap
  readonly nodes: readonly NodeInfo[]
}

/**
 * Opportunistic batching: the next of several equal Pods, one per node, takes the second best node of the last ranking.
 *
 * Right only if the node just taken is full for the next Pod: no other node's score has changed then. Inert while any
 * enabled plugin cannot say on what of the Pod its verdict depends, as topology spreading with defaults cannot.
 * Source: batch.go and signature.go (v1.36).
 */
export class OpportunisticBatch {
  private readonly profile: Profile
  /** Undefined: some plugin cannot sign. */
  private readonly signers: readonly SchedulerPlugin[] | undefined
  private ranking: Ranking | undefined = undefined
  private signature = ''
  private rankedAt: Micros = 0
  private lastCycle = 0
  private lastNode = ''

  constructor(profile: Profile) {
    this.profile = profile
    const deciding = new Set<SchedulerPlugin>([
      ...profile.preFilters,
      ...profile.filters,
      ...profile.preScores,
      ...profile.scores.map(({ plugin }) => plugin),
    ])
    const signers = [...deciding]
    this.signers = signers.every((plugin) => plugin.sign !== undefined) ? signers : undefined
  }

  /** Equal for Pods that every plugin treats alike; undefined for a Pod that may be special. */
  sign(pod: PodInfo): string | undefined {
    if (this.signers === undefined) return undefined
    const parts: string[] = []
    for (const plugin of this.signers) {
      const part = plugin.sign?.(pod.pod)
      if (part === undefined) return undefined
      parts.push(part)
    }
    return parts.join('\n')
  }

  hint(pod: PodInfo, signature: string | undefined, state: CycleState, cycle: number, now: Micros): string | undefined {
    const { ranking } = this
    if (ranking === undefined || ranking.heap.size === 0 || signature === undefined) return undefined
    if (cycle !== this.lastCycle + 1 || signature !== this.signature || now - this.rankedAt > MAX_BATCH_AGE) {
      return undefined
    }
    const last = this.profile.cache.node(this.lastNode)
    if (last === undefined || this.profile.runFilters(state, pod, last) === undefined) return undefined
    return ranking.nodes[ranking.heap.pop() ?? 0]?.name
  }

  store(
    signature: string | undefined,
    hinted: string | undefined,
    chosen: string,
    ranking: Ranking | undefined,
    cycle: number,
    now: Micros,
  ): void {
    this.lastCycle = cycle
    this.lastNode = chosen
    if (hinted === chosen) return
    this.ranking = signature === undefined || ranking === undefined || ranking.heap.size === 0 ? undefined : ranking
    this.signature = signature ?? ''
    this.rankedAt = now
  }
}

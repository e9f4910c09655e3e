import type { Micros } from '../../../events/envelope.ts'

export interface Recommendation {
  readonly replicas: number
  readonly at: Micros
}

/** A change of the target's size: how many more, or fewer. */
export interface ScaleEvent {
  readonly change: number
  readonly at: Micros
}

/** What is remembered of one autoscaler; lost in a crash, as upstream's is. */
export interface History {
  recommendations: readonly Recommendation[]
  ups: readonly ScaleEvent[]
  downs: readonly ScaleEvent[]
  /** The text of its target's selector, as last read. */
  selector: string
}

/** By the autoscaler's key. */
export type Memory = Map<string, History>

export const historyOf = (memory: Memory, key: string): History => {
  const known = memory.get(key)
  if (known !== undefined) return known
  const fresh: History = { recommendations: [], ups: [], downs: [], selector: '' }
  memory.set(key, fresh)
  return fresh
}

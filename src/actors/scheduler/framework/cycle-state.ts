import type { SchedulerPlugin } from './plugin.ts'

/** Names one plugin's data in a cycle; made once per plugin, at module load. */
export class StateKey<S> {
  readonly name: string
  /** Keeps `S` a part of the type: a key of one plugin's state does not fit another's. */
  declare readonly holds: S

  constructor(name: string) {
    this.name = name
  }
}

/** State that preemption's what-if must be able to copy. `this` where the state does not change with Pods. */
export interface Cloneable {
  clone(): this
}

const NO_PLUGINS: readonly SchedulerPlugin[] = []

/**
 * What the plugins of one attempt tell each other and themselves, from PreFilter to PostBind.
 * Source: pkg/scheduler/framework/cycle_state.go (v1.36).
 */
export class CycleState {
  private readonly entries = new Map<StateKey<unknown>, unknown>()
  /** Filters that run for this Pod: all whose PreFilter did not say Skip. */
  filters: readonly SchedulerPlugin[] = NO_PLUGINS
  /** Plugins that keep counts of Pods in this state and must hear of what-ifs. */
  observers: readonly SchedulerPlugin[] = NO_PLUGINS

  write<S>(key: StateKey<S>, state: S): void {
    this.entries.set(key, state)
  }

  read<S>(key: StateKey<S>): S | undefined {
    return this.entries.get(key) as S | undefined
  }

  /** A copy whose plugin states may be changed without a trace in this one. */
  clone(): CycleState {
    const copy = new CycleState()
    for (const [key, state] of this.entries) copy.entries.set(key, isCloneable(state) ? state.clone() : state)
    copy.filters = this.filters
    copy.observers = this.observers
    return copy
  }
}

const isCloneable = (state: unknown): state is Cloneable =>
  typeof state === 'object' && state !== null && 'clone' in state && typeof state.clone === 'function'

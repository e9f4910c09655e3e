import type { CycleState } from './cycle-state.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Profile } from './profile.ts'
import type { SchedulerPlugin } from './plugin.ts'
import { failure, messageOf, unresolvable, type Status } from './status.ts'

export interface PreFilterOutcome {
  /** Undefined is success; an `Error` ends the attempt. */
  readonly status: Status | undefined
  /** Undefined: all nodes. */
  readonly nodeNames: ReadonlySet<string> | undefined
  /** Plugins that narrowed the nodes, sorted. */
  readonly narrowing: readonly string[]
}

/**
 * Lets each plugin look at the Pod once, before any node.
 *
 * An `Unschedulable` does not stop the others: preemption may come, and needs their state.
 * Source: pkg/scheduler/framework/runtime/framework.go, RunPreFilterPlugins (v1.36).
 */
export function runPreFilters(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
): PreFilterOutcome {
  const skipped = new Set<SchedulerPlugin>()
  const narrowing: string[] = []
  let nodeNames: ReadonlySet<string> | undefined
  let rejection: Status | undefined
  for (const plugin of profile.preFilters) {
    const answer = plugin.preFilter?.(state, pod, nodes)
    if (answer === undefined) continue
    if ('nodeNames' in answer) {
      narrowing.push(plugin.name)
      nodeNames = nodeNames === undefined ? answer.nodeNames : intersection(nodeNames, answer.nodeNames)
      if (nodeNames.size === 0) {
        return { status: nothingLeft(narrowing), nodeNames, narrowing: narrowing.sort(byCodeUnit) }
      }
    } else if (answer.code === 'Skip') skipped.add(plugin)
    else if (answer.code === 'UnschedulableAndUnresolvable' || answer.code === 'Pending') {
      return { status: answer, nodeNames: undefined, narrowing: [] }
    } else if (answer.code === 'Unschedulable') rejection = answer
    else {
      const message = `running PreFilter plugin "${plugin.name}": ${messageOf(answer)}`
      return { status: failure(plugin.name, message), nodeNames: undefined, narrowing: [] }
    }
  }
  const runs = (plugin: SchedulerPlugin): boolean => !skipped.has(plugin)
  state.filters = skipped.size === 0 ? profile.filters : profile.filters.filter(runs)
  state.observers = profile.preFilters.filter((plugin) => plugin.preFilterAddPod !== undefined && runs(plugin))
  return { status: rejection, nodeNames, narrowing: narrowing.sort(byCodeUnit) }
}

function nothingLeft(narrowing: readonly string[]): Status {
  const [only = ''] = narrowing
  const names = [...narrowing].sort(byCodeUnit).join(' ')
  return unresolvable(
    '',
    narrowing.length === 1
      ? `node(s) didn't satisfy plugin ${only}`
      : `node(s) didn't satisfy plugin(s) [${names}] simultaneously`,
  )
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  const both = new Set<string>()
  for (const name of a) if (b.has(name)) both.add(name)
  return both
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

import { invariant } from '../invariant.ts'
import { candidates } from './selection.ts'
import type { ChartNode, ChartSource, ChartTransition } from './source.ts'

/**
 * Looks at every state, action and guard of a chart once, before it runs.
 *
 * @returns why the table form cannot run this chart although xstate's interpreter can; undefined if it can.
 * @throws InvariantError if the chart reaches out of itself: timers and messages belong to the kernel, effects to the
 * log.
 */
export const unsupported = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
): string | undefined => {
  demandWithoutOutput(source.id, source.root)
  const reasons: string[] = []
  for (const node of descendants(source.root)) {
    demandPlainKey(source.id, node)
    demandNoOutside(source.id, node)
    for (const transition of transitionsOf(node)) demandGuard(source, node, transition)
    reasons.push(...reasonsOfNode(node))
    for (const action of actionsOf(node)) reasons.push(...reasonsOfAction(source, node, action))
  }
  return reasons.length === 0 ? undefined : reasons.join('; ')
}

/** The separators of `Row.state`. */
const PATH_SEPARATORS = ['.', '|']

/** What reaches out of the chart, and whom it belongs to. */
const REFUSED_ACTIONS: ReadonlyMap<string, string> = new Map([
  ['xstate.spawnChild', 'an actor spawns no others: keep a row per entity'],
  ['xstate.stopChild', 'an actor spawns no others: keep a row per entity'],
  ['xstate.sendTo', 'only the kernel delivers: emit an event'],
  ['xstate.cancel', 'timers belong to the kernel: emit a command to the owning actor'],
])

const descendants = (node: ChartNode): readonly ChartNode[] => [
  node,
  ...Object.values(node.states).flatMap(descendants),
]

const transitionsOf = (node: ChartNode): readonly ChartTransition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
]

const actionsOf = (node: ChartNode): readonly unknown[] => [
  ...node.entry,
  ...node.exit,
  ...node.initial.actions,
  ...transitionsOf(node).flatMap((transition) => transition.actions),
]

const demandWithoutOutput = (chartId: string, root: ChartNode): void =>
  invariant(root.output === undefined, `chart '${chartId}' must not have an output, a row has none: emit it`)

const demandPlainKey = (chartId: string, node: ChartNode): void => {
  const plain = node.parent === undefined || !PATH_SEPARATORS.some((separator) => node.key.includes(separator))
  invariant(
    plain,
    `state '${node.key}' of chart '${chartId}' must be named without '.' and '|', which join state paths`,
  )
}

const demandNoOutside = (chartId: string, node: ChartNode): void => {
  const where = `state '${node.id}' of chart '${chartId}'`
  invariant(
    node.after.length === 0,
    `${where} must not use \`after\`: timers belong to the kernel and arrive as events`,
  )
  invariant(node.invoke.length === 0, `${where} must not use \`invoke\`: an actor spawns no others`)
}

const demandGuard = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
  node: ChartNode,
  transition: ChartTransition,
): void => {
  if (transition.guard === undefined) return
  const pending = [source.guard(transition.guard)]
  for (let guard = pending.pop(); guard !== undefined; guard = pending.pop()) {
    if (guard.kind === 'not' || guard.kind === 'and' || guard.kind === 'or') pending.push(...guard.of)
    invariant(guard.kind !== 'missing', `guard of state '${node.id}' of chart '${source.id}' must be implemented`)
  }
}

const reasonsOfAction = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
  node: ChartNode,
  reference: unknown,
): readonly string[] => {
  const where = `state '${node.id}' of chart '${source.id}'`
  const action = source.action(reference)
  invariant(action.kind !== 'missing', `${where} must not name an action that is not implemented`)
  invariant(
    action.kind !== 'custom',
    `${where} must not use a bare function as an action, its effect would not reach the log: use emit or assign`,
  )
  if (action.kind !== 'builtin') return []

  const refusal = REFUSED_ACTIONS.get(action.type)
  invariant(refusal === undefined, `${where} must not use \`${action.type}\`: ${refusal}`)
  invariant(!action.delayed, `${where} must not delay \`${action.type}\`: timers belong to the kernel`)
  return [`state '${node.id}' uses the action ${action.type}`]
}

const reasonsOfNode = (node: ChartNode): readonly string[] => {
  const reasons: string[] = []
  if (node.type === 'parallel') reasons.push(`state '${node.id}' is parallel`)
  if (node.type === 'history') reasons.push(`state '${node.id}' is a history state`)
  if (node.type === 'final' && Object.keys(node.states).length > 0)
    reasons.push(`state '${node.id}' is final and has children`)
  if (node.always !== undefined) reasons.push(`state '${node.id}' has an \`always\` transition`)
  if (transitionsOf(node).some((transition) => (transition.target?.length ?? 0) > 1)) {
    reasons.push(`a transition of state '${node.id}' has several targets`)
  }
  if (reactsToItsEnd(node))
    reasons.push(`state '${node.id}' is final and a state around it reacts, by onDone or a wildcard`)
  return reasons
}

/** Entering a final state below the top level raises a done event, which any state around it may take. */
const reactsToItsEnd = (node: ChartNode): boolean => {
  if (node.type !== 'final' || node.parent?.parent === undefined) return false
  return candidates(node, `xstate.done.state.${node.parent.id}`).length > 0
}

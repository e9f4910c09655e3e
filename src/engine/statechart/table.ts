import type { EventObject } from 'xstate'
import { InvariantError, invariant } from '../invariant.ts'
import { Frame, InputFrame } from './frame.ts'
import { chainTo, initialMove, moveOf } from './move.ts'
import type { Move } from './move.ts'
import type { Chart, Emit, Row } from './row.ts'
import { candidates, demandDeliverable } from './selection.ts'
import type { ChartNode, ChartSource, ChartTransition } from './source.ts'
import { stepOf, testOf } from './steps.ts'
import type { Step, Test } from './steps.ts'

/** One transition as seen from one leaf: all that remains to be done when it is taken. */
interface Plan<TContext, TEvent, TEmitted> {
  readonly test: Test<TContext, TEvent> | undefined
  /** Exit actions, the transition's own, entry actions, in xstate's order. */
  readonly steps: readonly Step<TContext, TEvent, TEmitted>[]
  /** Neither target nor action: it only keeps states further out from taking the event. */
  readonly forbids: boolean
  readonly state: string
}

interface Leaf<TContext, TEvent, TEmitted> {
  readonly node: ChartNode
  readonly isFinal: boolean
  /** Paths of the leaf and of every state around it. */
  readonly within: ReadonlySet<string>
  /** By event type; filled when a type is first seen in this leaf. */
  readonly plans: Map<string, readonly Plan<TContext, TEvent, TEmitted>[]>
}

/** The table form of a chart: leaf and event type lead to the few steps that are left of xstate's algorithm. */
export const createTable = <TContext, TEvent extends EventObject, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
): Chart<TContext, TEvent, TEmitted, TInput> => {
  const leaves = new Map<string, Leaf<TContext, TEvent, TEmitted>>()
  const paths = new Set<string>()
  collect(source.root, leaves, paths)
  const first = planOf(source, initialMove(source.root), [], undefined)

  const leafOf = (row: Row<TContext>): Leaf<TContext, TEvent, TEmitted> => {
    const leaf = leaves.get(row.state)
    if (leaf === undefined) throw new InvariantError(`chart '${source.id}' has no leaf '${row.state}'`)
    return leaf
  }

  const plansOf = (
    leaf: Leaf<TContext, TEvent, TEmitted>,
    eventType: string,
  ): readonly Plan<TContext, TEvent, TEmitted>[] => {
    const known = leaf.plans.get(eventType)
    if (known !== undefined) return known
    demandDeliverable(source.id, eventType)
    const plans = candidates(leaf.node, eventType).map((transition) => transitionPlan(source, transition, leaf.node))
    leaf.plans.set(eventType, plans)
    return plans
  }

  return {
    id: source.id,
    compiled: true,
    start(input, emit) {
      const row = { state: '', context: source.initialContext(new InputFrame(input)) }
      carryOut(first, new Frame(row.context, source.initialEvent(input)), row, emit)
      return row
    },
    step(row, event, emit) {
      const leaf = leafOf(row)
      if (leaf.isFinal) return false
      const plans = leaf.plans.get(event.type) ?? plansOf(leaf, event.type)
      if (plans.length === 0) return false
      const frame = new Frame(row.context, event)
      const plan = firstEnabled(plans, frame)
      if (plan === undefined || plan.forbids) return false
      carryOut(plan, frame, row, emit)
      return true
    },
    can(row, event) {
      const leaf = leafOf(row)
      if (leaf.isFinal) return false
      const plan = firstEnabled(plansOf(leaf, event.type), new Frame(row.context, event))
      return plan !== undefined && !plan.forbids
    },
    matches(row, path) {
      if (leafOf(row).within.has(path)) return true
      if (!paths.has(path)) throw new InvariantError(`chart '${source.id}' has no state '${path}'`)
      return false
    },
    isFinal: (row) => leafOf(row).isFinal,
  }
}

const firstEnabled = <TContext, TEvent, TEmitted>(
  plans: readonly Plan<TContext, TEvent, TEmitted>[],
  frame: Frame<TContext, TEvent>,
): Plan<TContext, TEvent, TEmitted> | undefined => {
  for (const plan of plans) if (plan.test === undefined || plan.test(frame)) return plan
  return undefined
}

/** Nothing is visible before the last step is through; then the row, then the emitted events. */
const carryOut = <TContext, TEvent, TEmitted>(
  plan: Plan<TContext, TEvent, TEmitted>,
  frame: Frame<TContext, TEvent>,
  row: Row<TContext>,
  emit: Emit<TEmitted>,
): void => {
  const emitted: TEmitted[] = []
  let current = frame
  for (const step of plan.steps) current = step(current, emitted)
  row.state = plan.state
  row.context = current.context
  for (const one of emitted) emit(one)
}

const pathOf = (node: ChartNode): string => node.path.join('.')

/** A final state of the top level, which ends the chart; one further in only waits for its parent to react. */
const ends = (node: ChartNode): boolean => node.type === 'final' && node.parent?.parent === undefined

const collect = <TContext, TEvent, TEmitted>(
  node: ChartNode,
  leaves: Map<string, Leaf<TContext, TEvent, TEmitted>>,
  paths: Set<string>,
): void => {
  const path = pathOf(node)
  invariant(!paths.has(path), `state path '${path}' must name one state`)
  paths.add(path)
  if (node.type !== 'compound') {
    leaves.set(path, { node, isFinal: ends(node), within: new Set(chainTo(node).map(pathOf)), plans: new Map() })
  }
  for (const child of Object.values(node.states)) collect(child, leaves, paths)
}

const transitionPlan = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
  transition: ChartTransition,
  leaf: ChartNode,
): Plan<TContext, TEvent, TEmitted> => {
  const test = transition.guard === undefined ? undefined : testOf(source, source.guard(transition.guard), leaf)
  const plan = planOf(source, moveOf(transition, leaf), transition.actions, test)
  return { ...plan, forbids: transition.target === undefined && transition.actions.length === 0 }
}

const planOf = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
  move: Move,
  own: readonly unknown[],
  test: Test<TContext, TEvent> | undefined,
): Plan<TContext, TEvent, TEmitted> => {
  const references = [
    ...move.exited.flatMap((node) => node.exit),
    ...own,
    ...move.entered.flatMap((node) => [...node.entry, ...(move.byDefault.has(node) ? node.initial.actions : [])]),
    // Reaching the end leaves every state that is still active.
    ...(ends(move.leaf) ? [...chainTo(move.leaf)].reverse().flatMap((node) => node.exit) : []),
  ]
  const steps = references.map((reference) => stepOf(source.action(reference)))
  return { test, steps, forbids: false, state: pathOf(move.leaf) }
}

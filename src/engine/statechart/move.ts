import type { ChartNode, ChartTransition } from './source.ts'

/**
 * What a transition does to the active states. Source: SCXML, procedures exitStates and enterStates, as xstate reads
 * them.
 */
export interface Move {
  /** Innermost first. */
  readonly exited: readonly ChartNode[]
  /** Outermost first. */
  readonly entered: readonly ChartNode[]
  /** Those of `entered` whose initial transition is taken too, with its actions. */
  readonly byDefault: ReadonlySet<ChartNode>
  readonly leaf: ChartNode
}

/**
 * The move of a chart without parallel and history states, where the active states are one chain from the root to a
 * leaf.
 */
export const moveOf = (transition: ChartTransition, leaf: ChartNode): Move => {
  const { source, reenter } = transition
  const target = transition.target?.[0]
  if (target === undefined) return { exited: [], entered: [], byDefault: new Set(), leaf }

  const domain = domainOf(source, target, reenter)
  const entered = new Set<ChartNode>()
  const byDefault = new Set<ChartNode>()
  // A state that names itself without `reenter` stays, and only starts its children anew.
  if (target !== source || source !== domain || reenter) {
    entered.add(target)
    byDefault.add(target)
  }
  const descent = initialDescent(target)
  for (const node of descent) {
    entered.add(node)
    byDefault.add(node)
  }
  for (const node of between(target, domain)) entered.add(node)

  return {
    exited: chainTo(leaf)
      .filter((node) => isBelow(node, domain))
      .reverse(),
    entered: [...entered].sort((a, b) => a.order - b.order),
    byDefault,
    leaf: descent.at(-1) ?? target,
  }
}

/** The move into a chart: everything from the root down its initial states. */
export const initialMove = (root: ChartNode): Move => {
  const entered = [root, ...initialDescent(root)]
  return { exited: [], entered, byDefault: new Set(entered), leaf: entered.at(-1) ?? root }
}

/** From the root down to the node, both included. */
export const chainTo = (node: ChartNode): readonly ChartNode[] =>
  node.parent === undefined ? [node] : [...chainTo(node.parent), node]

/** The innermost state that stays active throughout; undefined when even the root is left and entered again. */
const domainOf = (source: ChartNode, target: ChartNode, reenter: boolean): ChartNode | undefined => {
  if (!reenter && (target === source || isBelow(target, source))) return source
  for (let node = target.parent; node !== undefined; node = node.parent) {
    if (isBelow(source, node)) return node
  }
  return reenter ? undefined : root(source)
}

/** Whether the node is a proper descendant; every node, the root too, is below "nothing". */
const isBelow = (node: ChartNode, ancestor: ChartNode | undefined): boolean => {
  if (ancestor === undefined) return true
  for (let above = node.parent; above !== undefined; above = above.parent) if (above === ancestor) return true
  return false
}

/** The ancestors of a node up to the domain, which stays out; none when the node is the domain. */
const between = (node: ChartNode, domain: ChartNode | undefined): readonly ChartNode[] => {
  const ancestors: ChartNode[] = []
  if (node === domain) return ancestors
  for (let above = node.parent; above !== undefined && above !== domain; above = above.parent) ancestors.push(above)
  return ancestors
}

const root = (node: ChartNode): ChartNode => (node.parent === undefined ? node : root(node.parent))

/** The initial states below a node, without the node. */
const initialDescent = (node: ChartNode): readonly ChartNode[] => {
  const child = node.type === 'compound' ? node.initial.target?.[0] : undefined
  return child === undefined ? [] : [child, ...initialDescent(child)]
}

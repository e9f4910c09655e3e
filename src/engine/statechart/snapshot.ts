import type { AnyHistoryValue, AnyMachineSnapshot, AnyStateMachine, StateNode, StateValue } from 'xstate'
import { InvariantError } from '../invariant.ts'
import type { InterpreterMemory } from './row.ts'

/** Stands between the leaves of parallel regions in `Row.state`. */
export const LEAF_SEPARATOR = '|'

/** `Row.state` of a snapshot: its leaves in document order. */
export const stateOf = (snapshot: AnyMachineSnapshot): string =>
  snapshot._nodes
    .filter(isLeaf)
    .toSorted((a, b) => a.order - b.order)
    .map(pathOf)
    .join(LEAF_SEPARATOR)

/** What `Row.state` and the context leave out of a snapshot, as plain data. */
export const memoryOf = (snapshot: AnyMachineSnapshot): InterpreterMemory => {
  const history: [string, readonly string[]][] = []
  for (const [id, nodes] of Object.entries(snapshot.historyValue)) history.push([id, nodes.map(pathOf)])
  return { active: snapshot._nodes.map(pathOf), history: Object.fromEntries(history) }
}

/** The way back. Not xstate's own `restoreSnapshot`, which forgets the order in which parallel states were entered. */
export const readSnapshot = (
  machine: AnyStateMachine,
  context: unknown,
  memory: InterpreterMemory,
): AnyMachineSnapshot => {
  const active = memory.active.map((path) => nodeAt(machine, path))
  const historyValue: AnyHistoryValue = {}
  for (const [id, paths] of Object.entries(memory.history)) {
    historyValue[id] = paths.map((path) => nodeAt(machine, path))
  }
  const value = valueOf(machine.root, active)
  const snapshot: AnyMachineSnapshot = machine.resolveState({ value, context, historyValue })
  return Object.assign(snapshot, { _nodes: active })
}

/** The state value of the active nodes below one; regions stand in the order in which they were entered. */
const valueOf = (node: StateNode, active: readonly StateNode[]): StateValue => {
  const children = active.filter((candidate) => candidate.parent === node)
  const first = children[0]
  if (node.type === 'compound' && first !== undefined && isLeaf(first)) return first.key
  return Object.fromEntries(children.map((child) => [child.key, valueOf(child, active)]))
}

const isLeaf = (node: StateNode): boolean => node.type === 'atomic' || node.type === 'final'

const pathOf = (node: StateNode): string => node.path.join('.')

const nodeAt = (machine: AnyStateMachine, path: string): StateNode => {
  const node = findNode(machine, path)
  if (node === undefined) throw new InvariantError(`chart '${machine.id}' has no state '${path}'`)
  return node
}

/** The state at a dotted path; the root at the empty one. */
export const findNode = (machine: AnyStateMachine, path: string): StateNode | undefined => {
  let node: StateNode | undefined = machine.root
  for (const key of path === '' ? [] : path.split('.')) node = node?.states[key]
  return node
}

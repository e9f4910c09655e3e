import fc from 'fast-check'
import { expect } from 'vitest'
import { createActor } from 'xstate'
import type { AnyMachineSnapshot, AnyStateMachine, EventObject, StateValue } from 'xstate'
import type { Chart, Row } from '../../src/engine/statechart/row.ts'

/** Whatever claims to run a chart the way xstate does. */
export type Implementation = (machine: AnyStateMachine) => AnyChart
export type AnyChart = Chart<unknown, EventObject, EventObject, unknown>

/** What an onlooker sees of a run after each event, the start first. A run ends when the chart throws. */
export type Trace = readonly (Sight | 'failed')[]

interface Sight {
  readonly leaves: readonly string[]
  readonly within: readonly string[]
  readonly context: unknown
  readonly done: boolean
  readonly emitted: readonly EventObject[]
  /** Whether the event could be taken, asked before it was sent, and whether it was. */
  readonly could: boolean
  readonly taken: boolean
}

export interface Experiment {
  readonly machine: AnyStateMachine
  readonly input: unknown
  readonly events: readonly EventObject[]
}

/** The claim under test: from outside, the implementation cannot be told from xstate's own interpreter. */
export const equivalence = (implementation: Implementation, experiments: fc.Arbitrary<Experiment>) =>
  fc.property(experiments, (experiment) => {
    const { machine, input, events } = experiment
    const reference = traceOfXstate(experiment)
    if (reference.length === 0) return
    const told = { machine, input, events: events.slice(0, reference.length - 1) }
    expect(traceOfChart(implementation(machine), told)).toEqual(reference)
  })

/**
 * The reference: an actor that xstate interprets.
 *
 * A trace stops short of a configuration that no statechart can be in: when transitions of several parallel regions
 * cross or meet a history state, xstate 5.33.3 may leave two children of a compound state active, or a child without
 * its parent. What follows has no meaning to agree on.
 */
export const traceOfXstate = ({ machine, input, events }: Experiment): Trace => {
  const trace: (Sight | 'failed')[] = []
  let emitted: EventObject[] = []
  const actor = createActor(machine, { input, id: machine.id, logger: () => {} })
  actor.on('*', (event) => emitted.push(event))
  actor.subscribe({ error: () => {} })

  const look = (could: boolean, taken: boolean): boolean => {
    const snapshot: AnyMachineSnapshot = actor.getSnapshot()
    if (snapshot.status === 'error') {
      trace.push('failed')
      return false
    }
    if (!isLegal(snapshot)) return false
    const leaves = leavesOf(snapshot.value)
    const within = pathsOf(machine).filter((path) => snapshot.matches(valueOf(path.split('.'))))
    trace.push({ leaves, within, context: snapshot.context, done: snapshot.status === 'done', emitted, could, taken })
    emitted = []
    return snapshot.status === 'active'
  }

  actor.start()
  let running = look(false, false)
  for (const event of events) {
    if (!running) break
    const before: AnyMachineSnapshot = actor.getSnapshot()
    const could = before.can(event)
    actor.send(event)
    running = look(could, could || actor.getSnapshot() !== before)
  }
  return trace
}

export const traceOfChart = (chart: AnyChart, { machine, input, events }: Experiment): Trace => {
  const trace: (Sight | 'failed')[] = []
  let emitted: EventObject[] = []
  const emit = (event: EventObject): void => void emitted.push(event)

  const look = (row: Row<unknown>, could: boolean, taken: boolean): boolean => {
    const within = pathsOf(machine).filter((path) => chart.matches(row, path))
    const done = chart.isFinal(row)
    trace.push({ leaves: row.state.split('|').toSorted(), within, context: row.context, done, emitted, could, taken })
    emitted = []
    return !done
  }

  try {
    const row = chart.start(input, emit)
    let running = look(row, false, false)
    for (const event of events) {
      if (!running) break
      const could = chart.can(row, event)
      running = look(row, could, chart.step(row, event, emit))
    }
  } catch {
    trace.push('failed')
  }
  return trace
}

const isLegal = ({ _nodes: active }: AnyMachineSnapshot): boolean =>
  active.every((node) => {
    const regions = Object.values(node.states).filter((child) => child.type !== 'history')
    const expected = { compound: 1, parallel: regions.length, atomic: 0, final: 0, history: 0 }[node.type]
    const inside = active.filter((other) => other.parent === node).length
    return inside === expected && (node.parent === undefined || active.includes(node.parent))
  })

const leavesOf = (value: StateValue, path: readonly string[] = []): readonly string[] => {
  if (typeof value === 'string') return [[...path, value].join('.')]
  const entries = Object.entries(value)
  if (entries.length === 0) return [path.join('.')]
  return entries.flatMap(([key, below]) => leavesOf(below ?? {}, [...path, key])).toSorted()
}

const pathsOf = (machine: AnyStateMachine): readonly string[] => {
  const paths = (node: AnyStateMachine['root']): readonly string[] =>
    Object.values(node.states).flatMap((child) => [child.path.join('.'), ...paths(child)])
  return paths(machine.root)
}

const valueOf = ([key, ...rest]: readonly string[]): StateValue =>
  rest.length === 0 ? (key ?? '') : { [key ?? '']: valueOf(rest) }

import { matchesState } from 'xstate'
import type { StateValue } from 'xstate'
import { InvariantError } from '../invariant.ts'
import { Frame } from './frame.ts'
import { chainTo } from './move.ts'
import type { Assignments, Authored, ChartAction, ChartGuard, ChartNode, ChartSource } from './source.ts'

/** One compiled action: gives the frame for the next one and appends what it emits. */
export type Step<TContext, TEvent, TEmitted> = (
  frame: Frame<TContext, TEvent>,
  emitted: TEmitted[],
) => Frame<TContext, TEvent>

export type Test<TContext, TEvent> = (frame: Frame<TContext, TEvent>) => boolean

export const stepOf = <TContext, TEvent, TEmitted>(
  action: ChartAction<TContext, TEvent, TEmitted>,
): Step<TContext, TEvent, TEmitted> => {
  switch (action.kind) {
    case 'assign': {
      const { assigner, params } = action
      return typeof assigner === 'function' ? assignAtOnce(assigner, params) : assignByKey(assigner, params)
    }
    case 'emit': {
      const { emitter, params } = action
      return (frame, emitted) => {
        emitted.push(emitter(frame, params(frame)))
        return frame
      }
    }
    case 'builtin':
    case 'custom':
    case 'missing':
      throw new InvariantError(`an action of kind ${action.kind} is sorted out before a chart is compiled`)
  }
}

const assignAtOnce =
  <TContext, TEvent, TEmitted>(
    assigner: Authored<TContext, TEvent, Partial<TContext>>,
    params: (frame: Frame<TContext, TEvent>) => unknown,
  ): Step<TContext, TEvent, TEmitted> =>
  (frame) =>
    new Frame({ ...frame.context, ...assigner(frame, params(frame)) }, frame.event)

const assignByKey =
  <TContext, TEvent, TEmitted>(
    assignments: Assignments<TContext, TEvent>,
    params: (frame: Frame<TContext, TEvent>) => unknown,
  ): Step<TContext, TEvent, TEmitted> =>
  (frame) => {
    const given = params(frame)
    const context = { ...frame.context }
    for (const [key, assigner] of assignments) context[key] = assigner(frame, given)
    return new Frame(context, frame.event)
  }

/** A guard as seen from one leaf, so that `stateIn` is decided once. */
export const testOf = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
  guard: ChartGuard<TContext, TEvent>,
  leaf: ChartNode,
): Test<TContext, TEvent> => {
  switch (guard.kind) {
    case 'predicate': {
      const { test, params } = guard
      return (frame) => test(frame, params(frame))
    }
    case 'stateIn': {
      const holds = isIn(source, leaf, guard.value)
      return () => holds
    }
    case 'not':
    case 'and':
    case 'or': {
      const tests = guard.of.map((inner) => testOf(source, inner, leaf))
      if (guard.kind === 'and') return (frame) => tests.every((test) => test(frame))
      if (guard.kind === 'or') return (frame) => tests.some((test) => test(frame))
      return (frame) => !tests.every((test) => test(frame))
    }
    case 'missing':
      throw new InvariantError(`the missing guard '${guard.name}' is sorted out before a chart is compiled`)
  }
}

/** `stateIn('#id')` asks for one state, `stateIn('a.b')` or `stateIn({ a: 'b' })` for a part of the state value. */
const isIn = <TContext, TEvent, TEmitted, TInput>(
  source: ChartSource<TContext, TEvent, TEmitted, TInput>,
  leaf: ChartNode,
  wanted: StateValue,
): boolean => {
  if (typeof wanted === 'string' && wanted.startsWith('#')) return chainTo(leaf).includes(source.stateById(wanted))
  return matchesState(wanted, valueOf(leaf.path))
}

const valueOf = ([key, ...rest]: readonly string[]): StateValue => {
  if (key === undefined) return {}
  return rest.length === 0 ? key : { [key]: valueOf(rest) }
}

import { and, not, or, stateIn } from 'xstate'
import type { AnyStateMachine, EventObject, StateValue } from 'xstate'
import { invariant } from '../invariant.ts'
import type { Frame, InputFrame } from './frame.ts'

/**
 * The only file that knows how xstate 5.33.3 keeps a machine's states, actions and guards.
 *
 * The tree of states is public API and is read through the narrow interfaces below, without casts. What stands inside
 * an action or a guard is not typed by xstate (`assign(...)` is declared as a function and carries its assigner as a
 * property), so it is read here as `unknown` and cast once; `setup()` has checked these functions against the chart's
 * types where they were written. xstate is pinned exactly, and the equivalence property fails if its shape changes.
 */
export interface ChartNode {
  readonly id: string
  readonly key: string
  readonly path: readonly string[]
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  /** Position in document order. */
  readonly order: number
  readonly parent?: ChartNode
  readonly states: Readonly<Record<string, ChartNode>>
  readonly entry: readonly unknown[]
  readonly exit: readonly unknown[]
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>
  readonly always?: readonly ChartTransition[]
  readonly initial: { readonly target: readonly ChartNode[] | undefined; readonly actions: readonly unknown[] }
  readonly invoke: readonly unknown[]
  readonly after: readonly unknown[]
  readonly output?: unknown
}

export interface ChartTransition {
  readonly source: ChartNode
  /** Undefined where the transition stays, also where it only forbids an event. */
  readonly target: readonly ChartNode[] | undefined
  readonly actions: readonly unknown[]
  readonly guard?: unknown
  readonly reenter: boolean
}

/** A chart as its author wrote it, with xstate's names resolved. */
export interface ChartSource<TContext, TEvent, TEmitted, TInput> {
  readonly id: string
  readonly root: ChartNode
  initialContext(frame: InputFrame<TInput>): TContext
  /** What xstate gives the actions of the first entry as their event; its type is none that a chart declares. */
  initialEvent(input: TInput): TEvent
  action(action: unknown): ChartAction<TContext, TEvent, TEmitted>
  guard(guard: unknown): ChartGuard<TContext, TEvent>
  stateById(id: string): ChartNode
}

/** A function of the chart's author. `params` are what `{ type, params }` gives it. */
export type Authored<TContext, TEvent, TResult> = (frame: Frame<TContext, TEvent>, params: unknown) => TResult
type Params<TContext, TEvent> = (frame: Frame<TContext, TEvent>) => unknown

export type ChartAction<TContext, TEvent, TEmitted> =
  | {
      readonly kind: 'assign'
      readonly assigner: Authored<TContext, TEvent, Partial<TContext>> | Assignments<TContext, TEvent>
      readonly params: Params<TContext, TEvent>
    }
  | {
      readonly kind: 'emit'
      readonly emitter: Authored<TContext, TEvent, TEmitted>
      readonly params: Params<TContext, TEvent>
    }
  /** Another action creator of xstate, by its type; `delayed` if it asks for a timer. */
  | { readonly kind: 'builtin'; readonly type: string; readonly delayed: boolean }
  /** A bare function: it can only act by a side effect. */
  | { readonly kind: 'custom'; readonly name: string }
  | { readonly kind: 'missing'; readonly name: string }

/** The object form of `assign`, each value as a function of the old context. */
export type Assignments<TContext, TEvent> = readonly (readonly [
  keyof TContext,
  Authored<TContext, TEvent, TContext[keyof TContext]>,
])[]

export type ChartGuard<TContext, TEvent> =
  | {
      readonly kind: 'predicate'
      readonly test: Authored<TContext, TEvent, boolean>
      readonly params: Params<TContext, TEvent>
    }
  | { readonly kind: 'not' | 'and' | 'or'; readonly of: readonly ChartGuard<TContext, TEvent>[] }
  | { readonly kind: 'stateIn'; readonly value: StateValue }
  | { readonly kind: 'missing'; readonly name: string }

export const readMachine = <TContext, TEvent extends EventObject, TEmitted, TInput>(
  machine: AnyStateMachine,
): ChartSource<TContext, TEvent, TEmitted, TInput> => ({
  id: machine.id,
  root: machine.root,
  initialContext: contextReader(machine),
  initialEvent: (input) => ({ type: 'xstate.init', input }) as EventObject as TEvent,
  action: (action) => readAction(machine, action),
  guard: (guard) => readGuard(machine, guard, 0),
  stateById: (id) => machine.getStateNodeById(id),
})

const contextReader = <TContext, TInput>(machine: AnyStateMachine): ((frame: InputFrame<TInput>) => TContext) => {
  const context: unknown = machine.config.context
  // xstate copies what the factory returns and shares what stands there literally; contexts are never changed in place.
  if (isFunction(context)) {
    const factory = context as (frame: InputFrame<TInput>) => TContext
    return (frame) => ({ ...factory(frame) })
  }
  const shared = (context ?? {}) as TContext
  return () => shared
}

const readAction = <TContext, TEvent, TEmitted>(
  machine: AnyStateMachine,
  action: unknown,
): ChartAction<TContext, TEvent, TEmitted> => {
  const name = nameOf(action)
  const resolved = isFunction(action) ? action : property(machine.implementations.actions, name)
  if (resolved === undefined) return { kind: 'missing', name }
  if (property(resolved, 'resolve') === undefined) return { kind: 'custom', name }

  const type = String(property(resolved, 'type'))
  const params = paramsOf<TContext, TEvent>(action)
  if (type === 'xstate.assign')
    return { kind: 'assign', assigner: assignerOf(property(resolved, 'assignment')), params }
  if (type === 'xstate.emit') return { kind: 'emit', emitter: authored(property(resolved, 'event')), params }
  return { kind: 'builtin', type, delayed: property(resolved, 'delay') !== undefined }
}

const assignerOf = <TContext, TEvent>(
  assignment: unknown,
): Authored<TContext, TEvent, Partial<TContext>> | Assignments<TContext, TEvent> => {
  if (isFunction(assignment)) return authored(assignment)
  const keys = Object.keys(assignment as object) as (string & keyof TContext)[]
  return keys.map((key) => [key, authored(property(assignment, key))] as const)
}

/** Deeper than any guard that people write: a named guard that leads back to itself. */
const GUARD_DEPTH_MAX = 100

const readGuard = <TContext, TEvent>(
  machine: AnyStateMachine,
  guard: unknown,
  depth: number,
): ChartGuard<TContext, TEvent> => {
  const name = nameOf(guard)
  invariant(depth < GUARD_DEPTH_MAX, `guard '${name}' of chart '${machine.id}' must not refer to itself`)
  const resolved = isFunction(guard) ? guard : property(machine.implementations.guards, name)
  if (resolved === undefined) return { kind: 'missing', name }
  // `setup({ guards: { a: 'b' } })`: a name for another guard.
  if (!isFunction(resolved)) return readGuard(machine, resolved, depth + 1)

  const check = property(resolved, 'check')
  if (check === undefined) return { kind: 'predicate', test: authored(resolved), params: paramsOf(guard) }
  if (check === CHECK_STATE_IN) return { kind: 'stateIn', value: property(resolved, 'stateValue') as StateValue }
  const kind = COMBINATORS.get(check)
  invariant(kind !== undefined, `guard '${name}' of chart '${machine.id}' must be a predicate, and, or, not or stateIn`)
  const of = property(resolved, 'guards') as readonly unknown[]
  return { kind, of: of.map((inner) => readGuard(machine, inner, depth + 1)) }
}

const property = (owner: unknown, key: string): unknown =>
  (typeof owner === 'object' && owner !== null) || typeof owner === 'function' ? Reflect.get(owner, key) : undefined

/** xstate tells its guard creators apart by the function that checks them; their names are lost when bundled. */
const CHECK_STATE_IN = property(stateIn(''), 'check')
const COMBINATORS: ReadonlyMap<unknown, 'not' | 'and' | 'or'> = new Map([
  [property(not(stateIn('')), 'check'), 'not'],
  [property(and([stateIn('')]), 'check'), 'and'],
  [property(or([stateIn('')]), 'check'), 'or'],
])

const isFunction = (value: unknown): value is (...args: never[]) => unknown => typeof value === 'function'

const nameOf = (reference: unknown): string => {
  if (typeof reference === 'string') return reference
  if (isFunction(reference)) return reference.name === '' ? '(anonymous)' : reference.name
  return String(property(reference, 'type'))
}

const authored = <TContext, TEvent, TResult>(value: unknown): Authored<TContext, TEvent, TResult> => {
  if (isFunction(value)) return value as Authored<TContext, TEvent, TResult>
  const constant = value as TResult
  return () => constant
}

const NO_PARAMS = (): undefined => undefined

/** Only `{ type, params }` has parameters; a bare name or function gets undefined. */
const paramsOf = <TContext, TEvent>(reference: unknown): Params<TContext, TEvent> => {
  const params = isFunction(reference) ? undefined : property(reference, 'params')
  if (params === undefined) return NO_PARAMS
  return isFunction(params) ? (params as Params<TContext, TEvent>) : () => params
}

import { and, assign, emit, enqueueActions, log, not, or, raise, StateMachine, stateIn } from 'xstate'
import type { AnyStateMachine, EventObject, StateValue } from 'xstate'

/**
 * Random small charts. Each action leaves its own label in the context or in what it emits, so that an action too
 * many, too few or out of place shows. Targets are drawn as numbers and taken modulo the number of states, so every
 * draw is a chart.
 */
interface Context {
  readonly n: number
  readonly trail: readonly string[]
  /** What loops of `always`, `raise` and done events may still burn. */
  readonly fuel: number
}

export interface Event extends EventObject {
  readonly x: number
}

interface Args {
  readonly context: Context
  readonly event: Event
}

export interface StateSpec {
  readonly kind: 'plain' | 'final' | 'parallel' | 'history' | 'deep history'
  readonly initial: number
  readonly initialActions: readonly ActionSpec[]
  readonly entry: readonly ActionSpec[]
  readonly exit: readonly ActionSpec[]
  readonly on: readonly (readonly [string, readonly TransitionSpec[] | 'forbidden'])[]
  readonly always: readonly TransitionSpec[]
  readonly onDone: readonly TransitionSpec[]
  readonly children: readonly StateSpec[]
}

export interface TransitionSpec {
  readonly guard: GuardSpec | undefined
  readonly target: number | undefined
  readonly form: number
  readonly reenter: boolean
  readonly actions: readonly ActionSpec[]
}

export type ActionSpec = { readonly kind: keyof typeof actionMakers; readonly by: number }
export type GuardSpec =
  | { readonly kind: keyof typeof guardMakers; readonly by: number }
  | { readonly kind: 'not' | 'and' | 'or'; readonly of: readonly GuardSpec[] }
  | { readonly kind: 'stateIn'; readonly target: number; readonly form: number }

const mark = (context: Context, label: string): Context => ({
  ...context,
  n: (context.n * 3 + label.length) % 97,
  trail: [...context.trail.slice(-7), label],
})

/** Keeps the checker of object literals from refusing what an emitted event carries besides its type. */
const carrying = (event: EventObject & Readonly<Record<string, unknown>>): EventObject => event

type Combined = Parameters<typeof and>[0][number]

const implementations: Record<'actions' | 'guards', Record<string, unknown>> = {
  actions: {
    count: assign({ n: ({ context }: Args) => context.n + 1 }),
    add: assign(({ context }: Args, params: { by: number }) => mark(context, `add ${params.by}`)),
    tell: emit(({ context, event }: Args, params: { by: number }) =>
      carrying({ type: 'told', by: params.by, n: context.n, x: event.x }),
    ),
    ping: emit({ type: 'ping' }),
  },
  guards: {
    even: ({ context }: Args) => context.n % 2 === 0,
    atLeast: ({ event }: Args, params: { min: number }) => event.x >= params.min,
    evenOrBig: or(['even', { type: 'atLeast', params: { min: 3 } }]),
    alias: 'evenOrBig',
  },
}

export const actionMakers = {
  assignFunction: (by: number) => assign(({ context, event }: Args) => mark(context, `f${by} ${event.type}`)),
  assignByKey: (by: number) =>
    assign({
      n: ({ context }: Args) => context.n + by,
      trail: ({ context }: Args) => [...context.trail.slice(-7), `k${by} ${context.n}`],
    }),
  assignValues: (by: number) => assign({ n: by }),
  assignNothing: () => assign({}),
  emitObject: (by: number) => emit(carrying({ type: 'fixed', by })),
  emitFunction: (by: number) =>
    emit(({ context, event }: Args) => carrying({ type: 'seen', by, of: event.type, n: context.n })),
  named: () => 'count',
  namedEmit: () => ({ type: 'ping' }),
  paramsStatic: (by: number) => ({ type: 'add', params: { by } }),
  paramsDynamic: (by: number) => ({ type: 'add', params: ({ context }: Args) => ({ by: context.n + by }) }),
  paramsEmit: (by: number) => ({ type: 'tell', params: ({ event }: Args) => ({ by: by + event.x }) }),
  raise: (by: number) => raise(carrying({ type: 'B', x: by })),
  enqueue: (by: number) =>
    enqueueActions(({ enqueue, check }) => {
      enqueue.assign(({ context }: Args) => mark(context, `q${by}`))
      if (check('even')) enqueue('count')
      enqueue.emit(carrying({ type: 'queued', by }))
    }),
  log: (by: number) => log(`muted ${by}`),
}

export const guardMakers = {
  named: () => 'even',
  namedObject: () => ({ type: 'even' }),
  alias: () => 'alias',
  combined: () => ({ type: 'evenOrBig' }),
  paramsStatic: (by: number) => ({ type: 'atLeast', params: { min: by } }),
  paramsDynamic: (by: number) => ({ type: 'atLeast', params: ({ context }: Args) => ({ min: (context.n + by) % 4 }) }),
  inline:
    (by: number) =>
    ({ context, event }: Args) =>
      (context.n + event.x) % 3 !== by % 3,
}

/** A state of the spec with its place in the tree. */
interface Place {
  readonly spec: StateSpec
  readonly id: string
  readonly key: string
  readonly parent: Place | undefined
  readonly children: Place[]
}

/** The machine that a spec describes. */
export const build = (spec: StateSpec): AnyStateMachine => {
  const places: Place[] = []
  const top = settle(spec, 'root', undefined, places)
  const config = {
    ...configOf(top, places),
    context: ({ input }: { input: { n: number } }) => ({ n: input.n, trail: [], fuel: 12 }),
    // A wildcard that takes a done event may run in a circle for ever, also without `always`.
    options: { maxIterations: 40 },
  }
  return new StateMachine(config as AnyStateMachine['config'], implementations as AnyStateMachine['implementations'])
}

const KEYS = ['a', 'b', 'c']

const settle = (spec: StateSpec, key: string, parent: Place | undefined, places: Place[]): Place => {
  const place: Place = { spec, id: `s${places.length}`, key, parent, children: [] }
  places.push(place)
  spec.children.forEach((child, index) => place.children.push(settle(child, KEYS[index] ?? 'z', place, places)))
  return place
}

const isRegion = (place: Place): boolean => place.parent?.spec.kind === 'parallel'

const typeOf = (place: Place): string => {
  const { kind } = place.spec
  const inner = place.children.length > 0
  if (kind === 'parallel' && inner) return 'parallel'
  const inCompound = place.parent !== undefined && !isRegion(place)
  if (kind === 'final' && !inner && inCompound) return 'final'
  // A history state is never alone in its parent nor its parent's first, so that there is something to remember.
  const guest = inCompound && place.parent.children.indexOf(place) > 0
  if (kind !== 'plain' && kind !== 'final' && kind !== 'parallel' && !inner && guest) return kind
  return inner ? 'compound' : 'atomic'
}

const configOf = (place: Place, places: readonly Place[]): object => {
  const { spec } = place
  const type = typeOf(place)
  if (type === 'history' || type === 'deep history') {
    return { id: place.id, type: 'history', history: type === 'history' ? 'shallow' : 'deep' }
  }
  const enterable = place.children.filter((child) => !typeOf(child).endsWith('history'))
  const initial = enterable[spec.initial % Math.max(enterable.length, 1)]
  const burning = (transitions: readonly TransitionSpec[]) =>
    transitions.map((transition) => fuelled(transitionOf(place, transition, places)))
  return {
    id: place.id,
    ...(type === 'final' || type === 'parallel' ? { type } : {}),
    entry: spec.entry.map(actionOf),
    exit: spec.exit.map(actionOf),
    on: Object.fromEntries(spec.on.map(([descriptor, reaction]) => [descriptor, reactionOf(place, reaction, places)])),
    ...(spec.always.length > 0 ? { always: burning(spec.always) } : {}),
    ...(spec.onDone.length > 0 ? { onDone: burning(spec.onDone) } : {}),
    ...(type === 'compound' ? { initial: { target: initial?.key, actions: spec.initialActions.map(actionOf) } } : {}),
    states: Object.fromEntries(place.children.map((child) => [child.key, configOf(child, places)])),
  }
}

const reactionOf = (
  place: Place,
  reaction: readonly TransitionSpec[] | 'forbidden',
  places: readonly Place[],
): object | undefined =>
  reaction === 'forbidden'
    ? undefined
    : reaction.map((spec) => {
        const transition = transitionOf(place, spec, places)
        return spec.actions.some((action) => action.kind === 'raise') ? fuelled(transition) : transition
      })

interface TransitionConfig {
  readonly target?: string
  readonly reenter: boolean
  readonly guard?: unknown
  readonly actions: readonly unknown[]
}

const fuelled = (transition: TransitionConfig): TransitionConfig => {
  const hasFuel = ({ context }: Args) => context.fuel > 0
  const burn = assign({ fuel: ({ context }: Args) => context.fuel - 1 })
  const guard =
    transition.guard === undefined
      ? hasFuel
      : and([hasFuel, transition.guard] as readonly unknown[] as readonly Combined[])
  return { ...transition, guard, actions: [burn, ...transition.actions] }
}

const transitionOf = (place: Place, spec: TransitionSpec, places: readonly Place[]): TransitionConfig => ({
  ...(spec.guard === undefined ? {} : { guard: guardOf(spec.guard, places) }),
  ...(spec.target === undefined ? {} : { target: targetOf(place, pick(places, spec.target), spec.form) }),
  reenter: spec.reenter,
  actions: spec.actions.map(actionOf),
})

const pick = (places: readonly Place[], draw: number): Place => places[draw % places.length] as Place

/** The target by id, or relative to the source where it stands below it (`.child`) or beside it (`sibling.child`). */
const targetOf = (source: Place, target: Place, form: number): string => {
  const below = stepsDown(source, target)
  if (form > 0 && below !== undefined && below.length > 0) return `.${below.join('.')}`
  const beside = source.parent === undefined ? undefined : stepsDown(source.parent, target)
  if (form > 0 && beside !== undefined && beside.length > 0) return beside.join('.')
  return `#${target.id}`
}

const stepsDown = (from: Place, to: Place): readonly string[] | undefined => {
  if (from === to) return []
  const above = to.parent === undefined ? undefined : stepsDown(from, to.parent)
  return above === undefined ? undefined : [...above, to.key]
}

const actionOf = (spec: ActionSpec): unknown => actionMakers[spec.kind](spec.by)

const guardOf = (spec: GuardSpec, places: readonly Place[]): unknown => {
  switch (spec.kind) {
    case 'not':
    case 'and':
    case 'or': {
      const inner = spec.of.map((guard) => guardOf(guard, places)) as readonly Combined[]
      if (spec.kind === 'and') return and(inner)
      return spec.kind === 'or' ? or(inner) : not(inner[0] ?? stateIn('#s0'))
    }
    case 'stateIn': {
      const target = pick(places, spec.target)
      const path = stepsDown(pick(places, 0), target) ?? []
      if (spec.form === 0 || path.length === 0) return stateIn(`#${target.id}`)
      return spec.form === 1 ? stateIn(path.join('.')) : stateIn(path.reduceRight<StateValue>(nest, ''))
    }
    default:
      return guardMakers[spec.kind](spec.by)
  }
}

const nest = (below: StateValue, key: string): StateValue => (below === '' ? key : { [key]: below })

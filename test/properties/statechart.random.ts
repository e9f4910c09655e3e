import fc from 'fast-check'
import { actionMakers, build, guardMakers } from './statechart.build.ts'
import type { ActionSpec, Event, GuardSpec, StateSpec } from './statechart.build.ts'
import type { Experiment } from './statechart.equivalence.ts'

const PLAIN_ACTIONS = Object.keys(actionMakers).filter(
  (kind) => !['raise', 'enqueue', 'log'].includes(kind),
) as ActionSpec['kind'][]
const ALL_ACTIONS = Object.keys(actionMakers) as ActionSpec['kind'][]

const EVENT_TYPES = ['A', 'B', 'image.pull', 'image.push', 'image', 'imagery']
const DESCRIPTORS = ['A', 'B', 'image.pull', 'image.*', '*']

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.record({ type: fc.constantFrom(...EVENT_TYPES), x: fc.nat(4) }),
  { minLength: 4, maxLength: 12 },
)

const { guards } = fc.letrec<{ guards: GuardSpec }>((tie) => ({
  guards: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.record({ kind: fc.constantFrom(...(Object.keys(guardMakers) as (keyof typeof guardMakers)[])), by: fc.nat(4) }),
    fc.record({ kind: fc.constant('stateIn' as const), target: fc.nat(20), form: fc.nat(2) }),
    fc.record({ kind: fc.constant('not' as const), of: fc.tuple(tie('guards')) }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('guards'), { maxLength: 3 }) }),
  ),
}))

const states = (wide: boolean): fc.Arbitrary<StateSpec> => {
  const some = (kinds: readonly ActionSpec['kind'][]) =>
    fc.array(fc.record({ kind: fc.constantFrom(...kinds), by: fc.nat(4) }), { maxLength: 2 })
  // Outside transitions `raise` could loop without a guard that burns fuel.
  const actions = some(wide ? [...PLAIN_ACTIONS, 'enqueue', 'log'] : PLAIN_ACTIONS)
  const transition = fc.record({
    guard: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 3, arbitrary: guards }),
    target: fc.option(fc.nat(20), { nil: undefined, freq: 4 }),
    form: fc.nat(2),
    reenter: fc.boolean(),
    actions: some(wide ? ALL_ACTIONS : PLAIN_ACTIONS),
  })
  const reaction = fc.oneof(
    { weight: 9, arbitrary: fc.array(transition, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant('forbidden' as const) },
  )
  const kind = fc.oneof(
    { weight: wide ? 6 : 8, arbitrary: fc.constant('plain' as const) },
    { weight: 1, arbitrary: fc.constant('final' as const) },
    ...(wide
      ? [{ weight: 3, arbitrary: fc.constantFrom('parallel' as const, 'history' as const, 'deep history' as const) }]
      : []),
  )
  const rarely = fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(transition, { maxLength: 2 }) },
  )
  const above = (children: fc.Arbitrary<readonly StateSpec[]>): fc.Arbitrary<StateSpec> =>
    fc.record({
      kind,
      initial: fc.nat(2),
      initialActions: actions,
      entry: actions,
      exit: actions,
      on: fc.array(fc.tuple(fc.constantFrom(...DESCRIPTORS), reaction), { minLength: 1, maxLength: 4 }),
      always: wide ? rarely : fc.constant([]),
      onDone: wide ? rarely : fc.constant([]),
      children,
    })
  const leaves = above(fc.constant([]))
  const inner = above(fc.array(leaves, { minLength: 1, maxLength: 3 }))
  const mixed = (below: fc.Arbitrary<StateSpec>) => fc.array(fc.oneof(leaves, below), { minLength: 1, maxLength: 3 })
  return above(mixed(above(mixed(inner))))
}

/** `wide` charts use all that stays inside a chart; the others only what the table form knows. */
export const experiments = (wide: boolean): fc.Arbitrary<Experiment> =>
  fc.tuple(states(wide), events, fc.nat(9)).map(([spec, sent, n]) => {
    const machine = build(spec)
    const story = { events: sent, n, config: machine.config }
    return { machine, input: { n }, events: sent, [fc.toStringMethod]: () => JSON.stringify(story, legible, 1) }
  })

/** Shows what xstate's creators made, which are functions, in the report of a failing run. */
const legible = (_: string, value: unknown): unknown =>
  typeof value === 'function' ? { ...value, name: value.name } : value

import { defineProjection } from '../engine/projection.ts'

/** What became of what people asked for. */
export interface Invocations {
  /** Not finished yet. */
  readonly open: Set<number>
  /** What was refused, by object; an object that is accepted later is no longer here. */
  readonly refused: Map<string, string>
}

export const invocationsProjection = defineProjection<Invocations>({
  name: 'invocations',
  initial: () => ({ open: new Set(), refused: new Map() }),
  on: {
    KubectlInvoked: (state, { data }) => {
      state.open.add(data.invocation)
    },
    KubectlAnswered: (state, { data }) => {
      if (data.outcome === 'failed') state.refused.set(data.object, data.message ?? `code ${data.code}`)
      else state.refused.delete(data.object)
    },
    KubectlFinished: (state, { data }) => {
      state.open.delete(data.invocation)
    },
  },
})

/** Why what was asked for cannot be there yet, or at all. */
export const unanswered = ({ open, refused }: Invocations): readonly string[] => [
  ...(open.size > 0 ? ['kubectl is still at work'] : []),
  ...[...refused].map(([object, why]) => `${object} was refused: ${why}`),
]

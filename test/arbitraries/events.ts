import fc from 'fast-check'
import type { LogEvent } from '../../src/events/envelope.ts'
import { rows } from '../../src/events/rows.ts'
import { arbitraryOf, texts } from './codec.ts'

const actors = fc.oneof(fc.constantFrom('outside', 'kernel', 'etcd/1', 'kubelet/node-3', 'kube-apiserver/0'), texts)

/** An event without its place in a log. */
interface Loose {
  readonly by: string
  readonly to?: string
  readonly type: string
  readonly v: number
  readonly data: unknown
  /** How much later than the one before it. */
  readonly wait: number
  /** How far back its cause lies; 0 for none. */
  readonly back: number
}

const looseOfType = (type: string): fc.Arbitrary<Loose> => {
  const row = rows.get(type)
  if (row === undefined) throw new Error(`${type} is not in the catalogue`)
  return fc.record(
    {
      by: actors,
      to: actors,
      type: fc.constant(type),
      v: fc.constant(row.v),
      data: arbitraryOf(row.data),
      wait: fc.nat(5_000_000),
      back: fc.nat(8),
    },
    { requiredKeys: ['by', 'type', 'v', 'data', 'wait', 'back'] },
  )
}

const loose: fc.Arbitrary<Loose> = fc.constantFrom(...rows.keys()).chain(looseOfType)

/** Puts loose events into their places: consecutive, in order of time, each after its cause. */
const asLog = (parts: readonly Loose[]): LogEvent[] => {
  let at = 0
  return parts.map(({ by, to, type, v, data, wait, back }, index) => {
    const seq = index + 1
    at += wait
    const cause = back === 0 ? 0 : Math.max(seq - back, 0)
    const event = { seq, at, by, ...(to === undefined ? {} : { to }), cause, type, v, data }
    // The codec that belongs to `type` made `data`.
    return event as LogEvent
  })
}

/** Events of any type of the catalogue, as one run might have told them if nobody cared what it meant. */
export const logs = (constraints?: fc.ArrayConstraints): fc.Arbitrary<LogEvent[]> =>
  fc.array(loose, constraints).map(asLog)

/** One event of one type, the first of its log. */
export const eventOfType = (type: string): fc.Arbitrary<LogEvent> =>
  looseOfType(type).map((part) => {
    const [event] = asLog([part])
    if (event === undefined) throw new Error('one part makes one event')
    return event
  })

import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'
import type { World } from '../world.ts'

/** A condition without its time. */
export type Told = Required<Pick<Condition, 'type' | 'status' | 'reason' | 'message'>>

interface Conditioned {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export function tells({ status }: Conditioned, { type, status: is, reason, message }: Told): boolean {
  const known = status?.conditions?.find((condition) => condition.type === type)
  return known?.status === is && known.reason === reason && known.message === message
}

/** The object with the condition in its place; its time moves only with its status. */
export function withTold<O extends Conditioned>(object: O, told: Told, { now }: World): O {
  const conditions = object.status?.conditions ?? []
  const known = conditions.find(({ type }) => type === told.type)
  const since = known?.status === told.status ? known.lastTransitionTime : undefined
  const condition = { ...told, lastTransitionTime: since ?? rfc3339(now) }
  const next =
    known === undefined ? [...conditions, condition] : conditions.map((one) => (one === known ? condition : one))
  return { ...object, status: { ...object.status, conditions: next } }
}

import type { Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { Change } from './mvcc/key-value.ts'
import type { Entry } from './raft/entry.ts'

/** Facts about what was decided: told once, by whoever decided it. */

export const announceChange = (
  context: ActorContext,
  { current, previous, revision, deleted }: Change,
  cause: Seq,
): Seq => {
  const { key } = current
  // What the API server stores are objects; what it did not store (its own bookkeeping) has no object.
  const object = deleted || !isApiObject(current.value) ? undefined : current.value
  const data = { revision, key, previous: previous?.mod ?? 0, deleted, object }
  return context.emit('RevisionCommitted', data, { cause })
}

export const announceOperation = (context: ActorContext, { request, ref }: Entry): void => {
  if (request?.op === 'compact') context.emit('EtcdCompacted', { revision: request.revision }, { cause: ref })
  if (request?.op !== 'alarm') return
  const { kind, member, active } = request
  context.emit(active ? 'EtcdAlarmRaised' : 'EtcdAlarmDisarmed', { kind, member }, { cause: ref })
}

const isApiObject = (value: unknown): value is ApiObject =>
  typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value

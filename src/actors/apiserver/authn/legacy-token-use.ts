import { dayOf, LAST_USED } from '../../../kubernetes/service-account-tokens/secrets.ts'
import { notFound } from '../../../kubernetes/status.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import type { Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { writtenByServer } from '../registry/field-tracking.ts'
import type { Attempt } from '../storage/store.ts'
import type { World } from '../world.ts'

/**
 * Writes into a Secret on which day its token was shown, once a day, also when it is refused as invalid; undefined when that
 * stands there. Who cleans up forgotten tokens reads it. Source: pkg/serviceaccount/legacy.go (v1.36).
 */
export function notedUse(secret: Secret, world: World): Procedure<Answer> | undefined {
  const today = dayOf(world.now)
  return secret.metadata.labels?.[LAST_USED] === today ? undefined : noteUse(secret, today, world)
}

function* noteUse(secret: Secret, today: string, world: World): Procedure<Answer> {
  const { namespace, name } = secret.metadata
  const ref = world.refTo('Secret', namespace, name)
  const attempt: Attempt = function* (stored) {
    if (stored === undefined) return notFound(ref.resource, name)
    const { object } = stored
    const { metadata } = object
    if (metadata.labels?.[LAST_USED] === today) return object
    const next = { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [LAST_USED]: today } } }
    return writtenByServer(object, next, '', world)
  }
  yield* world.store.guaranteedUpdate(ref, secret, attempt)
  return { code: 200 }
}

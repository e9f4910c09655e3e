import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Micros } from '../../../events/envelope.ts'
import { millis } from '../../../events/time.ts'
import type { ServiceAccount } from '../../../kubernetes/types/core.ts'

/** Source: tokens_controller.go, RemoveTokenBackoff: ten attempts, 100 ms to 200 ms apart. */
const ATTEMPTS = 10
const PAUSE: Micros = millis(100)

/** Takes a Secret that is gone off the account's list. Source: tokens_controller.go, removeSecretReference (v1.36). */
export function* dropReference({ metadata }: ServiceAccount, secret: string, { random }: World): Sync<void> {
  const { namespace, name, uid } = metadata
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const answer = yield* call({ verb: 'get', kind: 'ServiceAccount', namespace, name })
    const live = answer.ok ? answer.object : undefined
    if (live?.metadata.uid !== uid || live.secrets?.some((one) => one.name === secret) !== true) return
    const secrets = live.secrets.filter((one) => one.name !== secret)
    const written = yield* call({ verb: 'update', kind: 'ServiceAccount', namespace, name, body: { ...live, secrets } })
    if (written.ok || written.code !== 409) return
    yield { pause: PAUSE + random.below(PAUSE) }
  }
}

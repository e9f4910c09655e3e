import type { ApiObject } from '../../../events/json.ts'
import { dayOf } from '../../../kubernetes/service-account-tokens/secrets.ts'
import { isStatus } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { createdByServer } from '../registry/field-tracking.ts'
import { bornNow } from '../registry/birth.ts'
import type { World } from '../world.ts'

const NAMESPACE = 'kube-system'
const NAME = 'kube-apiserver-legacy-service-account-token-tracking'

const DONE: Answer = { code: 200 }

/**
 * Says since which day the use of tokens in Secrets is written down, which controllers wait for that clean such tokens up.
 * Source: pkg/controlplane/controller/legacytokentracking/controller.go (v1.36).
 */
export function* ensureTokenTracking(world: World): Procedure<Answer> {
  if (world.cache.view.get('ConfigMap', NAMESPACE, NAME) !== undefined) return DONE
  const object: ApiObject & { readonly data: object } = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: NAMESPACE, ...bornNow('ConfigMap', NAMESPACE, NAME, world) },
    data: { since: dayOf(world.now) },
  }
  const ref = world.refTo('ConfigMap', NAMESPACE, NAME)
  const written = yield* world.store.put(ref, createdByServer(object, world), 0)
  return isStatus(written) ? refusal(written) : DONE
}

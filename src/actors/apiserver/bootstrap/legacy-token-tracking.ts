import type { ApiObject } from '../../../events/json.ts'
import { isStatus } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { createdByServer } from '../registry/field-tracking.ts'
import { newUid } from '../../../kubernetes/uid.ts'
import type { World } from '../world.ts'

const NAMESPACE = 'kube-system'
const NAME = 'kube-apiserver-legacy-service-account-token-tracking'
const DATE_LENGTH = '2026-01-01'.length

const DONE: Answer = { code: 200 }

/**
 * Says since which day the use of tokens in Secrets is written down, which controllers wait for that clean such tokens up.
 * Source: pkg/controlplane/controller/legacytokentracking/controller.go (v1.36).
 */
export function* ensureTokenTracking(world: World): Procedure<Answer> {
  if (world.cache.view.get('ConfigMap', NAMESPACE, NAME) !== undefined) return DONE
  const time = rfc3339(world.now)
  const uid = world.identities?.uid('ConfigMap', NAMESPACE, NAME) ?? newUid(world.random)
  const object: ApiObject & { readonly data: object } = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: NAMESPACE, uid, resourceVersion: '', creationTimestamp: time },
    data: { since: time.slice(0, DATE_LENGTH) },
  }
  const ref = world.refTo('ConfigMap', NAMESPACE, NAME)
  const written = yield* world.store.put(ref, createdByServer(object, world), 0)
  return isStatus(written) ? refusal(written) : DONE
}

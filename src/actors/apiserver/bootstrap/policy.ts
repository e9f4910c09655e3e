import type { ApiObject } from '../../../events/json.ts'
import type { BootstrapObject } from '../../../kubernetes/rbac/bootstrap.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import { isStatus } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { bornNow } from '../registry/birth.ts'
import { createdByServer } from '../registry/field-tracking.ts'
import type { World } from '../world.ts'

const DONE: Answer = { code: 200 }

/**
 * Writes a role or binding of the first policy unless it is there. Past admission: nothing there concerns it.
 * Source: pkg/registry/rbac/rest/storage_rbac.go, EnsureRBACPolicy (v1.36).
 * Abridged: what users have taken away from these objects is not put back at the next start.
 */
export function* ensurePolicy({ kind, metadata, ...content }: BootstrapObject, world: World): Procedure<Answer> {
  const { name, namespace } = metadata
  if (world.cache.view.get(kind, namespace, name) !== undefined) return DONE
  const object: ApiObject = {
    apiVersion: kindRow(kind).apiVersion,
    kind,
    metadata: { ...metadata, ...bornNow(kind, namespace, name, world) },
    ...content,
  }
  const written = yield* world.store.put(world.refTo(kind, namespace, name), createdByServer(object, world), 0)
  return isStatus(written) ? refusal(written) : DONE
}

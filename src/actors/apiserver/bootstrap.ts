import type { ApiObject } from '../../events/json.ts'
import { kindRow } from '../../kubernetes/registry.ts'
import type { BootstrapObject } from '../../kubernetes/rbac/bootstrap.ts'
import { isStatus } from '../../kubernetes/status.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import { newUid } from '../../kubernetes/uid.ts'
import { refusal, type Answer } from './answer.ts'
import { ensure } from './bootstrap/ensure.ts'
import { ensureKubernetesService } from './bootstrap/kubernetes-service.ts'
import type { Procedure } from './procedure.ts'
import { createdByServer } from './registry/field-tracking.ts'
import type { World } from './world.ts'

/** Source: pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go. */
const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default']
/** Source: pkg/apis/scheduling/v1/helpers.go. */
const PRIORITY_CLASSES = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]

/**
 * Makes what every cluster has: the system's namespaces and priority classes, and the Service through which Pods reach the
 * API servers. What is there already, by this server's earlier start or by another server, stays.
 * Source: pkg/controlplane/instance.go, post-start hooks (v1.36).
 */
export function* bootstrap(world: World): Procedure<Answer> {
  for (const name of NAMESPACES) {
    const answer = yield* ensure('Namespace', undefined, { metadata: { name } }, world)
    if (answer !== undefined) return answer
  }
  for (const { name, value, description } of PRIORITY_CLASSES) {
    const answer = yield* ensure('PriorityClass', undefined, { metadata: { name }, value, description }, world)
    if (answer !== undefined) return answer
  }
  return (yield* ensureKubernetesService(world)) ?? DONE
}

const DONE: Answer = { code: 200 }

/**
 * Writes a role or binding of the first policy unless it is there. Past admission: nothing there concerns it.
 * Source: pkg/registry/rbac/rest/storage_rbac.go, EnsureRBACPolicy (v1.36).
 * Abridged: what users have taken away from these objects is not put back at the next start.
 */
export function* ensurePolicy({ kind, metadata, ...content }: BootstrapObject, world: World): Procedure<Answer> {
  const { name, namespace } = metadata
  if (world.cache.view.get(kind, namespace, name) !== undefined) return DONE
  const uid = newUid(world.random)
  const object: ApiObject = {
    apiVersion: kindRow(kind).apiVersion,
    kind,
    metadata: { ...metadata, uid, resourceVersion: '', creationTimestamp: rfc3339(world.now) },
    ...content,
  }
  const written = yield* world.store.put(world.refTo(kind, namespace, name), createdByServer(object, world), 0)
  return isStatus(written) ? refusal(written) : DONE
}

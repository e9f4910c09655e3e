import type { Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import type { World } from '../world.ts'
import { ensure } from './ensure.ts'
import { ensureKubernetesService } from './kubernetes-service.ts'

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
export function* ensureEveryClusters(world: World): Procedure<Answer> {
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

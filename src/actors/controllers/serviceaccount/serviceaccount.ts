import { defineController } from '../../../engine/client/controller.ts'
import { call, isNamespaceTerminating, type Sync } from '../../../engine/client/sync.ts'

/**
 * Every active namespace has a ServiceAccount `default`.
 * Source: pkg/controller/serviceaccount/serviceaccounts_controller.go (v1.36).
 */
export const serviceAccountController = defineController({
  name: 'serviceaccount-controller',
  account: 'service-account-controller',
  kinds: ['Namespace', 'ServiceAccount'],
  workers: 5,
  memory: () => undefined,
  wakes: (change) => {
    if (change.kind === 'Namespace') return change.after === undefined ? [] : [change.name]
    return change.after === undefined && change.name === 'default' && change.namespace !== undefined
      ? [change.namespace]
      : []
  },

  *reconcile(namespace, world): Sync {
    if (world.view.get('Namespace', undefined, namespace)?.status?.phase !== 'Active') return
    if (world.view.get('ServiceAccount', namespace, 'default') !== undefined) return
    const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }
    const answer = yield* call({ verb: 'create', kind: 'ServiceAccount', namespace, name: 'default', body })
    const isFine = answer.ok || answer.reason === 'AlreadyExists' || isNamespaceTerminating(answer)
    return isFine ? undefined : { retry: answer.message }
  },
})

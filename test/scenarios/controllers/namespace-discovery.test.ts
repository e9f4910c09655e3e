/**
 * Goal: while discovery does not know everything, a namespace is emptied of what is known and stays, and says why; then it goes.
 * Method: an APIService for a Service that does not exist, in a cluster without nodes; a namespace is deleted before it is put right. The
 * words are those of client-go/discovery and pkg/controller/namespace/deletion/status_condition_utils.go (v1.36).
 */
import { expect, test } from 'vitest'
import { createCluster } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { findCondition } from '../../../src/kubernetes/conditions.ts'

const NAME = 'v1.custom.example.com'

const apiService = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: NAME },
  spec: {
    group: 'custom.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    service: { namespace: 'default', name: 'nobody' },
  },
}

test('an API that cannot be reached keeps a namespace', () => {
  const cluster = createCluster({ seed: 3, nodes: 0, authorization: 'RBAC' })
  cluster.run(seconds(30))
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'old' } }
  const objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'old' } }, configMap, apiService]
  cluster.apply(objects as readonly object[] as readonly ApiObject[])
  cluster.run(seconds(5))
  cluster.call({ verb: 'delete', kind: 'Namespace', name: 'old' })
  cluster.run(minutes(1))

  expect(cluster.get('ConfigMap', 'old', 'c')).toBeUndefined()
  const left = cluster.get('Namespace', undefined, 'old')
  expect(left?.spec?.finalizers).toEqual(['kubernetes'])
  expect(findCondition(left?.status?.conditions, 'NamespaceDeletionDiscoveryFailure')).toMatchObject({
    status: 'True',
    reason: 'DiscoveryFailed',
    message:
      'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: ' +
      'custom.example.com/v1: stale GroupVersion discovery: custom.example.com/v1',
  })

  cluster.call({ verb: 'delete', kind: 'APIService', name: NAME })
  cluster.run(minutes(2))
  expect(cluster.get('Namespace', undefined, 'old')).toBeUndefined()
})

/**
 * Goal: one stored object is served in each of its versions, and what old clients still use is there: the collection of
 * bindings, component statuses, the policy by which Jobs leave their Pods behind.
 * Method: one API server over one etcd member; what stands in the store after each request, and what its answer says.
 */
import { expect, test } from 'vitest'
import { rowByApiVersion, shownAs } from '../../../src/kubernetes/registry.ts'
import { ControlPlane, type Call } from './control-plane.ts'

const KIND = 'HorizontalPodAutoscaler'
const OLD = 'autoscaling/v1'
const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }
const podSpec = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] }

const withNamespace = (): ControlPlane => {
  const plane = new ControlPlane()
  plane.made('Namespace', undefined, { metadata: { name: 'd' } })
  plane.made('ServiceAccount', 'd', { metadata: { name: 'default' } })
  return plane
}
const inOld = (call: Omit<Call, 'kind' | 'namespace'>): Call => ({
  ...call,
  kind: KIND,
  namespace: 'd',
  apiVersion: OLD,
})

test('an autoscaler written in the old version is stored in the new one, and shown in both', () => {
  const plane = withNamespace()
  const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 55 }
  const body = { apiVersion: OLD, kind: KIND, metadata: { name: 'web' }, spec }
  expect(plane.call(inOld({ verb: 'create', body })).code).toBe(201)
  const stored = plane.read(KIND, 'd', 'web')
  expect(stored.apiVersion).toBe('autoscaling/v2')
  expect(stored.spec.metrics?.[0]?.resource?.target.averageUtilization).toBe(55)

  const patched = plane.call(
    inOld({ verb: 'patch', name: 'web', patchType: 'merge', body: { spec: { targetCPUUtilizationPercentage: 30 } } }),
  )
  expect(patched.code).toBe(200)
  const changed = plane.read(KIND, 'd', 'web', patched.revision)
  expect(changed.spec.metrics?.[0]?.resource?.target.averageUtilization).toBe(30)
  const row = rowByApiVersion(OLD, KIND)
  expect(row && shownAs(row, changed)).toMatchObject({ apiVersion: OLD, spec: { targetCPUUtilizationPercentage: 30 } })
})

test('a body of the wrong version for its path is refused', () => {
  const plane = withNamespace()
  const body = {
    apiVersion: 'autoscaling/v2',
    kind: KIND,
    metadata: { name: 'web' },
    spec: { scaleTargetRef, maxReplicas: 3 },
  }
  const answer = plane.call(inOld({ verb: 'create', body }))
  expect(answer.code).toBe(400)
  expect(plane.exists(KIND, 'd', 'web')).toBe(false)
})

test('a binding posted to its collection gives the Pod of its name a node', () => {
  const plane = withNamespace()
  plane.made('Pod', 'd', { metadata: { name: 'p' }, spec: podSpec })
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } }
  const call: Call = { verb: 'create', kind: 'Binding', namespace: 'd', body }
  expect(plane.call(call).code).toBe(201)
  expect(plane.read('Pod', 'd', 'p').spec.nodeName).toBe('n1')
  expect(plane.call(call).code).toBe(409)
  expect(plane.call({ ...call, verb: 'list' }).code).toBe(405)
})

test('component statuses tell of those beside the server, and are deprecated', () => {
  const plane = withNamespace()
  const { code, body, event } = plane.call({ verb: 'list', kind: 'ComponentStatus' })
  const names = ['controller-manager', 'scheduler', 'etcd-0']
  const items = names.map((name) => ({ metadata: { name }, conditions: [{ type: 'Healthy' }] }))
  expect(code).toBe(200)
  expect(body).toMatchObject({ kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items })
  expect(event.data.warnings).toEqual(['v1 ComponentStatus is deprecated in v1.19+'])
  expect(plane.call({ verb: 'create', kind: 'ComponentStatus', body: {} }).code).toBe(405)
})

test('a Job deleted without a word leaves its Pods behind, and says so', () => {
  const plane = withNamespace()
  const job = (name: string) => plane.made('Job', 'd', { metadata: { name }, spec: { template: { spec: podSpec } } })
  const remove = (name: string, propagationPolicy?: 'Background') =>
    plane.call({ verb: 'delete', kind: 'Job', namespace: 'd', name, options: { propagationPolicy } })
  job('a')
  const first = remove('a')
  expect(first.event.data.warnings?.[0]).toMatch(/^child pods are preserved by default/)
  expect(plane.read('Job', 'd', 'a').metadata.finalizers).toEqual(['orphan'])
  job('b')
  expect(remove('b', 'Background').event.data.warnings).toBeUndefined()
  expect(plane.exists('Job', 'd', 'b')).toBe(false)
})

test('a StatefulSet and a ReplicationController are scaled by their subresource', () => {
  const plane = withNamespace()
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: podSpec.containers } }
  plane.made('StatefulSet', 'd', { metadata: { name: 's' }, spec: { selector: { matchLabels: { a: 'b' } }, template } })
  plane.made('ReplicationController', 'd', { metadata: { name: 'r' }, spec: { template } })
  for (const [kind, name] of [
    ['StatefulSet', 's'],
    ['ReplicationController', 'r'],
  ] as const) {
    const call: Call = {
      verb: 'patch',
      kind,
      namespace: 'd',
      name,
      subresource: 'scale',
      patchType: 'merge',
      body: { spec: { replicas: 4 } },
    }
    expect(plane.call(call).body).toMatchObject({ spec: { replicas: 4 }, status: { selector: 'a=b' } })
    expect(plane.read(kind, 'd', name)).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } })
  }
})

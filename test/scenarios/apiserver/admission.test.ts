/**
 * Goal: admission completes what clients leave out, from the server's own cache, and asks etcd where the cache may be behind.
 * Method: one API server over one real etcd member; objects are created and looked at.
 */
import { describe, expect, test } from 'vitest'
import { millis } from '../../../src/events/time.ts'
import { ControlPlane, pod } from './control-plane.ts'

const inNamespace = (): ControlPlane => {
  const plane = new ControlPlane()
  plane.namespace('ns')
  return plane
}

test('a Node is born with a taint until it is seen to be ready', () => {
  const plane = new ControlPlane()
  const node = plane.made('Node', undefined, { metadata: { name: 'n' } })
  expect(node.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
})

describe('a Pod', () => {
  test('runs as a service account, tolerates a silent node for five minutes, and has a priority', () => {
    const plane = inNamespace()
    const { spec } = plane.made('Pod', 'ns', pod('p'))
    expect(spec.serviceAccountName).toBe('default')
    expect(spec.volumes?.map(({ name }) => name)).toEqual([expect.stringMatching(/^kube-api-access-[a-z0-9]{5}$/)])
    expect(spec.containers[0]?.volumeMounts?.[0]?.mountPath).toBe('/var/run/secrets/kubernetes.io/serviceaccount')
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => `${key} ${tolerationSeconds}`)).toEqual([
      'node.kubernetes.io/not-ready 300',
      'node.kubernetes.io/unreachable 300',
    ])
    expect([spec.priority, spec.preemptionPolicy]).toEqual([0, 'PreemptLowerPriority'])
  })

  test('gets the priority of its class', () => {
    const plane = inNamespace()
    expect(plane.made('Pod', 'ns', pod('p', { priorityClassName: 'system-node-critical' })).spec.priority).toBe(
      2_000_001_000,
    )
    const refused = plane.create('Pod', 'ns', pod('q', { priorityClassName: 'none' }))
    expect(refused.status?.message).toBe('pods "q" is forbidden: no PriorityClass with name none was found')
  })

  test('of a namespace without its account waits a while for it, then is refused', () => {
    const plane = new ControlPlane()
    plane.made('Namespace', undefined, { metadata: { name: 'ns' } })
    const before = plane.now
    const refused = plane.create('Pod', 'ns', pod('p'))
    expect(refused.status?.message).toBe(
      'pods "p" is forbidden: error looking up service account ns/default: serviceaccount "default" not found',
    )
    expect(plane.now - before).toBeGreaterThan(millis(900))
    const late = plane.send({ verb: 'create', kind: 'Pod', namespace: 'ns', body: pod('p') })
    plane.run(millis(300))
    plane.made('ServiceAccount', 'ns', { metadata: { name: 'default' } })
    plane.runUntil(() => plane.answer(late) !== undefined)
    expect(plane.answer(late)?.code).toBe(201)
  })
})

test('a namespace that the cache does not show yet is asked for', () => {
  const plane = new ControlPlane()
  const requests = [
    plane.send({ verb: 'create', kind: 'Namespace', body: { metadata: { name: 'new' } } }),
    plane.send({ verb: 'create', kind: 'ConfigMap', namespace: 'new', body: { metadata: { name: 'a' } } }),
  ]
  plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
  expect(requests.map((request) => plane.answer(request)?.code)).toEqual([201, 201])
})

describe('a Service', () => {
  test('gets an address, a node port where its type has one, and gives them back', () => {
    const plane = new ControlPlane()
    const made = plane.made('Service', 'default', {
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    })
    const { clusterIP, clusterIPs, ports } = made.spec
    expect(clusterIP).toMatch(/^10\.96\.(?!0\.)\d+\.\d+$/)
    expect(clusterIPs).toEqual([clusterIP])
    const port = ports?.[0]?.nodePort ?? 0
    expect(port).toBeGreaterThanOrEqual(30_086)
    expect(port).toBeLessThanOrEqual(32_767)
    const body = { spec: { type: 'ClusterIP' } }
    plane.call({ verb: 'patch', kind: 'Service', namespace: 'default', name: 's', patchType: 'merge', body })
    const after = plane.read('Service', 'default', 's').spec
    expect([after.clusterIP, after.ports?.[0]?.nodePort]).toEqual([clusterIP, undefined])
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }
    expect(plane.create('Service', 'default', { metadata: { name: 't' }, spec }).code).toBe(201)
  })

  test('without an address of its own is left without', () => {
    const plane = new ControlPlane()
    const spec = { clusterIP: 'None', ports: [{ port: 80 }] }
    expect(plane.made('Service', 'default', { metadata: { name: 's' }, spec }).spec.clusterIP).toBe('None')
  })
})

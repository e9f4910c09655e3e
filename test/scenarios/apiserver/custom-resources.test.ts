/**
 * Goal: a definition makes a kind, for as long as it is there: on every server, over restarts, with watches and finalizers.
 * Method: real etcd and API servers; a definition of our own is created, conflicts with another, and goes.
 */
import { expect, test } from 'vitest'
import { millis, seconds } from '../../../src/events/time.ts'
import type { Definition } from '../../../src/kubernetes/custom-resources/definition.ts'
import { ControlPlane } from './control-plane.ts'

const KIND = 'boats.sea.example.com'

const definitionOf = (plural: string, kind: string): object => ({
  metadata: { name: `${plural}.sea.example.com` },
  spec: {
    group: 'sea.example.com',
    scope: 'Namespaced',
    names: { plural, kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { masts: { type: 'integer', default: 1 } } } },
          },
        },
      },
    ],
  },
})

const planeWithBoats = (servers = 1): ControlPlane => {
  const plane = new ControlPlane({ servers })
  plane.namespace('ns')
  plane.made('CustomResourceDefinition', undefined, definitionOf('boats', 'Boat'))
  plane.run(millis(200))
  return plane
}

const conditions = (plane: ControlPlane, name: string): Readonly<Record<string, string>> => {
  const { status }: Definition = plane.read('CustomResourceDefinition', undefined, name)
  return Object.fromEntries((status?.conditions ?? []).map(({ type, reason = '' }) => [type, reason]))
}

const boat = (name: string, metadata: object = {}): object => ({
  apiVersion: 'sea.example.com/v1',
  kind: 'Boat',
  metadata: { name, ...metadata },
  spec: {},
})

test('a definition is accepted, then established, in two writes', () => {
  const plane = planeWithBoats()
  expect(conditions(plane, KIND)).toEqual({ NamesAccepted: 'NoConflicts', Established: 'InitialNamesAccepted' })
  expect(plane.objects.history('CustomResourceDefinition', undefined, KIND)).toHaveLength(3)
})

test('its objects are written, listed and watched like any others, on every server', () => {
  const plane = planeWithBoats(2)
  const asked = { kind: KIND, apiVersion: 'sea.example.com/v1', revision: 0 } as const
  // The first request of all for a kind makes its cache.
  const first = plane.watch(asked, 2)
  plane.run(millis(100))
  expect(plane.ended(first)).toBe(429)
  const watch = plane.watch(asked, 2)
  expect(plane.made(KIND, 'ns', boat('argo'))).toMatchObject({ spec: { masts: 1 }, metadata: { generation: 1 } })
  plane.run(millis(100))
  expect(plane.told(watch)).toHaveLength(1)
  expect(plane.call({ verb: 'list', kind: KIND, namespace: 'ns' }, 2)).toMatchObject({ code: 200, items: 1 })
})

test('a server that starts again serves what is defined', () => {
  const plane = planeWithBoats()
  plane.made(KIND, 'ns', boat('argo'))
  plane.kernel.machines.kill('kube-apiserver/1', plane.kernel.seq)
  plane.kernel.machines.revive('kube-apiserver/1', plane.kernel.seq)
  plane.run(seconds(5))
  expect(plane.call({ verb: 'list', kind: KIND, namespace: 'ns' })).toMatchObject({ code: 200, items: 1 })
  const { revision = 0 } = plane.call({ verb: 'list', kind: KIND, namespace: 'ns' })
  const watch = plane.watch({ kind: KIND, revision })
  plane.made(KIND, 'ns', boat('fram'))
  plane.run(millis(100))
  expect(plane.told(watch)).toHaveLength(1)
})

test('names that are taken are not accepted, until they are free', () => {
  const plane = planeWithBoats()
  plane.made('CustomResourceDefinition', undefined, definitionOf('ships', 'Boat'))
  plane.run(millis(200))
  expect(conditions(plane, 'ships.sea.example.com')).toEqual({
    NamesAccepted: 'ListKindConflict',
    Established: 'NotAccepted',
  })
  expect(plane.create('ships.sea.example.com', 'ns', boat('argo')).code).toBe(404)
  plane.call({ verb: 'delete', kind: 'CustomResourceDefinition', name: KIND })
  plane.run(seconds(1))
  expect(conditions(plane, 'ships.sea.example.com')['Established']).toBe('InitialNamesAccepted')
})

test('a definition goes when its objects have gone, and they wait for their finalizers', () => {
  const plane = planeWithBoats()
  plane.made(KIND, 'ns', boat('argo'))
  plane.made(KIND, 'ns', boat('fram', { finalizers: ['sea.example.com/anchor'] }))
  const watch = plane.watch({ kind: KIND, revision: 0 })
  expect(plane.call({ verb: 'delete', kind: 'CustomResourceDefinition', name: KIND }).code).toBe(200)
  plane.run(seconds(1))
  expect(plane.exists(KIND, 'ns', 'argo')).toBe(false)
  expect(conditions(plane, KIND)['Terminating']).toBe('InstanceDeletionInProgress')
  expect(plane.create(KIND, 'ns', boat('late')).status?.message).toBe(
    'boats.sea.example.com "late" is forbidden: create not allowed while custom resource definition is terminating',
  )
  const body = { metadata: { finalizers: null } }
  plane.call({ verb: 'patch', kind: KIND, namespace: 'ns', name: 'fram', patchType: 'merge', body })
  plane.run(seconds(6))
  expect(plane.exists('CustomResourceDefinition', undefined, KIND)).toBe(false)
  expect(plane.ended(watch)).toBe(200)
  expect(plane.call({ verb: 'list', kind: KIND, namespace: 'ns' }).code).toBe(404)
})

/** In a group of the project's own. */
const approvedBy = (annotation: string): object =>
  JSON.parse(
    JSON.stringify({
      ...definitionOf('boats', 'Boat'),
      metadata: { name: 'boats.sea.k8s.io', annotations: { 'api-approved.kubernetes.io': annotation } },
    }).replace('sea.example.com', 'sea.k8s.io'),
  ) as object

test.each([
  ['https://github.com/kubernetes/kubernetes/pull/1', 'ApprovedAnnotation'],
  ['unapproved, an experiment', 'UnapprovedAnnotation'],
])("a definition in the project's own groups tells who has approved it: %s", (annotation, reason) => {
  const plane = new ControlPlane()
  plane.made('CustomResourceDefinition', undefined, approvedBy(annotation))
  plane.run(seconds(1))
  expect(conditions(plane, 'boats.sea.k8s.io')).toEqual({
    KubernetesAPIApprovalPolicyConformant: reason,
    NamesAccepted: 'NoConflicts',
    Established: 'InitialNamesAccepted',
  })
})

test('neither a URL nor a reason that begins with unapproved approves', () => {
  const body = approvedBy('the pope')
  const { code, status } = new ControlPlane().call({ verb: 'create', kind: 'CustomResourceDefinition', body })
  expect([code, status?.message]).toEqual([422, expect.stringContaining('a reason starting with "unapproved"')])
})

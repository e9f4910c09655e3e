/**
 * Goal: what each kind does when it is written, beyond the recorded answers of a real server (test/oracle).
 * Method: examples; and properties that hold for every served kind.
 */
import { describe, expect, test } from 'vitest'
import { imageTag } from '../../../src/kubernetes/defaulting/image.ts'
import type { Draft } from '../../../src/kubernetes/draft.ts'
import { strategyOf } from '../../../src/kubernetes/registry.ts'
import { formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'
import {
  conflict,
  forbidden,
  invalid,
  notFound,
  success,
  tooLargeResourceVersion,
} from '../../../src/kubernetes/status.ts'
import type { Service } from '../../../src/kubernetes/types/networking.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { Deployment } from '../../../src/kubernetes/types/workloads.ts'

const metadata = {
  name: 'x',
  namespace: 'd',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
}
const pods = strategyOf('Pod')
const created = (draft: Draft<Pod>): Pod => pods.prepareForCreate(pods.defaults(draft)) as Pod
const pod = created({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'nginx' }] } })

describe('pods', () => {
  test('defaults are idempotent', () => {
    expect(pods.defaults(pod)).toEqual(pod)
  })

  test('only some parts of a spec can be changed', () => {
    const changed = (spec: Draft<Pod['spec']>) =>
      pods.validateUpdate({ ...pod, spec: { ...pod.spec, ...spec } }, pod).map(formatFieldError)
    expect(changed({ containers: [{ ...pod.spec.containers[0], image: 'nginx:2' }] })).toEqual([])
    expect(changed({ activeDeadlineSeconds: 30 })).toEqual([])
    expect(changed({ tolerations: [{ operator: 'Exists' }] })).toEqual([])
    expect(changed({ nodeName: 'n1' })[0]).toMatch(/^spec: Forbidden: pod updates may not change fields other than/)
    expect(changed({ containers: [] })).toContain(
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    )
  })

  test('a scheduling gate can be taken away, not added', () => {
    const gated = created({ ...pod, spec: { ...pod.spec, schedulingGates: [{ name: 'a/b' }] } })
    expect(gated.status?.conditions?.[0]).toMatchObject({
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
    })
    expect(pods.validateUpdate(pod, gated)).toEqual([])
    expect(pods.validateUpdate(gated, pod).map(formatFieldError)).toContain(
      "spec.schedulingGates[0]: Forbidden: only deletion is allowed, but found new scheduling gate 'a/b'",
    )
  })

  test('a goodbye takes as long as asked, but only where a kubelet says it', () => {
    const bound = { ...pod, spec: { ...pod.spec, nodeName: 'n1' } }
    expect(pods.graceSeconds?.(bound, undefined)).toBe(30)
    expect(pods.graceSeconds?.(bound, 5)).toBe(5)
    expect(pods.graceSeconds?.(bound, -1)).toBe(1)
    expect(pods.graceSeconds?.(pod, 5)).toBe(0)
    expect(pods.graceSeconds?.({ ...bound, status: { phase: 'Failed' } }, 5)).toBe(0)
  })

  test('requests follow limits, host ports follow container ports', () => {
    const container = { name: 'c', image: 'i', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }
    const { spec } = created({ metadata, spec: { hostNetwork: true, containers: [container] } })
    expect(spec.containers[0]?.resources?.requests).toEqual({ cpu: '1' })
    expect(spec.containers[0]?.ports?.[0]).toEqual({ containerPort: 80, hostPort: 80, protocol: 'TCP' })
  })

  test('pod-level requests come from the containers, then from the limits', () => {
    const container = { name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }
    const { spec } = created({
      metadata,
      spec: { containers: [container], resources: { limits: { cpu: '1', memory: '1Gi' } } },
    })
    expect(spec.resources?.requests).toEqual({ cpu: '100m', memory: '1Gi' })
  })
})

test.each([
  ['nginx', 'latest'],
  ['nginx:1.2', '1.2'],
  ['localhost:5000/nginx', 'latest'],
  ['localhost:5000/nginx:v1', 'v1'],
  ['nginx@sha256:abc', ''],
  ['nginx:1@sha256:abc', '1'],
])('the tag of %s is %j', (image, tag) => {
  expect(imageTag(image)).toBe(tag)
})

describe('generations', () => {
  test('a Deployment’s counts what its owner asks for, annotations included', () => {
    const strategy = strategyOf('Deployment')
    const before: Draft<Deployment> = { metadata, spec: { replicas: 1 } }
    expect(strategy.bumpsGeneration({ ...before, status: { replicas: 1 } }, before)).toBe(false)
    expect(strategy.bumpsGeneration({ ...before, spec: { replicas: 2 } }, before)).toBe(true)
    expect(strategy.bumpsGeneration({ ...before, metadata: { ...metadata, annotations: { a: 'b' } } }, before)).toBe(
      true,
    )
    expect(strategy.bumpsGeneration({ ...before, metadata: { ...metadata, labels: { a: 'b' } } }, before)).toBe(false)
  })
})

describe('services', () => {
  const services = strategyOf('Service')
  const before: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'NodePort',
      clusterIP: '10.96.0.9',
      clusterIPs: ['10.96.0.9'],
      ports: [{ name: 'http', port: 80, protocol: 'TCP', nodePort: 30_080 }],
    },
  }
  const updated = (spec: Draft<Service['spec']>) =>
    services.prepareForUpdate(services.defaults({ ...before, spec }), before).spec

  test('what was given out stays when an update leaves it out', () => {
    expect(updated({ type: 'NodePort', ports: [{ name: 'http', port: 8080 }] })).toMatchObject({
      clusterIP: '10.96.0.9',
      clusterIPs: ['10.96.0.9'],
      ports: [{ port: 8080, nodePort: 30_080 }],
    })
  })

  test('what a type does not have goes with the type', () => {
    const internal = updated({ ...before.spec, type: 'ClusterIP' })
    expect(internal?.ports?.[0]).not.toHaveProperty('nodePort')
    expect(internal?.clusterIP).toBe('10.96.0.9')
    const external = updated({ ...before.spec, type: 'ExternalName', externalName: 'a.b' })
    expect(external?.clusterIP).toBeUndefined()
    expect(external?.ipFamilies).toBeUndefined()
  })
})

describe('answers', () => {
  const deployments = { group: 'apps', resource: 'deployments' }

  test('are worded as the API words them', () => {
    expect(notFound(deployments, 'web').message).toBe('deployments.apps "web" not found')
    expect(conflict({ group: '', resource: 'pods' }, 'p').message).toBe(
      'Operation cannot be fulfilled on pods "p": the object has been modified; please apply your changes to the latest version and try again',
    )
    expect(forbidden(deployments, '', 'User "bob" cannot list').message).toBe(
      'deployments.apps is forbidden: User "bob" cannot list',
    )
    expect(tooLargeResourceVersion(9, 5, 1)).toMatchObject({
      code: 504,
      message: 'Timeout: Too large resource version: 9, current: 5',
    })
    expect(success()).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
  })

  test('an invalid object lists every fault, each text once', () => {
    const error = { type: 'Required value', field: 'spec.x', detail: '' } as const
    const { message, details } = invalid({ group: 'apps', kind: 'Deployment' }, 'web', [
      error,
      error,
      { ...error, field: 'spec.y' },
    ])
    expect(message).toBe('Deployment.apps "web" is invalid: [spec.x: Required value, spec.y: Required value]')
    expect(details?.causes).toHaveLength(3)
  })

  test('values are quoted as Go quotes them', () => {
    const bad = (badValue: unknown) => formatFieldError({ type: 'Invalid value', field: 'f', badValue, detail: 'no' })
    expect(bad('a"b\u0000')).toBe('f: Invalid value: "a\\"b\\x00": no')
    expect(bad(5)).toBe('f: Invalid value: 5: no')
    expect(bad(undefined)).toBe('f: Invalid value: null: no')
    expect(bad({ a: [1] })).toBe('f: Invalid value: {"a":[1]}: no')
  })
})

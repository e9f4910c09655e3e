/**
 * Goal: every kind can be printed, whole or as the bare metadata that bookmarks are; the cells that take more than reading
 * a field are right.
 * Method: every kind of a v1.36 server that can be listed; small objects of ours for the rest.
 */
import { expect, test } from 'vitest'
import { printOne, printTable } from '../../../../src/kubernetes/printing/print-table.ts'

const CREATED = '2026-01-01T00:00:00Z'
const NOW = 65_000_000

const OWN_COLUMNS: Readonly<Record<string, string>> = {
  '': 'ComponentStatus ConfigMap Endpoints Event Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
  'admissionregistration.k8s.io':
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apiregistration.k8s.io': 'APIService',
  apps: 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  autoscaling: 'HorizontalPodAutoscaler Scale',
  batch: 'CronJob Job',
  'certificates.k8s.io': 'CertificateSigningRequest',
  'coordination.k8s.io': 'Lease',
  'discovery.k8s.io': 'EndpointSlice',
  'events.k8s.io': 'Event',
  'flowcontrol.apiserver.k8s.io': 'FlowSchema PriorityLevelConfiguration',
  'networking.k8s.io': 'IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR',
  'node.k8s.io': 'RuntimeClass',
  policy: 'PodDisruptionBudget',
  'rbac.authorization.k8s.io': 'ClusterRoleBinding RoleBinding',
  'resource.k8s.io': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
  'scheduling.k8s.io': 'PriorityClass',
  'storage.k8s.io': 'CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass',
}

const NO_COLUMNS: Readonly<Record<string, string>> = {
  '': 'LimitRange',
  'apiextensions.k8s.io': 'CustomResourceDefinition',
  'rbac.authorization.k8s.io': 'ClusterRole Role',
  'storage.k8s.io': 'CSIStorageCapacity',
}

const kindsOf = (groups: Readonly<Record<string, string>>) =>
  Object.entries(groups).flatMap(([group, kinds]) => kinds.split(' ').map((kind) => ({ group, kind })))

const object = (kind: string, members: object = {}, apiVersion = 'v1') => ({
  ...{ apiVersion, kind },
  metadata: { name: 'x', uid: 'u', resourceVersion: '7', creationTimestamp: CREATED },
  ...members,
})

const cellsOf = (group: string, kind: string, members: object, apiVersion?: string) =>
  printOne({ group, kind }, object(kind, members, apiVersion), { now: NOW }).rows[0]?.cells

test.each(kindsOf(OWN_COLUMNS))('$group $kind has columns of its own, and a bookmark has a row', ({ group, kind }) => {
  const metadata = { resourceVersion: '9', name: '', uid: '', creationTimestamp: '' }
  const { columnDefinitions, rows } = printOne({ group, kind }, { apiVersion: 'v1', kind, metadata }, { now: NOW })
  expect(columnDefinitions?.map(({ name }) => name)).toContain('Name')
  expect(columnDefinitions?.map(({ name }) => name)).not.toContain('Created At')
  const unnamed = kind === 'IPAddress' ? 1 : 0
  expect(rows[0]?.cells).toHaveLength((columnDefinitions?.length ?? 0) + unnamed)
  expect(JSON.stringify(rows[0]?.cells)).not.toMatch(/undefined|NaN|\[object/)
})

test.each(kindsOf(NO_COLUMNS))('$group $kind has only a name and a time', ({ group, kind }) => {
  const { columnDefinitions, rows } = printOne({ group, kind }, object(kind), { now: NOW })
  expect(columnDefinitions?.map(({ name, type }) => `${name} ${type}`)).toEqual(['Name string', 'Created At date'])
  expect(rows[0]?.cells).toEqual(['x', CREATED])
})

test('an Endpoints names three addresses and counts the others', () => {
  const addresses = ['10.0.0.1', '10.0.0.2'].map((ip) => ({ ip }))
  const subsets = [{ addresses, ports: [{ port: 80 }, { port: 443 }] }]
  expect(cellsOf('', 'Endpoints', { subsets })?.[1]).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 1 more...')
  expect(cellsOf('', 'Endpoints', { subsets: [{ addresses: [{ ip: 'fd00::1' }] }] })?.[1]).toBe('fd00::1')
  expect(cellsOf('', 'Endpoints', { subsets: [{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 1 }] }] })?.[1]).toBe(
    '[fd00::1]:1',
  )
})

test('an EndpointSlice names ports without a number, and says when there are none', () => {
  const ports = [{ port: 80 }, { name: 'grpc' }, {}, { port: 1 }, { port: 2 }]
  const members = { addressType: 'IPv4', ports, endpoints: null }
  expect(cellsOf('discovery.k8s.io', 'EndpointSlice', members)?.slice(1, 4)).toEqual([
    'IPv4',
    '80,grpc,* + 2 more...',
    '<unset>',
  ])
})

test("a balancer's addresses are sorted, the Service's own follow", () => {
  const spec = {
    type: 'LoadBalancer',
    externalIPs: ['9.9.9.9'],
    ports: [{ port: 80, nodePort: 30_080, protocol: 'TCP' }],
  }
  const status = { loadBalancer: { ingress: [{ hostname: 'b.example' }, { ip: '1.1.1.1' }, { ip: '1.1.1.1' }] } }
  expect(cellsOf('', 'Service', { spec, status })?.slice(1, 5)).toEqual([
    'LoadBalancer',
    '<none>',
    '1.1.1.1,b.example,9.9.9.9',
    '80:30080/TCP',
  ])
  expect(cellsOf('', 'Service', { spec: { type: 'LoadBalancer' } })?.[3]).toBe('<pending>')
})

test('hosts beyond the third rule are counted in rules', () => {
  const rules = ['a', 'b', '', 'c', 'd', ''].map((host) => ({ host }))
  expect(cellsOf('networking.k8s.io', 'Ingress', { spec: { rules } })?.[2]).toBe('a,b,c + 3 more...')
})

test('a quota shows requests and limits apart, by name', () => {
  const hard = { pods: '10', 'limits.cpu': '2000m', 'requests.cpu': '1' }
  const status = { hard, used: { pods: '3', 'limits.cpu': '500m' } }
  expect(cellsOf('', 'ResourceQuota', { status })?.slice(1, 3)).toEqual([
    'pods: 3/10, requests.cpu: 0/1',
    'limits.cpu: 500m/2',
  ])
})

test('access modes are short, in their order, and only of a claim that is bound', () => {
  const accessModes = ['ReadWriteMany', 'ReadWriteOnce', 'ReadWriteMany']
  const status = { phase: 'Pending', accessModes, capacity: { storage: '1024Mi' } }
  expect(cellsOf('', 'PersistentVolumeClaim', { spec: {}, status })?.slice(2, 5)).toEqual(['', '', ''])
  const spec = { volumeName: 'v', storageClassName: 'fast' }
  expect(cellsOf('', 'PersistentVolumeClaim', { spec, status })?.slice(2, 6)).toEqual(['v', '1Gi', 'RWO,RWX', 'fast'])
})

test("a node's roles come from two labels; its kernel has the architecture behind it", () => {
  const labels = { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge', 'node-role.kubernetes.io/': 'x' }
  const metadata = { name: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: CREATED, labels }
  const conditions = [{ type: 'Ready', status: 'Unknown' }]
  const status = { conditions, nodeInfo: { kernelVersion: '6.1', architecture: 'arm64', kubeletVersion: 'v1.36.0' } }
  const cells = cellsOf('', 'Node', { metadata, spec: { unschedulable: true }, status })
  expect(cells?.slice(0, 5)).toEqual(['n', 'NotReady,SchedulingDisabled', 'edge,worker', '65s', 'v1.36.0'])
  expect(cells?.[8]).toBe('6.1 (arm64)')
})

test.each([
  [{ spec: { completions: 5 }, status: { succeeded: 2 } }, '2/5'],
  [{ spec: { parallelism: 3 }, status: { succeeded: 1 } }, '1/1 of 3'],
  [{ spec: { parallelism: 1 } }, '0/1'],
])('completions of a Job: %j', (members, told) => {
  expect(cellsOf('batch', 'Job', members)?.[2]).toBe(told)
})

test('a Job takes until it completes, or until now', () => {
  const startTime = '2026-01-01T00:00:05Z'
  expect(cellsOf('batch', 'Job', { status: { startTime } })?.[3]).toBe('60s')
  const status = {
    startTime,
    completionTime: '2026-01-01T00:00:15Z',
    conditions: [{ type: 'Complete', status: 'True' }],
  }
  expect(cellsOf('batch', 'Job', { status })?.slice(1, 4)).toEqual(['Complete', '0/1', '10s'])
  expect(cellsOf('batch', 'Job', { spec: {} })?.[3]).toBe('')
})

test("an autoscaler shows two metrics, wanted and measured, in the v2 API's shape and in v1's", () => {
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    { type: 'Object', object: { target: { averageValue: '1000m' } } },
    { type: 'Pods', pods: { target: { averageValue: '5' } } },
  ]
  const currentMetrics = [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40 } } },
    { type: 'Object', object: { current: { averageValue: '1' } } },
  ]
  const scaleTargetRef = { kind: 'Deployment', name: 'd' }
  const v2 = { spec: { scaleTargetRef, metrics, maxReplicas: 9 }, status: { currentMetrics, currentReplicas: 2 } }
  expect(cellsOf('autoscaling', 'HorizontalPodAutoscaler', v2)).toEqual([
    ...['x', 'Deployment/d', 'cpu: 40%/80%, 1/1 (avg) + 1 more...', '<unset>', 9, 2, '65s'],
  ])
  const v1 = { spec: { targetCPUUtilizationPercentage: 80 }, status: { currentCPUUtilizationPercentage: 7 } }
  expect(cellsOf('autoscaling', 'HorizontalPodAutoscaler', v1)?.[2]).toBe('cpu: 7%/80%')
  const broken = {
    metadata: { ...object('x').metadata, annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '{' } },
  }
  expect(cellsOf('autoscaling', 'HorizontalPodAutoscaler', broken)?.[2]).toBe('<none>')
})

test('an event is told alike in both APIs; a series outweighs the count', () => {
  const core = {
    ...{ type: 'Warning', reason: 'BackOff', message: ' again\n', count: 3 },
    involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{c}' },
    source: { component: 'kubelet', host: 'n1' },
    ...{ firstTimestamp: CREATED, lastTimestamp: '2026-01-01T00:01:00Z' },
  }
  const cells = ['5s', 'Warning', 'BackOff', 'pod/p', 'spec.containers{c}', 'kubelet, n1', 'again', '65s', 3, 'x']
  expect(cellsOf('', 'Event', core)).toEqual(cells)
  const events = {
    ...{ type: 'Warning', reason: 'BackOff', note: 'again', deprecatedCount: 3, regarding: core.involvedObject },
    ...{
      deprecatedSource: core.source,
      deprecatedFirstTimestamp: CREATED,
      deprecatedLastTimestamp: core.lastTimestamp,
    },
  }
  expect(cellsOf('events.k8s.io', 'Event', events, 'events.k8s.io/v1')).toEqual(cells)
  const series = { count: 40, lastObservedTime: '2026-01-01T00:01:04.000000Z' }
  const running = cellsOf('', 'Event', { ...core, series })
  expect([running?.[0], running?.[8]]).toEqual(['1s', 40])
})

test('a revision names what it belongs to by kind, group and name', () => {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'o', controller: true }]
  const metadata = { ...object('x').metadata, ownerReferences }
  expect(cellsOf('apps', 'ControllerRevision', { metadata, revision: 4 })).toEqual([
    'x',
    'statefulset.apps/db',
    4,
    '65s',
  ])
})

test('flow schemas stand in the order in which they are tried', () => {
  const schema = (name: string, matchingPrecedence: number) =>
    object('FlowSchema', { metadata: { ...object('x').metadata, name }, spec: { matchingPrecedence } })
  const list = [schema('a', 500), schema('c', 1), schema('b', 1)]
  const { rows } = printTable({ group: 'flowcontrol.apiserver.k8s.io', kind: 'FlowSchema' }, list, { now: NOW })
  expect(rows.map(({ cells }) => cells[0])).toEqual(['b', 'c', 'a'])
})

test('a request for a certificate that failed after its approval says both', () => {
  const status = { conditions: [{ type: 'Approved' }, { type: 'Failed' }] }
  const spec = { signerName: 'example.com/s', username: 'alice', expirationSeconds: 3600 }
  expect(cellsOf('certificates.k8s.io', 'CertificateSigningRequest', { spec, status })?.slice(2)).toEqual([
    ...['example.com/s', 'alice', '60m', 'Approved,Failed'],
  ])
})

test("a binding's parameter may be chosen by labels", () => {
  const selector = {
    matchLabels: { b: '2', a: '1' },
    matchExpressions: [{ key: 'k', operator: 'In', values: ['v', 'w'] }],
  }
  const told = cellsOf('admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', {
    spec: { policyName: 'p', paramRef: { selector } },
  })
  expect(told?.[2]).toBe(
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[v w],},},}',
  )
})

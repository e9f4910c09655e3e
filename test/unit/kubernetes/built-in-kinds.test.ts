/**
 * Goal: what storage, networking, roles, certificates, devices and policies do when they are written, beyond the recorded
 * answers of a real server (test/oracle).
 * Method: examples through the kinds' strategies; each says what stands in the object, or what is told to be wrong.
 */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import { readObject } from '../../../src/kubernetes/read-object.ts'
import type { Kind, KindMap } from '../../../src/kubernetes/kinds.ts'
import { kindRow, rowByResource, SERVED_KINDS, strategyOf } from '../../../src/kubernetes/registry.ts'
import { approvalStrategy } from '../../../src/kubernetes/strategy/certificates.ts'
import { FieldErrors, formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const NOW = '2026-01-01T00:00:00Z'
const LATER = '2026-01-01T00:05:00Z'
const ALICE = { name: 'alice', groups: ['system:masters'] }

/** An object as it is stored: read, defaulted, prepared. */
function created<K extends Kind>(kind: K, members: object, name = 'x'): KindMap[K] {
  const row = kindRow(kind)
  const metadata = {
    name,
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: NOW,
    ...(row.namespaced ? { namespace: 'd' } : {}),
  }
  const read = readObject(row, { apiVersion: row.apiVersion, kind, metadata, ...members })
  if (read._tag === 'Left') throw new Error(JSON.stringify(read.left))
  const strategy = strategyOf(kind)
  return strategy.prepareForCreate(strategy.defaults(read.right.object as never), NOW, ALICE) as KindMap[K]
}

const problems = <K extends Kind>(kind: K, members: object, name?: string): readonly string[] =>
  strategyOf(kind)
    .validate(created(kind, members, name) as never)
    .map(formatFieldError)

const changes = <K extends Kind>(kind: K, next: KindMap[K], before: KindMap[K]): readonly string[] =>
  strategyOf(kind)
    .validateUpdate(next as never, before)
    .map(formatFieldError)

const CLAIM = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
const VOLUME = { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/d' } } }

describe('volumes and claims', () => {
  test('a claim that is not bound may be given a volume, once, and no other size', () => {
    const claim = created('PersistentVolumeClaim', CLAIM)
    const bound = { ...claim, spec: { ...claim.spec, volumeName: 'v' } }
    expect(changes('PersistentVolumeClaim', bound, claim)).toEqual([])
    const moved = { ...bound, spec: { ...bound.spec, volumeName: 'w' } }
    expect(changes('PersistentVolumeClaim', moved, bound)[0]).toMatch(/^spec: Forbidden: spec is immutable/)
    const larger = { ...claim, spec: { ...claim.spec, resources: { requests: { storage: '2Gi' } } } }
    expect(changes('PersistentVolumeClaim', larger, claim)[0]).toMatch(/^spec: Forbidden: spec is immutable/)
  })

  test('a bound claim may grow, and not shrink below what it has', () => {
    const claim = created('PersistentVolumeClaim', CLAIM)
    const status = { phase: 'Bound', capacity: { storage: '1Gi' } } as const
    const bound = { ...claim, status, spec: { ...claim.spec, volumeName: 'v' } }
    const sized = (storage: string) => ({ ...bound, spec: { ...bound.spec, resources: { requests: { storage } } } })
    expect(changes('PersistentVolumeClaim', sized('2Gi'), bound)).toEqual([])
    expect(changes('PersistentVolumeClaim', sized('512Mi'), bound)).toEqual([
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ])
  })

  test('a source that is no claim and no snapshot stands in the newer field only', () => {
    const dataSourceRef = { apiGroup: 'example.com', kind: 'Backup', name: 'b' }
    const claim = created('PersistentVolumeClaim', { spec: { ...CLAIM.spec, dataSourceRef } })
    expect(claim.spec.dataSource).toEqual(dataSourceRef)
    const old = created('PersistentVolumeClaim', { spec: { ...CLAIM.spec, dataSource: dataSourceRef } })
    expect(old.spec).not.toHaveProperty('dataSource')
  })

  test("a volume's phase carries the time of its last change", () => {
    const { prepareForStatusUpdate } = strategyOf('PersistentVolume')
    const volume = created('PersistentVolume', VOLUME)
    expect(volume.status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: NOW })
    const bound = { ...volume, status: { ...volume.status, phase: 'Bound' as const } }
    expect(prepareForStatusUpdate?.(bound, volume, LATER).status?.lastPhaseTransitionTime).toBe(LATER)
    expect(prepareForStatusUpdate?.(volume, volume, LATER).status?.lastPhaseTransitionTime).toBe(NOW)
  })

  test('the source of a volume is for ever', () => {
    const volume = created('PersistentVolume', VOLUME)
    const other = { ...volume, spec: { ...volume.spec, hostPath: { path: '/e', type: '' } } }
    expect(changes('PersistentVolume', other, volume)[0]).toMatch(/^spec.persistentvolumesource: Forbidden/)
  })
})

describe('certificates', () => {
  const PEM = btoa('-----BEGIN CERTIFICATE REQUEST-----\nx\n-----END CERTIFICATE REQUEST-----\n')
  const request = created('CertificateSigningRequest', {
    spec: { request: PEM, signerName: 'example.com/s', usages: ['client auth'], username: 'mallory' },
  })
  const approved = { ...request, status: { conditions: [{ type: 'Approved', status: 'True' as const }] } }
  const approval = (next: typeof approved, before = request): readonly string[] => {
    const errors = new FieldErrors()
    approvalStrategy.checkUpdate(next, before, errors)
    return errors.list.map(formatFieldError)
  }

  test('the server writes down who asks, whatever the request says', () => {
    expect(request.spec).toMatchObject({ username: 'alice', groups: ['system:masters'] })
  })

  test('only through its own subresource is a request approved, once and for all', () => {
    expect(
      strategyOf('CertificateSigningRequest').validateStatusUpdate(approved, request).map(formatFieldError),
    ).toEqual(['status.conditions: Forbidden: updates may not add a condition of type "Approved"'])
    expect(approval(approved)).toEqual([])
    const denied = { ...request, status: { conditions: [{ type: 'Denied', status: 'True' as const }] } }
    expect(approval(denied, approved)).toEqual([
      'status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
    ])
    const timed = approvalStrategy.prepareForUpdate(approved, request, LATER)
    expect(timed.status?.conditions?.[0]).toMatchObject({ lastUpdateTime: LATER, lastTransitionTime: LATER })
  })
})

describe('rules of single kinds', () => {
  test('a binding names users of the API group of roles, and keeps its role', () => {
    const binding = created('RoleBinding', {
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [{ kind: 'User', name: 'u' }],
    })
    expect(binding.subjects?.[0]?.apiGroup).toBe('rbac.authorization.k8s.io')
    const other = { ...binding, roleRef: { ...binding.roleRef, name: 'other' } }
    expect(changes('RoleBinding', other, binding)[0]).toMatch(/^roleRef: Invalid value: .*: cannot change roleRef$/)
    expect(changes('RoleBinding', { ...binding, subjects: [] }, binding)).toEqual([])
  })

  test('a policy is about what goes out when it says so', () => {
    const types = (spec: object) => created('NetworkPolicy', { spec: { podSelector: {}, ...spec } }).spec.policyTypes
    expect(types({})).toEqual(['Ingress'])
    expect(types({ egress: [{}] })).toEqual(['Ingress', 'Egress'])
  })

  test('an exception lies within its block', () => {
    const peer = { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.0.0.0/8'] } }
    expect(problems('NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [peer] }] } })).toEqual([
      'spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
    ])
  })

  test('addresses are named in their canonical form', () => {
    const spec = { parentRef: { resource: 'services', name: 's', namespace: 'd' } }
    expect(problems('IPAddress', { spec }, '2001:db8::1')).toEqual([])
    expect(problems('IPAddress', { spec }, '2001:db8:0::1')[0]).toMatch(/must be in canonical form \("2001:db8::1"\)$/)
  })

  test('a local API service is available at once, another is not', () => {
    const spec = { group: 'a.example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 }
    const local = created('APIService', { spec }, 'v1.a.example.com')
    expect(local.status?.conditions?.[0]).toMatchObject({ type: 'Available', status: 'True', reason: 'Local' })
    const remote = created(
      'APIService',
      { spec: { ...spec, service: { name: 's', namespace: 'n' } } },
      'v1.a.example.com',
    )
    expect(remote.spec.service?.port).toBe(443)
    expect(remote.status).toEqual({})
  })

  test('a claim asks for one device, unless it asks for all', () => {
    const asked = (exactly: object) =>
      created('ResourceClaim', { spec: { devices: { requests: [{ name: 'r', exactly }] } } }).spec.devices
        ?.requests?.[0]?.exactly
    expect(asked({ deviceClassName: 'gpu' })).toMatchObject({ allocationMode: 'ExactCount', count: 1 })
    expect(asked({ deviceClassName: 'gpu', allocationMode: 'All' })).not.toHaveProperty('count')
  })

  test('a claim is reserved only when it is allocated', () => {
    const claim = created('ResourceClaim', { spec: {} })
    const reserved = { ...claim, status: { reservedFor: [{ resource: 'pods', name: 'p', uid: 'q' }] } }
    expect(strategyOf('ResourceClaim').validateStatusUpdate(reserved, claim).map(formatFieldError)).toEqual([
      'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
    ])
  })

  test('a driver of volumes is counted from its first change on', () => {
    const driver = created('CSIDriver', { spec: {} })
    const { bumpsGeneration, initialGeneration } = strategyOf('CSIDriver')
    expect(initialGeneration).toBeUndefined()
    expect(bumpsGeneration({ ...driver, spec: { ...driver.spec, podInfoOnMount: true } }, driver)).toBe(true)
  })

  test('an Event of the newer version says when it was, the older may leave it open', () => {
    const row = rowByResource('events.k8s.io', 'events', 'v1')
    const metadata = { name: 'x', namespace: 'd' }
    const read =
      row && readObject(row, { metadata, regarding: { kind: 'Pod', namespace: 'd' }, type: 'Normal', note: 'n' })
    if (read?._tag !== 'Right' || row?.strategy === undefined) throw new Error('events.k8s.io/v1 is served')
    expect(read.right.object).toMatchObject({ apiVersion: 'v1', involvedObject: { kind: 'Pod' }, message: 'n' })
    expect(row.strategy.validate(read.right.object).map(formatFieldError)).toEqual(['eventTime: Required value'])
    expect(kindRow('Event').strategy?.validate(read.right.object)).toEqual([])
    expect(row.conversion?.fromHub(read.right.object as ApiObject)).toMatchObject({
      note: 'n',
      regarding: { kind: 'Pod' },
    })
  })
})

test('of every served kind, defaults of what is defaulted change nothing', () => {
  for (const row of SERVED_KINDS) {
    const read = readObject(row, { apiVersion: row.apiVersion, kind: row.kind, metadata: { name: 'x' } })
    if (read._tag === 'Left' || row.strategy === undefined) throw new Error(row.kind)
    const once = row.strategy.defaults(read.right.object)
    expect(row.strategy.defaults(once), row.kind).toEqual(once)
  }
  expect(SERVED_KINDS.length).toBeGreaterThan(50)
})

/**
 * Goal: StatefulSets, DaemonSets, ReplicationControllers, Pod templates and revisions are written as upstream writes them.
 * Method: small objects of ours through defaults, preparation and validation; what may change and what may not, field by field.
 */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Draft } from '../../../src/kubernetes/draft.ts'
import type { Kind, KindMap } from '../../../src/kubernetes/kinds.ts'
import { strategyOf } from '../../../src/kubernetes/registry.ts'
import type { PodTemplateSpec } from '../../../src/kubernetes/types/pod.ts'
import type { StatefulSetSpec } from '../../../src/kubernetes/types/workloads.ts'
import { formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const metadata = {
  name: 'x',
  namespace: 'd',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
}
const template: Draft<PodTemplateSpec> = {
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
}
const selector = { matchLabels: { app: 'a' } }

const created = <K extends Kind>(kind: K, draft: Draft<KindMap[K]>): KindMap[K] => {
  const strategy = strategyOf(kind)
  return strategy.prepareForCreate(strategy.defaults({ apiVersion: 'v1', kind, metadata, ...draft })) as KindMap[K]
}
const complaints = <K extends Kind>(kind: K, object: Draft<KindMap[K]>): readonly string[] =>
  strategyOf(kind).validate(object).map(formatFieldError)
const updateComplaints = <K extends Kind>(kind: K, next: Draft<KindMap[K]>, before: KindMap[K]): readonly string[] =>
  strategyOf(kind).validateUpdate(next, before).map(formatFieldError)

describe('StatefulSets', () => {
  const set = created('StatefulSet', { spec: { selector, template, serviceName: 's' } })
  const withSpec = (spec: Draft<StatefulSetSpec>) => ({ ...set, spec: { ...set.spec, ...spec } })

  test('are taken as they are by default', () => {
    expect(complaints('StatefulSet', set)).toEqual([])
    expect(set.spec).toMatchObject({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    })
    expect(set.status).toEqual({ replicas: 0, availableReplicas: 0 })
  })

  test('a strategy that names its type is not filled with what it leaves out', () => {
    const named = created('StatefulSet', { spec: { selector, template, updateStrategy: { type: 'RollingUpdate' } } })
    expect(named.spec.updateStrategy).toEqual({ type: 'RollingUpdate' })
  })

  test('their Pods may mount what is claimed for them', () => {
    const containers = [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }]
    const mounting = { ...template, spec: { containers } }
    const claims = [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'] as const, resources: { requests: { storage: '1Gi' } } },
      },
    ]
    const spec = { selector, template: mounting, volumeClaimTemplates: claims }
    expect(complaints('StatefulSet', created('StatefulSet', { spec }))).toEqual([])
    const without = created('StatefulSet', { spec: { selector, template: mounting } })
    expect(complaints('StatefulSet', without)).toEqual([
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ])
    const empty = { ...spec, volumeClaimTemplates: [{ metadata: { name: 'data' } }] }
    expect(complaints('StatefulSet', created('StatefulSet', { spec: empty }))).toEqual([
      'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
    ])
    expect(created('StatefulSet', { spec }).spec.volumeClaimTemplates?.[0]).toMatchObject({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: { volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    })
  })

  test('scale and roll, and keep their identity', () => {
    expect(
      updateComplaints('StatefulSet', withSpec({ replicas: 3, minReadySeconds: 5, ordinals: { start: 2 } }), set),
    ).toEqual([])
    const refused =
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
    expect(updateComplaints('StatefulSet', withSpec({ serviceName: 't' }), set)).toEqual([refused])
    expect(updateComplaints('StatefulSet', withSpec({ podManagementPolicy: 'Parallel' }), set)).toEqual([refused])
    expect(strategyOf('StatefulSet').bumpsGeneration(withSpec({ replicas: 3 }), set)).toBe(true)
    expect(
      strategyOf('StatefulSet').bumpsGeneration({ ...set, metadata: { ...metadata, labels: { a: 'b' } } }, set),
    ).toBe(false)
  })

  test('what a feature that is off would say is dropped, unless it was there', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } as const
    const made = created('StatefulSet', { spec: { selector, template, updateStrategy } })
    expect(made.spec.updateStrategy?.rollingUpdate).toEqual({ partition: 0 })
    const old = { ...made, spec: { ...made.spec, updateStrategy } }
    expect(strategyOf('StatefulSet').prepareForUpdate(old, old).spec?.updateStrategy).toEqual(updateStrategy)
  })

  test('counts of a status agree with each other, and collisions are not forgotten', () => {
    const counted = { ...set, status: { replicas: 1, readyReplicas: 2, availableReplicas: 3 } }
    const before = { ...set, status: { replicas: 0, collisionCount: 2 } }
    expect(strategyOf('StatefulSet').validateStatusUpdate(counted, before).map(formatFieldError)).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.readyReplicas',
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ])
  })
})

describe('DaemonSets', () => {
  const set = created('DaemonSet', { spec: { selector, template } })
  const GENERATION = 'deprecated.daemonset.template.generation'
  const annotated = ({ metadata: { annotations } }: ApiObject): unknown => annotations?.[GENERATION]

  test('one Pod at a time is replaced by default', () => {
    expect(complaints('DaemonSet', set)).toEqual([])
    expect(set.spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    })
  })

  test('count how often their template has changed, whatever users write there', () => {
    const strategy = strategyOf('DaemonSet')
    const forged = { ...set, metadata: { ...set.metadata, annotations: { [GENERATION]: '77' } } }
    expect(annotated(set)).toBe('1')
    expect(annotated(strategy.prepareForUpdate(forged, set) as ApiObject)).toBe('1')
    const changed = {
      ...forged,
      spec: { ...set.spec, template: { ...set.spec.template, metadata: { labels: { app: 'a', v: '2' } } } },
    }
    expect(annotated(strategy.prepareForUpdate(changed, set) as ApiObject)).toBe('2')
  })

  test('either surge or leave out, not both', () => {
    const rolling = (maxUnavailable: number | string, maxSurge: number | string) => {
      const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } } as const
      return complaints('DaemonSet', { ...set, spec: { ...set.spec, updateStrategy } })
    }
    const at = 'spec.updateStrategy.rollingUpdate'
    expect(rolling(0, '20%')).toEqual([])
    expect(rolling(0, 0)).toEqual([`${at}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`])
    expect(rolling(1, 1)).toEqual([`${at}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`])
    expect(rolling('101%', 0)).toEqual([`${at}.maxUnavailable: Invalid value: "101%": must not be greater than 100%`])
  })

  test('keep their selector', () => {
    const next = { ...set, spec: { ...set.spec, selector: { matchLabels: { app: 'b' } } } }
    expect(updateComplaints('DaemonSet', next, set)).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ])
  })
})

describe('older kinds', () => {
  test('a ReplicationController selects what its template is labelled with', () => {
    const made = created('ReplicationController', { spec: { template } })
    expect(made.spec).toMatchObject({ replicas: 1, selector: { app: 'a' } })
    expect(made.metadata.labels).toEqual({ app: 'a' })
    expect(complaints('ReplicationController', made)).toEqual([])
    const other = created('ReplicationController', { spec: { template, selector: { app: 'b' } } })
    expect(complaints('ReplicationController', other)).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ])
    expect(complaints('ReplicationController', created('ReplicationController', { spec: {} }))).toEqual([
      'spec.selector: Required value',
      'spec.template: Required value',
    ])
  })

  test('a Pod template is a template with defaults, and counts its changes', () => {
    const made = created('PodTemplate', { template })
    expect(made.template.spec.restartPolicy).toBe('Always')
    expect(complaints('PodTemplate', made)).toEqual([])
    const { bumpsGeneration } = strategyOf('PodTemplate')
    expect(bumpsGeneration({ ...made, metadata: { ...metadata, labels: { a: 'b' } } }, made)).toBe(false)
    expect(bumpsGeneration({ ...made, template: { ...made.template, metadata: {} } }, made)).toBe(true)
  })

  test("a revision's data stays, its number may grow", () => {
    const made = created('ControllerRevision', { data: { a: 1 }, revision: 1 })
    expect(complaints('ControllerRevision', { ...made, data: undefined })).toEqual([
      'data: Required value: data is mandatory',
    ])
    expect(updateComplaints('ControllerRevision', { ...made, revision: 2 }, made)).toEqual([])
    expect(updateComplaints('ControllerRevision', { ...made, data: { a: 2 } }, made)).toEqual([
      'data: Invalid value: {"a":2}: field is immutable',
    ])
  })
})

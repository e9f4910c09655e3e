/**
 * Goal: an autoscaler is one object, whichever of its versions it is written and shown in.
 * Method: examples with the annotations that a real server writes; a property that going to the old version and back changes
 * nothing; reads, writes and patches in the old version.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Draft } from '../../../src/kubernetes/draft.ts'
import { patchObject } from '../../../src/kubernetes/patch/patch.ts'
import { readObject } from '../../../src/kubernetes/read-object.ts'
import {
  kindRow,
  rowByApiVersion,
  rowByResource,
  SERVED_IN_ALL_VERSIONS,
  SERVED_KINDS,
  shownAs,
  strategyOf,
} from '../../../src/kubernetes/registry.ts'
import type { HorizontalPodAutoscaler, MetricSpec } from '../../../src/kubernetes/types/autoscaling.ts'
import { formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const KIND = 'HorizontalPodAutoscaler'
const strategy = strategyOf(KIND)
const metadata = {
  name: 'x',
  namespace: 'd',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
}
const scaleTargetRef = { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }
const created = (spec: Draft<HorizontalPodAutoscaler['spec']>): HorizontalPodAutoscaler =>
  strategy.prepareForCreate(
    strategy.defaults({
      apiVersion: 'autoscaling/v2',
      kind: KIND,
      metadata,
      spec: { scaleTargetRef, maxReplicas: 3, ...spec },
    }),
  ) as HorizontalPodAutoscaler
const found = (spec: Draft<HorizontalPodAutoscaler['spec']>) => strategy.validate(created(spec)).map(formatFieldError)

const old = rowByApiVersion('autoscaling/v1', KIND)
if (old === undefined) throw new Error('autoscaling/v1 is served')

describe('the kind', () => {
  test('is one kind with two versions', () => {
    expect(SERVED_KINDS.filter(({ kind }) => kind === KIND)).toHaveLength(1)
    const versions = SERVED_IN_ALL_VERSIONS.filter(({ kind }) => kind === KIND).map(({ apiVersion }) => apiVersion)
    expect(versions).toEqual(['autoscaling/v2', 'autoscaling/v1'])
    expect(rowByResource('autoscaling', 'horizontalpodautoscalers')).toBe(kindRow(KIND))
    expect(rowByResource('autoscaling', 'horizontalpodautoscalers', 'v1')).toBe(old)
    expect(rowByResource('autoscaling', 'horizontalpodautoscalers', 'v3')).toBeUndefined()
  })
})

describe('defaults and rules', () => {
  test('the processor at 80 %, and rules for both directions where there are some for one', () => {
    expect(created({}).spec.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ])
    const { behavior } = created({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } }).spec
    expect(behavior?.scaleUp?.policies).toHaveLength(2)
    expect(behavior?.scaleDown).toMatchObject({ stabilizationWindowSeconds: 60, selectPolicy: 'Max' })
    expect(found({})).toEqual([])
  })

  test('a metric has the source of its type, and no other', () => {
    const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } as const
    const pods = { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '1' } } as const
    expect(found({ metrics: [{ type: 'Pods', pods, resource }] })).toEqual([
      'spec.metrics[0].resource: Forbidden: must populate the given metric source only',
    ])
    expect(found({ metrics: [{ type: 'Pods', resource }] })).toEqual([
      'spec.metrics[0].pods: Required value: must populate information for the given metric source',
    ])
    expect(
      found({ metrics: [{ type: 'Pods', pods: { ...pods, target: { type: 'AverageValue', averageValue: '0' } } }] }),
    ).toEqual(['spec.metrics[0].pods.target.averageValue: Invalid value: "0": must be positive'])
  })

  test('an empty list of policies is not an absent one', () => {
    const read = readObject(kindRow(KIND), {
      metadata: { name: 'x' },
      spec: { scaleTargetRef, maxReplicas: 1, behavior: { scaleUp: { policies: [] } } },
    })
    if (either.isLeft(read)) throw new Error('it can be read')
    const errors = strategy.validate(strategy.defaults({ ...read.right.object, metadata })).map(formatFieldError)
    expect(errors).toEqual(['spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'])
  })
})

describe('the old version', () => {
  test('says of the processor what it can, of the rest in annotations', () => {
    const memory: MetricSpec = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } },
    }
    const cpu: MetricSpec = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 55 } },
    }
    const shown = shownAs(old, created({ metrics: [memory, cpu] }))
    expect(shown).toMatchObject({
      apiVersion: 'autoscaling/v1',
      metadata: {
        annotations: {
          'autoscaling.alpha.kubernetes.io/metrics':
            '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"100Mi"}}]',
        },
      },
      spec: { minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 55 },
      status: { currentReplicas: 0, desiredReplicas: 0 },
    })
    expect(shown).not.toHaveProperty('spec.metrics')
  })

  test('is read into the stored one, and refuses fields of the other', () => {
    const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 55 }
    const body = { apiVersion: 'autoscaling/v1', kind: KIND, metadata: { name: 'x' }, spec }
    expect(readObject(old, body)).toMatchObject({
      right: {
        object: { apiVersion: 'autoscaling/v2', spec: { metrics: [{ resource: { name: 'cpu' } }] } },
        warnings: [],
      },
    })
    expect(either.isLeft(readObject(kindRow(KIND), body))).toBe(true)
    expect(readObject(old, { ...body, spec: { ...spec, metrics: [] } })).toMatchObject({
      right: { warnings: ['unknown field "spec.metrics"'] },
    })
  })

  test('is what a patch in it changes', () => {
    const stored = created({})
    const patched = patchObject(old, stored, 'merge', { spec: { targetCPUUtilizationPercentage: 30 } })
    if (either.isLeft(patched)) throw new Error('it can be patched')
    expect(shownAs(kindRow(KIND), patched.right.object as HorizontalPodAutoscaler)).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { metrics: [{ resource: { target: { averageUtilization: 30 } } }] },
    })
  })

  test('there and back, nothing is lost', () => {
    fc.assert(
      fc.property(autoscalers, (autoscaler) => {
        const back = old.conversion?.toHub(shownAs(old, autoscaler))
        const { metrics = [], ...spec } = autoscaler.spec
        const isCpu = (metric: MetricSpec) => metric.resource?.name === 'cpu'
        // The processor goes to the end: upstream adds it after the others.
        const expected = [...metrics.filter((one) => !isCpu(one)), ...metrics.filter(isCpu)]
        expect(back).toEqual({ ...autoscaler, spec: { ...spec, metrics: expected } })
      }),
    )
  })
})

const quantities = fc.constantFrom('1', '30', '1k', '100Mi')
const names = fc.constantFrom('qps', 'q')
const identifiers = fc.record(
  { name: names, selector: fc.constant({ matchLabels: { a: 'b' } }) },
  { requiredKeys: ['name'] },
)
const averages = quantities.map((averageValue) => ({ type: 'AverageValue' as const, averageValue }))
const values = quantities.map((value) => ({ type: 'Value' as const, value }))
const metrics: fc.Arbitrary<MetricSpec> = fc.oneof(
  fc.record({ type: fc.constant('Pods' as const), pods: fc.record({ metric: identifiers, target: averages }) }),
  fc.record({
    type: fc.constant('External' as const),
    external: fc.record({ metric: identifiers, target: fc.oneof(averages, values) }),
  }),
  fc.record({
    type: fc.constant('Object' as const),
    object: fc.record({ describedObject: fc.constant(scaleTargetRef), target: values, metric: identifiers }),
  }),
  fc.record({
    type: fc.constant('Resource' as const),
    resource: fc.record({ name: fc.constant('memory'), target: averages }),
  }),
  fc.record({
    type: fc.constant('ContainerResource' as const),
    containerResource: fc.record({ name: fc.constant('cpu'), target: averages, container: fc.constant('c') }),
  }),
)
const processor: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
}

const autoscalers = fc
  .record({
    others: fc.array(metrics, { maxLength: 3 }),
    replicas: fc.integer({ min: 1, max: 9 }),
    behaves: fc.boolean(),
    conditions: fc.boolean(),
  })
  .map(({ others, replicas, behaves, conditions }): HorizontalPodAutoscaler => {
    const made = created({
      metrics: [processor, ...others],
      ...(behaves ? { behavior: { scaleUp: { tolerance: '50m' } } } : {}),
    })
    const condition = { type: 'AbleToScale', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' } as const
    return {
      ...made,
      status: {
        currentReplicas: replicas,
        desiredReplicas: replicas,
        ...(conditions ? { conditions: [condition] } : {}),
      },
    }
  })

/**
 * Goal: what limits a namespace, and Endpoints, are written as upstream writes them.
 * Method: small objects of ours; for LimitRanges a property: what the defaults fill in is what validation accepts.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Draft } from '../../../src/kubernetes/draft.ts'
import { strategyOf } from '../../../src/kubernetes/registry.ts'
import type { LimitRangeItem, ResourceQuota } from '../../../src/kubernetes/types/core.ts'
import type { EndpointSubset } from '../../../src/kubernetes/types/networking.ts'
import { formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const metadata = { name: 'x', namespace: 'd', resourceVersion: '1' }

describe('LimitRanges', () => {
  const strategy = strategyOf('LimitRange')
  const withItems = (...limits: readonly Draft<LimitRangeItem>[]) => strategy.defaults({ metadata, spec: { limits } })
  const found = (...limits: readonly Draft<LimitRangeItem>[]) =>
    strategy.validate(withItems(...limits)).map(formatFieldError)

  test('a container gets the most as its limit, the least as its request where there is no limit', () => {
    const { spec } = withItems({ type: 'Container', max: { cpu: '2' }, min: { cpu: '1', memory: '1Mi' } })
    expect(spec?.limits?.[0]).toMatchObject({
      default: { cpu: '2' },
      defaultRequest: { cpu: '2', memory: '1Mi' },
    })
    expect(withItems({ type: 'Pod', max: { cpu: '2' } }).spec?.limits?.[0]).toEqual({ type: 'Pod', max: { cpu: '2' } })
  })

  test('amounts that contradict each other are refused', () => {
    expect(found({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '2' } })).toEqual([
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1',
    ])
    expect(found({ type: 'Pod', min: { cpu: '1' }, max: { cpu: '3' }, maxLimitRequestRatio: { cpu: '4' } })).toEqual([
      'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "4": ratio 4 is greater than max/min = 3.000000',
    ])
    expect(found({ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } })).toEqual([
      'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1',
    ])
    expect(found({ type: 'Pod', max: { storage: '1' } })).toEqual([
      'spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers',
    ])
  })

  test('a range without limits is one', () => {
    expect(strategy.validate(strategy.defaults({ metadata, spec: {} }))).toEqual([])
  })

  test('defaults between least and most are valid', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (least, more) => {
        const [min, max] = [{ cpu: `${least}m` }, { cpu: `${least + more}m` }]
        expect(found({ type: 'Container', min, max })).toEqual([])
        if (more > 0) expect(found({ type: 'Container', min: max, max: min })).not.toEqual([])
      }),
    )
  })
})

describe('ResourceQuotas', () => {
  const strategy = strategyOf('ResourceQuota')
  type Spec = Draft<ResourceQuota['spec']>
  const found = (spec: Spec) => strategy.validate({ metadata, spec }).map(formatFieldError)

  test('count what can be counted', () => {
    expect(found({ hard: { pods: '1', 'count/widgets.example.com': '2', 'requests.nvidia.com/gpu': '1' } })).toEqual([])
    expect(found({ hard: { storage: '1' } })).toEqual([
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
    ])
    expect(found({ hard: { pods: '500m' } })).toEqual(['spec.hard[pods]: Invalid value: "500m": must be an integer'])
  })

  test('a scope narrows only what it can', () => {
    expect(found({ hard: { pods: '1' }, scopes: ['BestEffort'] })).toEqual([])
    expect(found({ hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] })).toEqual([
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ])
    const at = 'spec.scopeSelector.matchExpressions'
    const selecting = (operator: 'In' | 'Exists', values?: readonly string[]) => {
      const expression = { scopeName: 'PriorityClass', operator, ...(values === undefined ? {} : { values }) }
      return found({ hard: { pods: '1' }, scopeSelector: { matchExpressions: [expression] } })
    }
    expect(selecting('In', ['high'])).toEqual([])
    expect(selecting('In')).toEqual([
      `${at}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ])
    expect(selecting('Exists', ['high'])).toEqual([
      `${at}.values: Invalid value: ["high"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
    ])
  })

  test('scopes stay, and a new quota has used nothing yet', () => {
    const made = strategy.prepareForCreate({ metadata, spec: {}, status: { used: { pods: '1' } } }) as ResourceQuota
    expect(made.status).toEqual({})
    const next = { ...made, spec: { scopes: ['BestEffort'] } }
    expect(strategy.validateUpdate(next, made).map(formatFieldError)).toContain(
      'spec.scopes: Invalid value: ["BestEffort"]: field is immutable',
    )
  })
})

describe('Endpoints', () => {
  const strategy = strategyOf('Endpoints')
  const found = (subset: Draft<EndpointSubset>) =>
    strategy.validate(strategy.defaults({ metadata, subsets: [subset] })).map(formatFieldError)

  test('are addresses with ports, by TCP unless told otherwise', () => {
    expect(found({ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] })).toEqual([])
    expect(strategy.defaults({ metadata, subsets: [{ ports: [{ port: 80 }] }] }).subsets?.[0]?.ports).toEqual([
      { port: 80, protocol: 'TCP' },
    ])
  })

  test('several ports have names, and addresses are those of endpoints', () => {
    expect(found({ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }, { port: 81, name: 'b' }] })).toEqual([
      'subsets[0].ports[0].name: Required value',
    ])
    expect(found({})).toEqual(['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'])
    expect(found({ notReadyAddresses: [{ ip: '169.254.1.1' }] })).toEqual([
      'subsets[0].notReadyAddresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ])
  })
})

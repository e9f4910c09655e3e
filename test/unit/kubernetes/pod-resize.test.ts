/**
 * Goal: through its subresource `resize` a Pod's processors and memory can be changed, and nothing else.
 * Method: tables of changes with the API server's words; small Pods go through the subresource's strategy and through admission.
 */
import { kindRow } from '../../../src/kubernetes/registry.ts'
import { describe, expect, test } from 'vitest'
import { limitRanger } from '../../../src/actors/apiserver/admission/limit-ranger.ts'
import type { Draft } from '../../../src/kubernetes/draft.ts'
import { subresourceStrategy } from '../../../src/kubernetes/strategy/subresources.ts'
import { strategyOf } from '../../../src/kubernetes/registry.ts'
import type { Container, ResourceRequirements } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodSpec, PodStatus } from '../../../src/kubernetes/types/pod.ts'
import { FieldErrors, formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'
import { attributes, meta, worldOf } from '../apiserver/admission-world.ts'

const strategy = subresourceStrategy('Pod', 'resize')

const podOf = (spec: Partial<PodSpec>, status?: PodStatus): Pod => {
  const draft = { apiVersion: 'v1', kind: 'Pod', metadata: meta('p', 'default'), spec: { containers: [], ...spec } }
  return { ...(strategyOf('Pod').defaults(draft) as Pod), ...(status === undefined ? {} : { status }) }
}
const app = (resources: ResourceRequirements, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: 'i',
  resources,
  ...more,
})
const asks = (cpu: string, memory = '1Gi'): ResourceRequirements => ({ requests: { cpu, memory } })
const all = (cpu: string, memory = '1Gi'): ResourceRequirements => ({ ...asks(cpu, memory), limits: { cpu, memory } })

/** What becomes of a Pod whose spec somebody changes through the subresource. */
const changed = (
  before: Pod,
  spec: Draft<PodSpec>,
): { readonly pod: Draft<Pod>; readonly problems: readonly string[] } => {
  const next = strategyOf('Pod').defaults({ ...before, spec: { ...before.spec, ...spec } })
  const pod = strategy?.prepareForUpdate(next, before, '2026-01-01T00:00:00Z') ?? next
  const errors = new FieldErrors()
  strategy?.checkUpdate(pod, before, errors)
  return { pod, problems: errors.list.map(formatFieldError) }
}

describe('through `resize`', () => {
  test.each([
    ['more', asks('1'), asks('2')],
    ['less', all('2', '2Gi'), all('1', '1Gi')],
    ['a request where there was none', { requests: { cpu: '1' } }, asks('1')],
  ])('%s is taken', (_, before, after) => {
    const { pod, problems } = changed(podOf({ containers: [app(before)] }), { containers: [app(after)] })
    expect(problems).toEqual([])
    expect(pod.spec?.containers?.[0]?.resources).toMatchObject(after)
    expect(strategy?.bumpsGeneration(pod, podOf({ containers: [app(before)] }))).toBe(true)
  })

  test('policies can be set, and other fields stay as they are', () => {
    const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
    const { pod, problems } = changed(podOf({ containers: [app(asks('1'))] }), {
      hostname: 'other',
      containers: [app(asks('2'), { image: 'other', resizePolicy })],
    })
    expect(problems).toEqual([])
    expect(pod.spec?.hostname).toBeUndefined()
    expect(pod.spec?.containers?.[0]).toMatchObject({ image: 'i', resizePolicy, resources: asks('2') })
  })

  const init = (resources: ResourceRequirements, more: Partial<Container> = {}): Container =>
    app(resources, { name: 'first', ...more })
  const restarts = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
  const running: PodStatus = {
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, image: '', imageID: '', state: { running: {} } }],
  }
  const cases: readonly (readonly [string, Pod, Draft<PodSpec>, readonly string[]])[] = [
    [
      'another class',
      podOf({ containers: [app(asks('1'))] }),
      { containers: [app(all('1'))] },
      ['spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing'],
    ],
    [
      'a request that goes',
      podOf({ containers: [app(asks('1'))] }),
      { containers: [app({ requests: { cpu: '1' } })] },
      ['spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed'],
    ],
    [
      'a limit that goes',
      podOf({ containers: [app({ ...asks('1'), limits: { cpu: '2' } })] }),
      { containers: [app(asks('1'))] },
      ['spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed'],
    ],
    [
      'other resources',
      podOf({ containers: [app(asks('1'))] }),
      { containers: [app({ requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' } })] },
      ['spec: Forbidden: only cpu and memory resources are mutable'],
    ],
    [
      'one container more',
      podOf({ containers: [app(asks('1'))] }),
      { containers: [app(asks('1')), app(asks('1'), { name: 'more' })] },
      ['spec.containers: Forbidden: containers may not be added or removed on resize'],
    ],
    [
      'another name',
      podOf({ containers: [app(asks('1'))] }),
      { containers: [app(asks('1'), { name: 'other' })] },
      ['spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize'],
    ],
    [
      'an init container that would have to be restarted',
      podOf({ containers: [app(asks('1'))], initContainers: [init(asks('1'), { resizePolicy: restarts })] }),
      { initContainers: [init(asks('2'), { resizePolicy: restarts })] },
      [
        'spec.initContainers[0]: Forbidden: non-sidecar init containers with a resize policy of RestartContainer cannot be resized',
      ],
    ],
    [
      'a Pod-level request that goes',
      podOf({ containers: [app({})], resources: asks('1') }),
      { resources: { requests: { cpu: '1' } } },
      ['spec.resources.requests: Forbidden: pod-level resource requests cannot be removed'],
    ],
    [
      'a node that cannot do it',
      podOf({ containers: [app(asks('1'))] }, running),
      { containers: [app(asks('2'))] },
      ['spec: Forbidden: Pod running on node without support for resize'],
    ],
  ]

  test.each(cases)('%s is refused', (_, before, spec, problems) => {
    expect(changed(before, spec).problems).toEqual(problems)
  })

  test('Pod-level resources can be changed', () => {
    const { pod, problems } = changed(podOf({ containers: [app({})], resources: asks('1') }), { resources: asks('2') })
    expect(problems).toEqual([])
    expect(pod.spec?.resources).toEqual(asks('2'))
  })
})

describe('policies', () => {
  const found = (policies: Container['resizePolicy'], restartPolicy: PodSpec['restartPolicy'] = 'Always') =>
    strategyOf('Pod')
      .validate(podOf({ restartPolicy, containers: [app(asks('1'), { resizePolicy: policies })] }))
      .map(formatFieldError)

  test.each([
    [[{ resourceName: 'cpu', restartPolicy: 'NotRequired' }], 'Always', []],
    [
      [{ resourceName: 'disk', restartPolicy: 'NotRequired' }],
      'Always',
      ['spec.containers[0].resizePolicy[0]: Unsupported value: "disk": supported values: "cpu", "memory"'],
    ],
    [
      [{ resourceName: 'cpu', restartPolicy: 'Never' }],
      'Always',
      [
        'spec.containers[0].resizePolicy[0]: Unsupported value: "Never": supported values: "NotRequired", "RestartContainer"',
      ],
    ],
    [
      [
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      ],
      'Always',
      ['spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"'],
    ],
    [
      [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
      'Never',
      [
        "spec.containers[0].resizePolicy[0]: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'",
      ],
    ],
  ] as const)('%j in a Pod that is restarted %s', (policies, restartPolicy, problems) => {
    expect(found(policies, restartPolicy)).toEqual(problems)
  })
})

test('a LimitRange bounds a resize', () => {
  const spec = { limits: [{ type: 'Container', max: { cpu: '2' } }] }
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: meta('bounds', 'default'), spec }
  const world = worldOf([range])
  const before = podOf({ containers: [app(all('1'))] })
  const about = attributes({
    ...{ kind: 'Pod', resource: kindRow('Pod'), name: 'p' },
    ...{ operation: 'UPDATE', subresource: 'resize', old: before },
  })
  expect(limitRanger.applies('UPDATE', 'Pod', 'resize')).toBe(true)
  expect(limitRanger.applies('UPDATE', 'Pod', '')).toBe(false)
  const refused = limitRanger.validate?.(podOf({ containers: [app(all('3'))] }), about, world)
  expect(JSON.stringify(refused)).toContain('maximum cpu usage per Container is 2, but limit is 3')
  expect(limitRanger.validate?.(podOf({ containers: [app(all('2'))] }), about, world)).toBeUndefined()
})

/**
 * Goal: a Pod is bound once, scaled workloads change in one number, and evictions never exceed a disruption budget.
 * Method: one API server over one real etcd member; calls, then a look at the stored objects.
 */
import { describe, expect, test } from 'vitest'
import { ControlPlane, pod, type Answered } from './control-plane.ts'

const inNamespace = (): ControlPlane => {
  const plane = new ControlPlane()
  plane.namespace('ns')
  return plane
}

const bind = (plane: ControlPlane, name: string, node: string): Answered => {
  const body = { metadata: { name }, target: { kind: 'Node', name: node } }
  return plane.call({ verb: 'create', kind: 'Pod', namespace: 'ns', name, subresource: 'binding', body })
}

describe('binding', () => {
  test('gives a Pod its node once', () => {
    const plane = inNamespace()
    plane.made('Pod', 'ns', pod('p'))
    expect(bind(plane, 'p', 'n1').code).toBe(201)
    const bound = plane.read('Pod', 'ns', 'p')
    expect([bound.spec.nodeName, bound.metadata.generation]).toEqual(['n1', 1])
    expect(bound.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(['PodScheduled=True'])
    const again = bind(plane, 'p', 'n2')
    expect(again.status?.message).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    )
    expect(plane.read('Pod', 'ns', 'p').spec.nodeName).toBe('n1')
  })

  test('brings the zone and region of the node along', () => {
    const plane = inNamespace()
    const labels = { 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1', other: 'x' }
    plane.made('Node', undefined, { metadata: { name: 'n1', labels } })
    plane.made('Pod', 'ns', pod('p'))
    bind(plane, 'p', 'n1')
    expect(plane.read('Pod', 'ns', 'p').metadata.labels).toEqual({
      'topology.kubernetes.io/zone': 'z1',
      'topology.kubernetes.io/region': 'r1',
    })
  })

  test('of one Pod by two schedulers at once: one wins', () => {
    const plane = inNamespace()
    plane.made('Pod', 'ns', pod('p'))
    const requests = ['n1', 'n2'].map((node) => {
      const body = { metadata: { name: 'p' }, target: { kind: 'Node', name: node } }
      return plane.send({ verb: 'create', kind: 'Pod', namespace: 'ns', name: 'p', subresource: 'binding', body })
    })
    plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
    expect(requests.map((request) => plane.answer(request)?.code).toSorted()).toEqual([201, 409])
  })
})

test('a scale that is only tried bears the version of what it leaves alone', () => {
  const plane = new ControlPlane()
  plane.namespace('ns')
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template }
  const { resourceVersion } = plane.made('Deployment', 'ns', { metadata: { name: 'd' }, spec }).metadata
  const target = { kind: 'Deployment', namespace: 'ns', name: 'd', subresource: 'scale' } as const
  const body = { metadata: { name: 'd', namespace: 'ns' }, spec: { replicas: 9 } }
  const tried = plane.call({ verb: 'update', ...target, body, options: { dryRun: true } })
  expect(tried.body).toMatchObject({ metadata: { resourceVersion }, spec: { replicas: 9 } })
  expect(plane.read('Deployment', 'ns', 'd').spec.replicas).toBe(1)
})

test('scale changes the replicas of a workload and nothing else', () => {
  const plane = inNamespace()
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  plane.made('Deployment', 'ns', { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } })
  const target = { kind: 'Deployment', namespace: 'ns', name: 'd', subresource: 'scale' } as const
  const scale = plane.call({ verb: 'get', ...target })
  expect(scale.body).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 0, selector: 'a=b' } })
  const body = { ...(scale.body as object), spec: { replicas: 4 } }
  expect(plane.call({ verb: 'update', ...target, body }).body).toMatchObject({ spec: { replicas: 4 } })
  const after = plane.read('Deployment', 'ns', 'd')
  expect([after.spec.replicas, after.metadata.generation]).toEqual([4, 2])
  expect(plane.call({ verb: 'update', ...target, body }).code).toBe(409)
})

describe('eviction', () => {
  const running = (plane: ControlPlane, name: string, phase = 'Running'): void => {
    plane.made('Pod', 'ns', pod(name, { nodeName: 'n' }, { labels: { app: 'x' } }))
    const status = { phase, conditions: [{ type: 'Ready', status: 'True' }] }
    plane.call({
      verb: 'patch',
      kind: 'Pod',
      namespace: 'ns',
      name,
      subresource: 'status',
      patchType: 'merge',
      body: { status },
    })
  }

  const budget = (plane: ControlPlane, name: string, status: object | undefined): void => {
    const spec = { minAvailable: 1, selector: { matchLabels: { app: 'x' } } }
    plane.made('PodDisruptionBudget', 'ns', { metadata: { name }, spec })
    if (status === undefined) return
    const body = { status: { observedGeneration: 1, ...status } }
    const target = { kind: 'PodDisruptionBudget', namespace: 'ns', name, subresource: 'status' } as const
    plane.call({ verb: 'patch', ...target, patchType: 'merge', body })
  }

  const evict = (plane: ControlPlane, name: string, deleteOptions?: object): number =>
    plane.send({
      verb: 'create',
      kind: 'Pod',
      namespace: 'ns',
      name,
      subresource: 'eviction',
      body: { metadata: { name }, ...(deleteOptions && { deleteOptions }) },
    })

  const evicted = (plane: ControlPlane, names: readonly string[]): readonly Answered[] => {
    const requests = names.map((name) => evict(plane, name))
    plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
    return requests.map((request) => plane.answer(request) as Answered)
  }

  test('without a budget deletes, with the reason in a condition', () => {
    const plane = inNamespace()
    running(plane, 'p')
    const [answer] = evicted(plane, ['p'])
    expect(answer?.code).toBe(201)
    const { metadata, status } = plane.read('Pod', 'ns', 'p')
    expect(metadata.deletionGracePeriodSeconds).toBe(30)
    expect(status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason).toBe('EvictionByEvictionAPI')
  })

  test('of two Pods at once under a budget of one lets one go', () => {
    const plane = inNamespace()
    running(plane, 'p1')
    running(plane, 'p2')
    budget(plane, 'b', { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 })
    const answers = evicted(plane, ['p1', 'p2'])
    expect(answers.map(({ code }) => code).toSorted()).toEqual([201, 429])
    const { status } = plane.read('PodDisruptionBudget', 'ns', 'b')
    expect([status?.disruptionsAllowed, Object.keys(status?.disruptedPods ?? {}).length]).toEqual([0, 1])
    const going = ['p1', 'p2'].filter((name) => plane.read('Pod', 'ns', name).metadata.deletionTimestamp !== undefined)
    expect(going).toHaveLength(1)
  })

  test('waits for a budget that its controller has not looked at', () => {
    const plane = inNamespace()
    running(plane, 'p')
    budget(plane, 'b', undefined)
    const [answer] = evicted(plane, ['p'])
    expect([answer?.code, answer?.status?.details?.retryAfterSeconds]).toEqual([429, 10])
  })

  test.each(['Running', 'Succeeded'])('that is only tried, as its body says, leaves a Pod that is %s', (phase) => {
    const plane = inNamespace()
    running(plane, 'p', phase)
    budget(plane, 'b', { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 })
    const request = evict(plane, 'p', { dryRun: ['All'] })
    plane.runUntil(() => plane.answer(request) !== undefined)
    expect(plane.answer(request)?.code).toBe(201)
    const { metadata, status } = plane.read('Pod', 'ns', 'p')
    expect([metadata.deletionTimestamp, status?.conditions?.length]).toEqual([undefined, 1])
    expect(plane.read('PodDisruptionBudget', 'ns', 'b').status?.disruptionsAllowed).toBe(1)
  })

  test('under two budgets fails', () => {
    const plane = inNamespace()
    running(plane, 'p')
    budget(plane, 'b1', { disruptionsAllowed: 1 })
    budget(plane, 'b2', { disruptionsAllowed: 1 })
    const [answer] = evicted(plane, ['p'])
    expect(answer?.status?.message).toBe(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  })
})

/**
 * Goal: what the small worlds of claims and of tainted devices forbid is really forbidden: a controller that does it is found,
 * and by the pattern that it is meant for.
 * Method: each world with a controller that has one planted bug, of the kind that a hasty author makes.
 */
import { describe, expect, test } from 'vitest'
import { resourceClaimController } from '../../src/actors/controllers/resource-claim/resource-claim.ts'
import { defineController, type Controller } from '../../src/engine/client/controller.ts'
import { keyOf, splitKey } from '../../src/engine/client/keys.ts'
import { call, type Sync } from '../../src/engine/client/sync.ts'
import { controllerReference } from '../../src/kubernetes/owners.ts'
import { exhaust } from '../sieve/exhaust.ts'
import type { Disturbance, SmallWorld } from '../sieve/world.ts'
import { deviceTaintEviction } from '../sieve/worlds/device-taint-eviction.ts'
import { resourceClaim } from '../sieve/worlds/resource-claim.ts'

const patterns = (world: SmallWorld, ...controllers: readonly Controller[]): ReadonlySet<Disturbance['pattern']> => {
  const { findings } = exhaust({ ...world, controllers: () => controllers })
  return new Set(findings.map(({ disturbance }) => disturbance.pattern))
}

/** Makes a claim for whoever's status names none, and never looks whether it has made it already. */
const forgetfulMaker = defineController({
  name: 'resourceclaim-controller',
  kinds: ['Pod', 'ResourceClaimTemplate'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ kind, after }) => (kind === 'Pod' && after !== undefined ? [keyOf(after)] : []),

  *reconcile(key, { view }): Sync {
    const { namespace, name } = splitKey(key)
    const pod = view.get('Pod', namespace, name)
    const template = view.get('ResourceClaimTemplate', namespace, 'one-gpu')
    if (pod === undefined || template === undefined || pod.status?.resourceClaimStatuses !== undefined) return
    if (pod.spec.resourceClaims?.[0]?.resourceClaimTemplateName === undefined) return
    const metadata = { generateName: `${name}-gpu-`, ownerReferences: [controllerReference(pod)] }
    const body = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata, spec: template.spec.spec }
    const made = yield* call({ verb: 'create', kind: 'ResourceClaim', namespace, body })
    const resourceClaimName = made.ok ? made.object?.metadata.name : undefined
    const status = { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName }] }
    const target = { verb: 'patch', patchType: 'merge', kind: 'Pod', namespace, name, subresource: 'status' } as const
    yield* call({ ...target, body: { status } })
  },
})

/** Takes Pods off claims because it does not see them, without asking the API server. */
const blindRelease = defineController({
  name: 'blind-release',
  kinds: ['Pod', 'ResourceClaim'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ kind, after }) => (kind === 'ResourceClaim' && after !== undefined ? [keyOf(after)] : []),

  *reconcile(key, { view }): Sync {
    const { namespace, name } = splitKey(key)
    const claim = view.get('ResourceClaim', namespace, name)
    const users = claim?.status?.reservedFor ?? []
    if (claim === undefined || users.every((user) => view.get('Pod', namespace, user.name) !== undefined)) return
    yield* call({
      verb: 'update',
      kind: 'ResourceClaim',
      namespace,
      name,
      subresource: 'status',
      body: { ...claim, status: {} },
    })
  },
})

/** Evicts by a device's taint; `late`: only in the moment in which it comes; `stubborn`: even if it is gone by then. */
const evicts = (bug?: 'late' | 'stubborn'): Controller =>
  defineController<{ readonly planned: Set<string> }>({
    name: 'device-taint-eviction-controller',
    kinds: ['Pod', 'ResourceClaim', 'ResourceSlice'],
    workers: 1,
    memory: () => ({ planned: new Set() }),

    *wakes({ kind }, { view }) {
      if (bug === 'late' && kind !== 'ResourceSlice') return
      for (const pod of view.list('Pod')) yield keyOf(pod)
    },

    *reconcile(key, { view, memory, monotonic }): Sync {
      const { namespace, name } = splitKey(key)
      const pod = view.get('Pod', namespace, name)
      const claim = view.get('ResourceClaim', namespace, name)
      const [result] = claim?.status?.allocation?.devices?.results ?? []
      const slice = view.list('ResourceSlice').find(({ spec }) => spec.nodeName === result?.pool)
      const taint = slice?.spec.devices?.[0]?.taints?.[0]
      const isPlanned = bug === 'stubborn' && memory.planned.has(key)
      if (pod === undefined || (taint === undefined && !isPlanned)) return
      const [toleration] = result?.tolerations ?? []
      if (toleration !== undefined && toleration.tolerationSeconds === undefined) return
      memory.planned.add(key)
      // Both taints of this world come in its second second.
      const wait = 1_010_000 + (toleration?.tolerationSeconds ?? 0) * 1_000_000 - monotonic
      if (wait > 0) return { after: wait }
      if (pod.metadata.deletionTimestamp === undefined) yield* call({ verb: 'delete', kind: 'Pod', namespace, name })
    },
  })

describe('claims', () => {
  const calm: SmallWorld = { ...resourceClaim, script: {}, finally: () => undefined }

  test('without a bug nothing is found', () => {
    expect([...patterns(resourceClaim, resourceClaimController)]).toEqual([])
  })
  test('who makes a second claim after a crash is found by a restart', () => {
    const found = patterns(calm, forgetfulMaker)
    expect(found).not.toContain('none')
    expect(found).toContain('restart')
  })
  test('who takes devices from a running Pod that is not in view is found by a stale view', () => {
    const found = patterns(resourceClaim, resourceClaimController, blindRelease)
    expect(found).not.toContain('none')
    expect(found).toContain('stale')
  })
})

describe('tainted devices', () => {
  test('without a bug nothing is found', () => {
    expect([...patterns(deviceTaintEviction, evicts())]).toEqual([])
  })
  test('who looks only when a taint comes is found by the Pod that comes later', () => {
    expect(patterns(deviceTaintEviction, evicts('late'))).toContain('none')
  })
  test('who goes on though the taint is gone is found by the Pod that was to be spared', () => {
    expect(patterns(deviceTaintEviction, evicts('stubborn'))).toContain('none')
  })
})

/** Storms: what users ask for, and what breaks meanwhile, drawn by fast-check. A storm is data: it can be run again. */
import { KubeConfig } from '@kubernetes/client-node'
import fc from 'fast-check'
import {
  createCluster,
  crash,
  kill,
  minutes,
  partition,
  seconds,
  serveInProcess,
  slowDisk,
  type Fault,
} from '../../src/index.ts'
import { Harness } from './harness.ts'
import type { Reconcile } from './reconcile.ts'

type Step =
  | { readonly what: 'create' | 'scale' | 'delete'; readonly site: string; readonly replicas: number }
  | { readonly what: 'break'; readonly fault: Fault; readonly inMs: number; readonly seconds: number }
  | { readonly what: 'restart the operator' }

export interface Storm {
  readonly seed: number
  readonly controlPlane: 1 | 3
  /** Each with the time that passes after it. */
  readonly steps: readonly (readonly [Step, number])[]
}

const site = fc.constantFrom('shop', 'blog')
const users: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('create' as const, 'scale' as const, 'delete' as const),
  site,
  replicas: fc.integer({ min: 0, max: 3 }),
})
const faults: fc.Arbitrary<Step> = fc.record({
  what: fc.constant('break' as const),
  fault: fc.constantFrom(
    kill('kube-apiserver/0'),
    kill('etcd-leader'),
    kill('kube-controller-manager/0'),
    slowDisk('cp-1', 200),
    partition('cp-1', 'cp-2'),
    crash('node-1'),
  ),
  inMs: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 5_000 })),
  seconds: fc.integer({ min: 1, max: 90 }),
})
const step = fc.oneof(users, faults, fc.constant<Step>({ what: 'restart the operator' }))

/** Milliseconds. Races want short ones, recovery wants long ones. */
const pause = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 20_000 }))

export const storms: fc.Arbitrary<Storm> = fc.record({
  seed: fc.nat(1_000),
  controlPlane: fc.constantFrom(1, 3),
  steps: fc.array(fc.tuple(step, pause), { minLength: 2, maxLength: 8 }),
})

/** A website there at the start, the storm, and then time enough to settle. */
export const stormAndCalm = async (
  { seed, controlPlane, steps }: Storm,
  reconcile: Reconcile,
): Promise<{ readonly problems: readonly string[]; readonly digest: string }> => {
  const cluster = createCluster({ nodes: 2, controlPlane, seed })
  const api = serveInProcess(cluster)
  await api.run(seconds(10))
  const it = await Harness.start(cluster, api, api.configure(new KubeConfig()), reconcile)
  try {
    for (const [step, milliseconds] of steps) {
      await take(step, it)
      await api.run(milliseconds * 1_000)
    }
    cluster.heal()
    await api.run(minutes(1))
    return { problems: await it.settle(), digest: cluster.digest() }
  } finally {
    await it.stop()
    api.close()
  }
}

const take = async (step: Step, it: Harness): Promise<void> => {
  try {
    if (step.what === 'create') await it.create(step.site, { replicas: step.replicas })
    else if (step.what === 'scale') await it.change(step.site, { replicas: step.replicas })
    else if (step.what === 'delete') await it.remove(step.site)
    else if (step.what === 'break') it.plan(step.fault, step.inMs, step.seconds)
    else await it.restart()
  } catch {
    // There is one of that name, or none, or nobody to ask: users live with it.
  }
}

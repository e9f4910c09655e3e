/**
 * Goal: revisions grow, roll-backs bring ReplicaSets back with their history, old ones are cleaned up; Recreate waits for
 * the last old Pod.
 * Method: views of a Deployment with a history; the writes and what they leave.
 */
import { describe, expect, test } from 'vitest'
import { newReplicaSetAnnotations } from '../../../src/actors/controllers/deployment/annotations.ts'
import { deploymentController } from '../../../src/actors/controllers/deployment/deployment.ts'
import { seconds } from '../../../src/events/time.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { deployment, pod, replicaSet, secondsAt } from './objects.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'

describe('the annotations of a ReplicaSet', () => {
  test('come from the Deployment, but for its own affairs', () => {
    const before = deployment()
    const annotations = {
      team: 'shop',
      [REVISION]: '7',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'deprecated.deployment.rollback.to': '1',
    }
    const owner = { ...before, metadata: { ...before.metadata, annotations } }
    expect(newReplicaSetAnnotations(owner, undefined, 2)).toEqual({ team: 'shop', [REVISION]: '2' })
  })

  test('keep a revision that is greater than the others', () => {
    expect(newReplicaSetAnnotations(deployment(), { [REVISION]: '9' }, 3)).toEqual({ [REVISION]: '9' })
  })

  test('take on a new revision and remember the old ones', () => {
    expect(newReplicaSetAnnotations(deployment(), { [REVISION]: '1' }, 6)).toEqual({ [REVISION]: '6', [HISTORY]: '1' })
    const before = { [REVISION]: '6', [HISTORY]: '1' }
    expect(newReplicaSetAnnotations(deployment(), before, 8)).toEqual({ [REVISION]: '8', [HISTORY]: '1,6' })
  })

  test('forget the oldest revisions rather than grow beyond 2,000 characters', () => {
    const history = Array.from({ length: 500 }, (_, index) => 1000 + index).join(',')
    expect(history).toHaveLength(2499)
    const after = newReplicaSetAnnotations(deployment(), { [REVISION]: '5000', [HISTORY]: history }, 6000)
    expect(after[HISTORY]?.length).toBeLessThanOrEqual(2000)
    expect(after[HISTORY]?.endsWith(',1499,5000')).toBe(true)
  })

  test('that are no number are left alone', () => {
    expect(newReplicaSetAnnotations(deployment(), { [REVISION]: 'x' }, 3)).toEqual({ [REVISION]: 'x' })
  })
})

describe('a roll-back', () => {
  /** Revision 2 serves; the template is that of revision 1 again. */
  const rolledBack = (): ControllerBench => {
    const before = deployment({ image: 'app:1' })
    const bench = controllerBench(deploymentController, { latency: seconds(1) })
    bench.given(
      { ...before, metadata: { ...before.metadata, annotations: { [REVISION]: '2' } } },
      replicaSet('web-1', { replicas: 0, image: 'app:1', annotations: { [REVISION]: '1' } }),
      replicaSet('web-2', {
        replicas: 3,
        image: 'app:2',
        annotations: { [REVISION]: '2' },
        metadata: { creationTimestamp: secondsAt(1) },
      }),
    )
    return bench
  }

  test('brings the old ReplicaSet back under a new revision; the same sync stumbles over that, as upstream’s', () => {
    const bench = rolledBack()
    bench.show().run(seconds(1) / 500)
    // As in recording 02: twice the same update, from what was read first; the second meets a conflict.
    expect(bench.takeLines()).toEqual(['update ReplicaSet web-1', 'update ReplicaSet web-1'])
    const annotations = bench.get('ReplicaSet', 'default', 'web-1')?.metadata.annotations
    expect(annotations).toMatchObject({ [REVISION]: '3', [HISTORY]: '1' })
    bench.run(seconds(10))
    expect(bench.get('Deployment', 'default', 'web')?.metadata.annotations?.[REVISION]).toBe('3')
    expect(bench.list('ReplicaSet')).toHaveLength(2)
    expect(bench.get('ReplicaSet', 'default', 'web-1')?.spec.replicas).toBe(1)
  })

  test('to a template that several ReplicaSets have takes the oldest of them', () => {
    const bench = rolledBack()
    bench.given(replicaSet('web-0', { replicas: 0, image: 'app:1', metadata: { creationTimestamp: secondsAt(9) } }))
    bench.show().run(seconds(10))
    expect(bench.get('ReplicaSet', 'default', 'web-1')?.spec.replicas).toBe(1)
    expect(bench.get('ReplicaSet', 'default', 'web-0')?.spec.replicas).toBe(0)
  })
})

test('minReadySeconds goes to the ReplicaSet without a rollout', () => {
  const bench = controllerBench(deploymentController)
  bench.given(
    deployment({ minReadySeconds: 7 }),
    replicaSet('web-1', { replicas: 3, annotations: { [REVISION]: '1' } }),
  )
  bench.show().run(seconds(1))
  expect(bench.get('ReplicaSet', 'default', 'web-1')?.spec.minReadySeconds).toBe(7)
  expect(bench.list('ReplicaSet')).toHaveLength(1)
})

describe('clean-up', () => {
  const idle = { replicas: 0, terminatingReplicas: 0, observedGeneration: 1 }
  const COMPLETE = {
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
  }
  const withHistory = (limit: number | undefined): ControllerBench => {
    const before = deployment({ image: 'app:9', revisionHistoryLimit: limit })
    const bench = controllerBench(deploymentController)
    bench.given(
      { ...before, metadata: { ...before.metadata, annotations: { [REVISION]: '9' } }, ...{ status: COMPLETE } },
      replicaSet('web-9', { replicas: 3, image: 'app:9', annotations: { [REVISION]: '9' } }),
    )
    for (const revision of [4, 1, 3, 2]) {
      bench.given(
        replicaSet(`web-${revision}`, {
          replicas: 0,
          image: `app:${revision}`,
          annotations: { [REVISION]: String(revision) },
          status: idle,
        }),
      )
    }
    return bench
  }
  const left = (bench: ControllerBench): readonly string[] =>
    bench
      .show()
      .run(seconds(1))
      .list('ReplicaSet')
      .map(({ metadata }) => metadata.name)
      .toSorted()

  test('keeps the newest revisions', () => {
    expect(left(withHistory(2))).toEqual(['web-3', 'web-4', 'web-9'])
    expect(left(withHistory(0))).toEqual(['web-9'])
  })

  test('keeps all when no limit is set', () => {
    expect(left(withHistory(undefined))).toHaveLength(5)
  })

  test('passes over what still has Pods or has not been looked at, and takes no other in its place', () => {
    const bench = withHistory(2)
    bench.change('ReplicaSet', 'default', 'web-1', (one) => ({ ...one, status: { ...idle, replicas: 1 } }))
    bench.change('ReplicaSet', 'default', 'web-2', (one) => ({
      ...one,
      metadata: { ...one.metadata, generation: 2 },
    }))
    expect(left(bench)).toEqual(['web-1', 'web-2', 'web-3', 'web-4', 'web-9'])
  })

  test('waits until the rollout is complete', () => {
    const bench = withHistory(2)
    bench.change('Deployment', 'default', 'web', (one) => ({ ...one, status: { ...COMPLETE, updatedReplicas: 2 } }))
    bench.change('ReplicaSet', 'default', 'web-9', (one) => ({ ...one, status: { ...idle, replicas: 2 } }))
    expect(left(bench)).toHaveLength(5)
  })
})

describe('Recreate', () => {
  const recreate = (): ControllerBench => {
    const bench = controllerBench(deploymentController)
    bench.given(
      deployment({ image: 'app:2', strategy: { type: 'Recreate' } }),
      replicaSet('web-1', { replicas: 3 }),
      pod('web-1-a', { owner: 'web-1' }),
    )
    bench.show().run(seconds(1))
    return bench
  }
  const empty = { replicas: 0, terminatingReplicas: 1, observedGeneration: 2 }

  test('first takes all old Pods', () => {
    const bench = recreate()
    expect(bench.list('ReplicaSet')).toHaveLength(1)
    expect(bench.get('ReplicaSet', 'default', 'web-1')?.spec.replicas).toBe(0)
  })

  test('waits while the old ReplicaSet says that it has Pods', () => {
    const bench = recreate()
    bench.remove('Pod', 'default', 'web-1-a').show().run(seconds(1))
    expect(bench.list('ReplicaSet')).toHaveLength(1)
  })

  test('waits for a Pod that still stops, but not for one that has finished', () => {
    const bench = recreate()
    bench.change('ReplicaSet', 'default', 'web-1', (one) => ({ ...one, status: empty }))
    bench.show().run(seconds(1))
    expect(bench.list('ReplicaSet')).toHaveLength(1)
    bench.change('Pod', 'default', 'web-1-a', (one) => ({ ...one, status: { ...one.status, phase: 'Failed' } }))
    bench.change('ReplicaSet', 'default', 'web-1', (one) => ({ ...one, status: { ...empty, terminatingReplicas: 0 } }))
    bench.show().run(seconds(1))
    expect(bench.list('ReplicaSet')).toHaveLength(2)
  })

  test('is woken by the last Pod’s end alone', () => {
    const bench = recreate()
    bench.change('ReplicaSet', 'default', 'web-1', (one) => ({ ...one, status: empty }))
    bench.show().run(seconds(1))
    bench.remove('Pod', 'default', 'web-1-a').show('Pod').run(seconds(1))
    expect(bench.list('ReplicaSet').map(({ spec }) => spec.replicas)).toEqual([0, 3])
  })
})

describe('whose ReplicaSets they are', () => {
  test('a matching orphan is adopted, after the API server was asked whether the Deployment lives', () => {
    const bench = controllerBench(deploymentController)
    bench.given(deployment(), replicaSet('web-1', { replicas: 3, metadata: { ownerReferences: undefined } }))
    bench.show().run(seconds(1) / 200)
    const [get, patch] = bench.take()
    expect([get?.verb, get?.kind]).toEqual(['get', 'Deployment'])
    expect(patch).toMatchObject({ verb: 'patch', kind: 'ReplicaSet', name: 'web-1', patchType: 'strategic' })
    expect(patch?.body).toEqual({
      metadata: {
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'web',
            uid: 'uid-web',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
        uid: 'uid-web-1',
      },
    })
    expect(bench.list('ReplicaSet')).toHaveLength(1)
  })

  test('one that no longer matches is released', () => {
    const bench = controllerBench(deploymentController)
    bench.given(deployment(), replicaSet('web-1', { replicas: 0, metadata: { labels: { app: 'other' } } }))
    bench.show().run(seconds(1) / 1000)
    expect(bench.take()[0]?.body).toEqual({
      metadata: { uid: 'uid-web-1', ownerReferences: [{ $patch: 'delete', uid: 'uid-web' }] },
    })
  })

  test('nothing is adopted for a Deployment that is gone by now', () => {
    const bench = controllerBench(deploymentController)
    bench.given(deployment(), replicaSet('web-1', { replicas: 3, metadata: { ownerReferences: undefined } }))
    bench.show('ReplicaSet').show('Deployment')
    bench.remove('Deployment', 'default', 'web')
    bench.run(seconds(1))
    expect(bench.takeLines().every((line) => line === 'get Deployment web')).toBe(true)
  })
})

/**
 * Goal: each ephemeral volume of a Pod gets a claim of its own, made from its template; a claim that is not the Pod's stays
 * as it is and is told of in upstream's words; what else looks at claims takes only such a one for the Pod's.
 * Method: the calls and Events that the controller leaves for given views; the pure rules for pairs of Pod and claim.
 */
import { expect, test } from 'vitest'
import { namesIn } from '../../../src/kubernetes/pod-references.ts'
import { ephemeralVolumeController } from '../../../src/actors/controllers/ephemeral-volume/ephemeral-volume.ts'
import { pvcProtectionController } from '../../../src/actors/controllers/pvc-protection/pvc-protection.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { controllerReference } from '../../../src/kubernetes/owners.ts'
import { isClaimOfPod } from '../../../src/kubernetes/volumes.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const template = { metadata: { labels: { kind: 'scratch' }, annotations: { note: 'kept' } }, spec }
const volumes = [
  { name: 'config', configMap: { name: 'settings' } },
  { name: 'scratch', ephemeral: { volumeClaimTemplate: template } },
]

const pod = (metadata: object = {}): Given =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-web', ...metadata },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1' }], volumes },
    status: { phase: 'Running' },
  }) as Given

const claim = (metadata: object = {}): Given =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'web-scratch', namespace: 'default', ...metadata },
    spec,
  }) as Given

const bench = (...given: readonly Given[]): ControllerBench =>
  controllerBench(ephemeralVolumeController)
    .given(...given)
    .show()
    .run(seconds(2))

const claimOf = (b: ControllerBench): ReturnType<typeof b.get<'PersistentVolumeClaim'>> =>
  b.get('PersistentVolumeClaim', 'default', 'web-scratch')

test('a claim is made from the template and belongs to the Pod', () => {
  const b = bench(pod())
  expect(b.takeLines()).toEqual(['create PersistentVolumeClaim web-scratch'])
  expect(claimOf(b)).toMatchObject({
    metadata: {
      labels: { kind: 'scratch' },
      annotations: { note: 'kept' },
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'uid-web', controller: true, blockOwnerDeletion: true },
      ],
    },
    spec,
  })
})

test('a claim that somebody deletes is made again, but not for a Pod that is about to go', () => {
  const b = bench(pod())
  b.remove('PersistentVolumeClaim', 'default', 'web-scratch').show().run(seconds(1))
  expect(claimOf(b)).toBeDefined()
  const leaving = bench(pod({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 }))
  expect(leaving.takeLines()).toEqual([])
})

test("somebody else's claim is left alone and told of, until it is gone", () => {
  const b = bench(claim(), pod())
  expect(claimOf(b)?.metadata.ownerReferences).toBeUndefined()
  const [event] = b.list('Event')
  expect(event).toMatchObject({ reason: 'FailedBinding', type: 'Warning', source: { component: 'ephemeral_volume' } })
  expect(event?.message).toBe(
    'ephemeral volume scratch: PVC default/web-scratch was not created for pod default/web (pod is not owner)',
  )
  b.remove('PersistentVolumeClaim', 'default', 'web-scratch').show().run(minutes(1))
  expect(claimOf(b)?.metadata.ownerReferences?.[0]?.uid).toBe('uid-web')
})

test('only the claim that was made for this Pod is its', () => {
  const owner = pod() as Pod
  const own = claim({ ownerReferences: [controllerReference(owner)] }) as Pod
  expect(isClaimOfPod(owner, own)).toBe(true)
  expect(isClaimOfPod(owner, claim() as Pod)).toBe(false)
  expect(isClaimOfPod(pod({ uid: 'uid-next' }) as Pod, own)).toBe(false)
})

test("the node's kubelet may read the claim", () => {
  expect([...namesIn(pod() as Pod, 'persistentvolumeclaims')]).toEqual(['web-scratch'])
})

test('a claim made for a Pod may go as soon as that is shut down, though the Pod is still there', () => {
  const guarded = { finalizers: ['kubernetes.io/pvc-protection'], deletionTimestamp: '2026-01-01T00:00:00Z' }
  const reference = controllerReference(pod() as Pod)
  const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] }
  const left = (grace: number): ControllerBench =>
    controllerBench(pvcProtectionController)
      .given(
        claim({ ...guarded, ownerReferences: [reference] }),
        pod({ ...leaving, deletionGracePeriodSeconds: grace }),
      )
      .show()
      .run(seconds(1))
  expect(left(30).takeLines()).toEqual([])
  expect(left(0).takeLines()).toEqual(['update PersistentVolumeClaim web-scratch'])
})

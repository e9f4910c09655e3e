/**
 * Goal: whoever asks for a lasting token of a service account gets one that the API takes, until the account goes; nobody in
 * the control plane needs more than upstream's roles for that, nor for volumes that Pods bring and for classes of attributes.
 * Method: a whole cluster with RBAC, people's requests, and every refusal in its log.
 */
import { expect, test } from 'vitest'
import { createCluster } from '../../../src/cluster.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { fromBase64 } from '../../../src/kubernetes/base64.ts'
import { refusals } from '../../support/refusals.ts'

test('a Secret for an account is filled in and goes with it', () => {
  const cluster = createCluster({ seed: 3, nodes: 1, authorization: 'RBAC' })
  cluster.run(seconds(40))
  cluster.apply(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: builder}
---
apiVersion: v1
kind: Secret
metadata: {name: key, annotations: {kubernetes.io/service-account.name: builder}}
type: kubernetes.io/service-account-token
`)
  cluster.run(seconds(10))
  const key = cluster.get('Secret', 'default', 'key')
  const token = fromBase64(key?.data?.['token'] ?? '')
  expect(token.split('.')).toHaveLength(3)
  expect(fromBase64(key?.data?.['ca.crt'] ?? '')).toContain('BEGIN CERTIFICATE')
  const uid = cluster.get('ServiceAccount', 'default', 'builder')?.metadata.uid
  expect(key?.metadata.annotations?.['kubernetes.io/service-account.uid']).toBe(uid)
  cluster.call({ verb: 'delete', kind: 'ServiceAccount', namespace: 'default', name: 'builder' })
  cluster.run(seconds(10))
  expect(cluster.get('Secret', 'default', 'key')).toBeUndefined()
  expect(refusals(cluster)).toEqual([])
})

test('a volume that a Pod brings, and a class of attributes that goes, need no more than the roles give', () => {
  const cluster = createCluster({ seed: 3, nodes: 1, csi: { topologyKey: '' }, authorization: 'RBAC' })
  cluster.run(seconds(40))
  cluster.apply(`
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata: {name: gold}
driverName: csi.seatrial.dev
parameters: {iops: "5"}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: c, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]
  volumes:
  - name: data
    ephemeral:
      volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
`)
  cluster.run(minutes(1))
  expect(cluster.get('Pod', 'default', 'web')?.status?.phase).toBe('Running')
  expect(cluster.get('VolumeAttributesClass', undefined, 'gold')?.metadata.finalizers).toEqual([
    'kubernetes.io/vac-protection',
  ])
  cluster.call({ verb: 'delete', kind: 'VolumeAttributesClass', name: 'gold' })
  cluster.run(seconds(10))
  expect(cluster.get('VolumeAttributesClass', undefined, 'gold')).toBeUndefined()
  expect(refusals(cluster)).toEqual([])
})

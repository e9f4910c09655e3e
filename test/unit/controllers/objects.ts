/** Objects as the tests of controllers need them, with the defaults that an API server would have written. */
import type { OwnerReference } from '../../../src/events/json.ts'
import type { Deployment, ReplicaSet } from '../../../src/kubernetes/types/workloads.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Pod, PodTemplateSpec } from '../../../src/kubernetes/types/pod.ts'
import type { Given } from '../../support/controller-bench.ts'

export const BORN = '2026-01-01T00:00:00Z'

export const meta = (name: string, more: Partial<Deployment['metadata']> = {}): Deployment['metadata'] => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: BORN,
  ...more,
})

export const template = (image: string): PodTemplateSpec => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image, resources: {} }], terminationGracePeriodSeconds: 30 },
})

type Spec = Partial<Deployment['spec']> & { readonly image?: string }

export const deployment = ({ image = 'app:1', ...spec }: Spec = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('web', { generation: 1, labels: { app: 'web' } }),
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...spec,
    template: spec.template ?? template(image),
  },
})

export const ownedBy = (kind: string, name: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: kind === 'Service' || kind === 'Pod' || kind === 'ConfigMap' ? 'v1' : 'apps/v1',
  kind,
  name,
  uid: `uid-${name}`,
  controller: true,
  blockOwnerDeletion: true,
  ...more,
})

interface ReplicaSetParts {
  readonly replicas: number
  readonly image?: string
  readonly available?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly metadata?: Partial<ReplicaSet['metadata']>
  readonly spec?: Partial<ReplicaSet['spec']>
  readonly status?: ReplicaSet['status']
}

/** A ReplicaSet of the Deployment `web`, all of whose Pods are available unless it is said otherwise. */
export const replicaSet = (name: string, parts: ReplicaSetParts): ReplicaSet => {
  const { replicas, image = 'app:1', available = replicas, annotations = {}, metadata = {}, spec = {} } = parts
  const labels = { app: 'web', 'pod-template-hash': name }
  const pods = template(image)
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta(name, {
      generation: 1,
      labels,
      annotations,
      ownerReferences: [ownedBy('Deployment', 'web')],
      ...metadata,
    }),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { ...pods, metadata: { ...pods.metadata, labels } },
      ...spec,
    },
    status: parts.status ?? {
      replicas,
      readyReplicas: available,
      availableReplicas: available,
      terminatingReplicas: 0,
      observedGeneration: 1,
    },
  }
}

interface PodParts {
  readonly owner?: string
  readonly node?: string
  readonly phase?: NonNullable<Pod['status']>['phase']
  readonly ready?: boolean
  /** Seconds after the cluster's start. */
  readonly readyAt?: number
  readonly metadata?: Partial<Pod['metadata']>
  readonly spec?: Partial<Pod['spec']>
  readonly status?: Partial<NonNullable<Pod['status']>>
}

export const secondsAt = (second: number): string =>
  `2026-01-01T00:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}Z`

export const pod = (name: string, parts: PodParts = {}): Pod => {
  const { owner, node, phase = 'Running', ready = true, readyAt = 0 } = parts
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, {
      generation: 1,
      labels: { app: 'web', ...(owner === undefined ? {} : { 'pod-template-hash': owner }) },
      ...(owner === undefined ? {} : { ownerReferences: [ownedBy('ReplicaSet', owner)] }),
      ...parts.metadata,
    }),
    spec: {
      containers: [{ name: 'app', image: 'app:1', resources: {} }],
      ...(node === undefined ? {} : { nodeName: node }),
      terminationGracePeriodSeconds: 30,
      ...parts.spec,
    },
    status: {
      phase,
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: secondsAt(readyAt) },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: BORN },
      ],
      ...parts.status,
    },
  }
}

type Ready = 'True' | 'False' | 'Unknown' | 'never reported'

export const node = (name: string, ready: Ready = 'True', parts: Partial<Node['spec']> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { ...meta(name), namespace: undefined },
  spec: parts,
  status:
    ready === 'never reported'
      ? {}
      : {
          conditions: [
            ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
              type,
              status: 'False' as const,
              lastHeartbeatTime: BORN,
              lastTransitionTime: BORN,
            })),
            { type: 'Ready', status: ready, reason: 'KubeletReady', lastHeartbeatTime: BORN, lastTransitionTime: BORN },
          ],
        },
})

export const lease = (nodeName: string, second: number): Given => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { ...meta(nodeName), namespace: 'kube-node-lease', uid: `uid-lease-${nodeName}` },
  ...{
    spec: { holderIdentity: nodeName, leaseDurationSeconds: 40, renewTime: secondsAt(second).replace('Z', '.000000Z') },
  },
})

/** What small worlds are made of, and who else lives in them. */
import { isReady } from '../../src/kubernetes/pods.ts'
import { rfc3339 } from '../../src/kubernetes/time.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'
import type { Given } from '../support/controller-bench.ts'
import type { Stage } from './stage.ts'

const VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Lease: 'coordination.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  StorageClass: 'storage.k8s.io/v1',
  VolumeAttachment: 'storage.k8s.io/v1',
  CSIDriver: 'storage.k8s.io/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  CertificateSigningRequest: 'certificates.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
}

const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  ...['Namespace', 'Node', 'PersistentVolume', 'StorageClass', 'VolumeAttachment', 'CSIDriver'],
  ...['CertificateSigningRequest', 'ClusterRole'],
])

export const made = (
  kind: string,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
  metadata: Partial<Given['metadata']> = {},
): Given => ({
  apiVersion: VERSIONS[kind] ?? 'v1',
  kind,
  metadata: {
    name,
    ...(CLUSTER_SCOPED.has(kind) ? {} : { namespace: 'default' }),
    uid: `uid-${kind}-${name}`,
    generation: 1,
    ...metadata,
  },
  ...rest,
})

export const template = (image = 'app:1', spec: object = {}): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image, resources: {} }], terminationGracePeriodSeconds: 1, ...spec },
})

export const selector = { matchLabels: { app: 'web' } }

export const readyNode = (name: string, spec: object = {}): Given =>
  made('Node', name, {
    spec,
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] },
  })

export const readyPod = (name: string, spec: object = {}, metadata: Partial<Given['metadata']> = {}): Given =>
  made(
    'Pod',
    name,
    {
      spec: { containers: [{ name: 'app', image: 'app:1', resources: {} }], nodeName: 'node-1', ...spec },
      status: {
        phase: 'Running',
        podIP: `10.0.0.${name.charCodeAt(name.length - 1)}`,
        podIPs: [{ ip: `10.0.0.${name.charCodeAt(name.length - 1)}` }],
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    },
    { labels: { app: 'web' }, ...metadata },
  )

/** Kubelets: a Pod that is on its way out goes when nothing holds it; any other becomes ready. */
export const kubelets = (stage: Stage): void => {
  for (const pod of stage.list('Pod')) {
    const { name, deletionTimestamp, finalizers = [] } = pod.metadata
    if (deletionTimestamp !== undefined) {
      if (finalizers.length === 0) stage.remove('Pod', name)
    } else if (!isReady(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed') {
      stage.change('Pod', name, (before) => withPhase(before, 'Running', stage))
    }
  }
}

/** Kubelets whose Pods end well, one step after they began. */
export const kubeletsToTheEnd = (stage: Stage): void => {
  const running = stage.list('Pod').filter(({ status }) => status?.phase === 'Running')
  kubelets(stage)
  for (const { metadata } of running) {
    if (metadata.deletionTimestamp === undefined)
      stage.change('Pod', metadata.name, (before) => withPhase(before, 'Succeeded', stage))
  }
}

export const withPhase = (pod: Pod, phase: 'Running' | 'Succeeded' | 'Failed', stage: Stage): Pod => ({
  ...pod,
  spec: { ...pod.spec, nodeName: nodeOf(pod) },
  status: {
    phase,
    conditions: [
      {
        type: 'Ready',
        status: phase === 'Running' ? 'True' : 'False',
        lastTransitionTime: rfc3339(stage.now),
      },
    ],
    ...(phase === 'Running'
      ? {}
      : {
          containerStatuses: [
            {
              ...{ name: 'app', image: '', imageID: '', restartCount: 0, ready: false },
              state: { terminated: { exitCode: phase === 'Failed' ? 1 : 0, finishedAt: rfc3339(stage.now) } },
            },
          ],
        }),
  },
})

const nodeOf = ({ spec }: Pod): string => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return spec.nodeName ?? terms[0]?.matchFields?.[0]?.values?.[0] ?? 'node-1'
}

/** Pods that count: not ended, not on their way out. */
export const living = (stage: Stage): readonly Pod[] =>
  stage
    .list('Pod')
    .filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
    )

/** At most so many Pods that count. */
export const atMost =
  (most: number) =>
  (stage: Stage): string | undefined => {
    const { length } = living(stage)
    return length > most ? `${length} Pods live, ${most} may` : undefined
  }

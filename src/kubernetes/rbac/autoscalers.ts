import { bootstrapMetadata, type BootstrapObject } from './bootstrap.ts'
import { ruleOf } from './rule-line.ts'

const RBAC = 'rbac.authorization.k8s.io'

/** What every program with an election and Events needs. */
const COMMON = [
  'create patch update / core events.k8s.io / events',
  'get create update / coordination.k8s.io / leases',
] as const

/** A role, bound to its program and to the service accounts that its loops call as. */
const granted = (
  name: string,
  programs: readonly string[],
  accounts: readonly string[],
  lines: readonly string[],
): readonly BootstrapObject[] => [
  { kind: 'ClusterRole', metadata: bootstrapMetadata(name), rules: [...lines, ...COMMON].map(ruleOf) },
  {
    kind: 'ClusterRoleBinding',
    metadata: bootstrapMetadata(name),
    subjects: [
      ...accounts.map((account) => ({ kind: 'ServiceAccount' as const, name: account, namespace: 'kube-system' })),
      ...programs.map((program) => ({ kind: 'User' as const, name: `system:${program}`, apiGroup: RBAC })),
    ],
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
  },
]

/**
 * What the autoscalers may do, as their manifests grant it.
 * Source: kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/examples/cluster-autoscaler-autodiscover.yaml;
 * vertical-pod-autoscaler/deploy/vpa-rbac.yaml (v1.36).
 */
export const autoscalerPolicy = (): readonly BootstrapObject[] => [
  ...granted(
    'system:cluster-autoscaler',
    ['cluster-autoscaler'],
    ['cluster-autoscaler'],
    [
      'get list watch update patch / core / nodes',
      'get list watch / core / pods services namespaces replicationcontrollers persistentvolumes persistentvolumeclaims',
      'create / core / pods/eviction',
      'get list watch create update patch / core / configmaps',
      'get list watch / apps / replicasets statefulsets daemonsets',
      'get list watch / policy / poddisruptionbudgets',
      'get list watch / batch / jobs',
      'get list watch / storage.k8s.io / storageclasses csinodes csidrivers csistoragecapacities volumeattachments',
      'get list watch / resource.k8s.io / resourceclaims resourceslices deviceclasses',
    ],
  ),
  ...granted(
    'system:vpa',
    ['vpa-recommender', 'vpa-updater', 'vpa-admission-controller'],
    ['vpa-installer', 'vpa-recommender', 'vpa-updater', 'vpa-admission-controller'],
    [
      'get list watch create update patch delete / autoscaling.k8s.io / *',
      'get list watch create / apiextensions.k8s.io / customresourcedefinitions',
      'get list watch create update / admissionregistration.k8s.io / mutatingwebhookconfigurations',
      'get list watch / core / pods nodes limitranges replicationcontrollers',
      'create / core / pods/eviction',
      'patch / core / pods pods/resize',
      'get list watch / apps / deployments replicasets statefulsets daemonsets',
      'get list watch / batch / jobs cronjobs',
      'get list / metrics.k8s.io / pods',
    ],
  ),
]

import { bootstrapMetadata, type BootstrapObject } from './bootstrap.ts'
import { ruleOf } from './rule-line.ts'

const RBAC = 'rbac.authorization.k8s.io'
const ROLE = 'system:dra-driver'

/**
 * What a DRA driver's plugins and its installer may do, as its manifests grant it.
 * Source: kubernetes-sigs/dra-example-driver, deployments/helm/dra-example-driver/templates/clusterrole.yaml.
 */
export const deviceDriverPolicy = (): readonly BootstrapObject[] => [
  {
    kind: 'ClusterRole',
    metadata: bootstrapMetadata(ROLE),
    rules: [
      'get / core / nodes',
      'get list watch create update patch delete / resource.k8s.io / resourceslices',
      'get list watch create / resource.k8s.io / deviceclasses',
      'create patch update / core events.k8s.io / events',
      'get create update / coordination.k8s.io / leases',
    ].map(ruleOf),
  },
  {
    kind: 'ClusterRoleBinding',
    metadata: bootstrapMetadata(ROLE),
    subjects: [
      ...['dra-driver', 'dra-installer'].map((name) => ({
        kind: 'ServiceAccount' as const,
        name,
        namespace: 'kube-system',
      })),
      { kind: 'User', name: 'system:dra-installer', apiGroup: RBAC },
    ],
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE },
  },
]

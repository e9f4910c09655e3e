import { bootstrapMetadata, type BootstrapObject } from './bootstrap.ts'
import { ruleOf } from './rule-line.ts'

const RBAC = 'rbac.authorization.k8s.io'

const binding = (name: string, role: string, account: string): BootstrapObject => ({
  kind: 'ClusterRoleBinding',
  metadata: bootstrapMetadata(name),
  subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'kube-system' }],
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
})

const CLOUD_ROLE = 'system:cloud-controller-manager'
const CSI_ROLE = 'system:csi'
const ALL = 'get list watch create update patch delete'

let made: readonly BootstrapObject[] | undefined

/**
 * What kube-proxy, CoreDNS, metrics-server, a cloud's and a CSI driver's controllers may do. The API server does not know of them: who puts a
 * cluster together grants it.
 * Source: cmd/kubeadm/app/phases/addons/{proxy,dns}/manifests.go (v1.36).
 */
export const addonPolicy = (): readonly BootstrapObject[] =>
  (made ??= [
    binding('kubeadm:node-proxier', 'system:node-proxier', 'kube-proxy'),
    {
      kind: 'ClusterRole',
      metadata: bootstrapMetadata('system:coredns'),
      rules: [
        'list watch / core / endpoints services pods namespaces',
        'get / core / nodes',
        'list watch / discovery.k8s.io / endpointslices',
      ].map(ruleOf),
    },
    binding('system:coredns', 'system:coredns', 'coredns'),
    {
      kind: 'ClusterRole',
      metadata: bootstrapMetadata('system:metrics-server'),
      rules: ['get / core / nodes/metrics', 'get list watch / core / pods nodes', 'get / * / *'].map(ruleOf),
    },
    binding('system:metrics-server', 'system:metrics-server', 'metrics-server'),
    {
      kind: 'ClusterRole',
      metadata: bootstrapMetadata(CLOUD_ROLE),
      rules: [
        `${ALL} / core / nodes`,
        'patch update / core / nodes/status',
        'get list watch / core / services',
        'create update patch / core events.k8s.io / events',
        'get create update / coordination.k8s.io / leases',
      ].map(ruleOf),
    },
    {
      kind: 'ClusterRoleBinding',
      metadata: bootstrapMetadata(CLOUD_ROLE),
      subjects: [
        ...['cloud-node-controller', 'cloud-node-lifecycle-controller'].map((name) => ({
          kind: 'ServiceAccount' as const,
          name,
          namespace: 'kube-system',
        })),
        { kind: 'User', name: 'system:cloud-controller-manager', apiGroup: RBAC },
      ],
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: CLOUD_ROLE },
    },
    {
      kind: 'ClusterRole',
      metadata: bootstrapMetadata(CSI_ROLE),
      rules: [
        `${ALL} / core / persistentvolumes persistentvolumes/status persistentvolumeclaims persistentvolumeclaims/status`,
        `${ALL} / storage.k8s.io / csidrivers csinodes storageclasses volumeattachments volumeattachments/status`,
        'get list watch / core / nodes',
        'create update patch / core events.k8s.io / events',
        'get create update / coordination.k8s.io / leases',
      ].map(ruleOf),
    },
    {
      kind: 'ClusterRoleBinding',
      metadata: bootstrapMetadata(CSI_ROLE),
      subjects: [
        ...['csi-installer', 'csi-node-registrar', 'csi-provisioner', 'csi-attacher', 'csi-resizer'].map((name) => ({
          kind: 'ServiceAccount' as const,
          name,
          namespace: 'kube-system',
        })),
        { kind: 'User', name: 'system:csi-controller', apiGroup: RBAC },
      ],
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: CSI_ROLE },
    },
  ])

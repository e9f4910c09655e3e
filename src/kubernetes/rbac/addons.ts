import { bootstrapMetadata, type BootstrapObject } from './bootstrap.ts'
import { ruleOf } from './rule-line.ts'

const RBAC = 'rbac.authorization.k8s.io'

const binding = (name: string, role: string, account: string): BootstrapObject => ({
  kind: 'ClusterRoleBinding',
  metadata: bootstrapMetadata(name),
  subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'kube-system' }],
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
})

let made: readonly BootstrapObject[] | undefined

/**
 * What kube-proxy and CoreDNS may do. The API server does not know of them: who puts a cluster together grants it.
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
  ])

import type { BuiltIn } from './built-in.ts'

/**
 * The range that the server was started with.
 * Source: pkg/controlplane/controller/defaultservicecidr/default_servicecidr_controller.go (v1.36).
 */
export const serviceCidr = (cidr: string): BuiltIn => ({
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs: [cidr] },
  condition: { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready' },
  by: 'kube-apiserver',
  statusBy: 'kubernetes-service-cidr-controller',
})

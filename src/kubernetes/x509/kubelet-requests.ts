/** What requests of kubelets must look like. Source: pkg/apis/certificates/helpers.go (v1.36). */
import type { CertificateRequest } from './request.ts'

export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet'
export const KUBELET_SERVING = 'kubernetes.io/kubelet-serving'
export const API_CLIENT = 'kubernetes.io/kube-apiserver-client'
export const LEGACY_UNKNOWN = 'kubernetes.io/legacy-unknown'

const SYSTEM_NODES = 'system:nodes'
const NODE_PREFIX = 'system:node:'
const ENCIPHERMENT = 'key encipherment'

const isOfNodes = ({ organizations }: CertificateRequest): boolean =>
  organizations.length === 1 && organizations[0] === SYSTEM_NODES

/** Both usages, with or without encipherment, which RSA alone needs. */
function usageProblem(usages: readonly string[], purpose: string): string | undefined {
  const required = ['digital signature', purpose]
  const given = new Set(usages)
  given.delete(ENCIPHERMENT)
  if (given.size === required.length && required.every((usage) => given.has(usage))) return undefined
  return `usages did not match [${[...required, ENCIPHERMENT].sort().join(' ')}]`
}

/** Why a request is none for the certificate that a kubelet serves with; undefined when it is one. */
export function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dnsNames, ipAddresses, emailAddresses, uris, commonName } = request
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (dnsNames.length === 0 && ipAddresses.length === 0) return 'DNS or IP subjectAltName is required'
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (uris.length > 0) return 'URI subjectAltNames are not allowed'
  const problem = usageProblem(usages, 'server auth')
  if (problem !== undefined) return problem
  return commonName.startsWith(NODE_PREFIX) ? undefined : 'subject common name does not begin with system:node:'
}

/** Why a request is none for the certificate that a kubelet shows the API server; undefined when it is one. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dnsNames, ipAddresses, emailAddresses, uris, commonName } = request
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (ipAddresses.length > 0) return 'IP subjectAltNames are not allowed'
  if (uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (!commonName.startsWith(NODE_PREFIX)) return 'subject common name does not begin with system:node:'
  return usageProblem(usages, 'client auth')
}

/** Source: pkg/controller/certificates/signer/signer.go, validAPIServerClientUsages (v1.36). */
export function apiClientProblem(usages: readonly string[]): string | undefined {
  const foreign = usages.find((usage) => !['digital signature', ENCIPHERMENT, 'client auth'].includes(usage))
  if (foreign !== undefined) return `invalid usage for client certificate: ${foreign}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

import type { ApiObject } from '../../../events/json.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { isMirrorPod } from '../../../kubernetes/pods.ts'
import { forbidden } from '../../../kubernetes/status.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import type { View } from '../../../kubernetes/view.ts'
import { NODE_PREFIX, NODES } from '../authn.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

const KINDS: ReadonlySet<string> = new Set(['Pod', 'Node', 'Lease', 'CSINode'])
const HEARTBEATS = 'kube-node-lease'

/** Labels of Kubernetes' own that a kubelet may set on its Node. Source: pkg/kubelet/apis/well_known_labels.go. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
])
const KUBELET_LABEL_DOMAINS: readonly string[] = ['kubelet.kubernetes.io', 'node.kubernetes.io']

/**
 * A kubelet writes only its own Node, its own Lease and the Pods on its node. On only with RBAC, as a cluster's operators turn both on
 * together. Source: plugin/pkg/admission/noderestriction/admission.go (v1.36).
 * Abridged: tokens, volumes' claims, ResourceSlices and certificate requests are not looked at.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  applies: (operation, kind) => operation !== 'CONNECT' && KINDS.has(kind),

  validate(object, attributes, { view, authorizer }) {
    const { name: user, groups } = attributes.user
    if (authorizer.mode === 'AlwaysAllow' || !groups.includes(NODES) || !user.startsWith(NODE_PREFIX)) return undefined
    const why = problemOf(object, attributes, user.slice(NODE_PREFIX.length), view)
    return why === undefined ? undefined : { refusal: forbidden(attributes.resource, attributes.name, why) }
  },
}

const problemOf = (object: ApiObject, attributes: Attributes, node: string, view: View): string | undefined => {
  switch (attributes.kind) {
    case 'Pod':
      return podProblem(object as Pod, attributes, node, view)
    case 'Node':
      return nodeProblem(object as Node, attributes, node)
    case 'Lease':
      if (attributes.namespace !== HEARTBEATS) {
        return `can only access leases in the ${goQuote(HEARTBEATS)} system namespace`
      }
      return attributes.name === node
        ? undefined
        : 'can only access node lease with the same name as the requesting node'
    default:
      return attributes.name === node ? undefined : 'can only access CSINode with the same name as the requesting node'
  }
}

const podProblem = (
  pod: Pod,
  { operation, subresource, namespace, name, old }: Attributes,
  node: string,
  view: View,
): string | undefined => {
  const who = `node ${goQuote(node)}`
  const stored = (old as Pod | undefined) ?? view.get('Pod', namespace, name)
  if (subresource === 'eviction') {
    return stored?.spec.nodeName === node ? undefined : `${who} can only evict pods with spec.nodeName set to itself`
  }
  if (subresource === 'status') {
    if (stored?.spec.nodeName !== node)
      return `${who} can only update pod status for pods with spec.nodeName set to itself`
    return sameJson(pod.metadata.labels ?? {}, stored.metadata.labels ?? {})
      ? undefined
      : `${who} cannot update labels through pod status`
  }
  if (subresource !== '')
    return `unexpected pod subresource ${goQuote(subresource)}, only 'status' and 'eviction' are allowed`
  if (operation === 'DELETE') {
    return pod.spec.nodeName === node ? undefined : `${who} can only delete pods with spec.nodeName set to itself`
  }
  if (operation === 'UPDATE') return 'unexpected operation "UPDATE"'
  if (!isMirrorPod(pod)) {
    return `pod does not have "kubernetes.io/config.mirror" annotation, ${who} can only create mirror pods`
  }
  return pod.spec.nodeName === node ? undefined : `${who} can only create pods with spec.nodeName set to itself`
}

const nodeProblem = (object: Node, { operation, name, old }: Attributes, node: string): string | undefined => {
  const who = `node ${goQuote(node)}`
  if (name !== node) return `${who} is not allowed to modify node ${goQuote(name)}`
  if (operation === 'DELETE') return undefined
  const before = old as Node | undefined
  const changed = changedLabels(object.metadata.labels ?? {}, before?.metadata.labels ?? {})
  const refused = changed.filter((label) => !maySet(label))
  if (refused.length > 0) {
    return before === undefined
      ? `${who} is not allowed to set the following labels: ${refused.join(', ')}`
      : `${who} is not allowed to modify labels: ${refused.join(', ')}`
  }
  if (before !== undefined && !sameJson(object.spec?.taints ?? [], before.spec?.taints ?? [])) {
    return `${who} is not allowed to modify taints`
  }
  return undefined
}

const changedLabels = (next: Labels, before: Labels): readonly string[] =>
  [...new Set([...Object.keys(next), ...Object.keys(before)])]
    .filter((label) => next[label] !== before[label])
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

const isWithin = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`)

const maySet = (label: string): boolean => {
  const slash = label.indexOf('/')
  if (slash < 0 || KUBELET_LABELS.has(label)) return true
  const domain = label.slice(0, slash)
  if (isWithin(domain, 'node-restriction.kubernetes.io')) return false
  if (!isWithin(domain, 'kubernetes.io') && !isWithin(domain, 'k8s.io')) return true
  return KUBELET_LABEL_DOMAINS.some((parent) => isWithin(domain, parent))
}

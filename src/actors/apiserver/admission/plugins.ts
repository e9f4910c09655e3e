import type { AdmissionPlugin } from './admission.ts'
import { certificateApproval, certificateSigning } from './certificates.ts'
import { persistentVolumeClaimResize } from './claim-resize.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { limitRanger } from './limit-ranger.ts'
import { rbacEscalation } from './rbac-escalation.ts'
import { runtimeClass } from './runtime-class.ts'
import { defaultStorageClass } from './default-storage-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { podSecurity } from './pod-security.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { nodeRestriction } from './node-restriction.ts'
import { mutatingAdmissionPolicy } from './policy/mutating.ts'
import { validatingAdmissionPolicy } from './policy/validating.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

/**
 * The plugins that are on by default, in upstream's order. Source: pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins (v1.36).
 * Webhooks wait for somebody outside, and ResourceQuota, the last one, writes, so they are no plain plugins: see ask.ts.
 */
export const DEFAULT_PLUGINS: readonly AdmissionPlugin[] = [
  rbacEscalation,
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  defaultIngressClass,
  podTopologyLabels,
  mutatingAdmissionPolicy,
  validatingAdmissionPolicy,
]

/** All small worlds. A new controller adds a file in `worlds` and a line here. */
import type { SmallWorld } from './world.ts'
import { attachDetach } from './worlds/attach-detach.ts'
import { bootstrapSigner, tokenCleaner } from './worlds/bootstrap-tokens.ts'
import { certificateCleaning, certificates } from './worlds/certificates.ts'
import { cronJob } from './worlds/cronjob.ts'
import { daemonSet } from './worlds/daemonset.ts'
import { deployment } from './worlds/deployment.ts'
import { deviceTaintEviction } from './worlds/device-taint-eviction.ts'
import { disruption } from './worlds/disruption.ts'
import { endpoint } from './worlds/endpoint.ts'
import { endpointSlice } from './worlds/endpointslice.ts'
import { ephemeralVolume } from './worlds/ephemeral-volume.ts'
import { garbageCollector } from './worlds/garbage-collector.ts'
import { horizontalPodAutoscaler } from './worlds/horizontal-pod-autoscaler.ts'
import { job } from './worlds/job.ts'
import { namespace } from './worlds/namespace.ts'
import { nodeIpam } from './worlds/node-ipam.ts'
import { nodeLifecycle } from './worlds/node-lifecycle.ts'
import { policyStatus } from './worlds/validatingadmissionpolicy-status.ts'
import { routes } from './worlds/routes.ts'
import { persistentVolumeBinderWorld } from './worlds/persistentvolume-binder.ts'
import { podGc } from './worlds/pod-gc.ts'
import { pvProtection } from './worlds/pv-protection.ts'
import { pvcProtection } from './worlds/pvc-protection.ts'
import { replicaSet } from './worlds/replicaset.ts'
import { replicationControllerWorld } from './worlds/replicationcontroller.ts'
import { resourceClaim } from './worlds/resource-claim.ts'
import { resourceQuota } from './worlds/resourcequota.ts'
import { rootCa } from './worlds/root-ca.ts'
import { serviceAccount } from './worlds/serviceaccount.ts'
import { legacyTokens, serviceAccountTokens } from './worlds/serviceaccount-token.ts'
import { serviceCIDRs } from './worlds/service-cidrs.ts'
import { statefulSet } from './worlds/statefulset.ts'
import { taintEviction } from './worlds/taint-eviction.ts'
import { volumeAttributesClassProtection } from './worlds/volumeattributesclass-protection.ts'
import { ttlAfterFinished } from './worlds/ttl-after-finished.ts'
import { ttl } from './worlds/ttl.ts'

export const WORLDS: readonly SmallWorld[] = [
  attachDetach,
  bootstrapSigner,
  certificateCleaning,
  certificates,
  cronJob,
  daemonSet,
  deployment,
  deviceTaintEviction,
  disruption,
  endpoint,
  endpointSlice,
  ephemeralVolume,
  garbageCollector,
  horizontalPodAutoscaler,
  job,
  legacyTokens,
  namespace,
  nodeIpam,
  nodeLifecycle,
  persistentVolumeBinderWorld,
  podGc,
  policyStatus,
  pvProtection,
  pvcProtection,
  replicaSet,
  replicationControllerWorld,
  resourceClaim,
  resourceQuota,
  rootCa,
  routes,
  serviceAccount,
  serviceAccountTokens,
  serviceCIDRs,
  statefulSet,
  taintEviction,
  tokenCleaner,
  ttlAfterFinished,
  ttl,
  volumeAttributesClassProtection,
]
